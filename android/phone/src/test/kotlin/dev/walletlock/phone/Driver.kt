package dev.walletlock.phone

import java.util.concurrent.TimeUnit
import org.json.JSONObject

/**
 * How long to wait for what a test expects, in seconds: long enough for a busy machine. Less than the 120 seconds after
 * which an unused wallet locks itself: that would change the screen before the failure's message lists what is on it.
 */
const val PATIENCE_S = 100L

/** A person who finds what to touch by its label, and waits for what should happen. */
abstract class Driver(val phone: Phone) {
    /** Whether the person lets the app do what Android asks about. */
    var givesPermissions = true

    abstract fun places(): List<Place>

    abstract fun touch(place: Place)

    abstract fun type(text: String)

    /** Uses a switch beside the phone's screen, see [Switches]. */
    abstract fun press(what: String, vararg with: Pair<String, String>)

    /** Opens the newest notification whose title has these words, from the home screen; or uses its [action]. */
    fun opensNotification(words: String, action: String? = null) {
        press("home")
        var number: Int? = null
        until("there is a notification: $words") {
            number = phone.mainLoop.onMain { phone.notifications.shown().firstOrNull { words in it.title }?.number }
            number != null
        }
        press("notification", *listOfNotNull("number" to "$number", action?.let { "what" to it }).toTypedArray())
    }

    /** Reports the phone lost at the provider's desk, with the message that stands there for whoever finds it. */
    abstract fun reportLost()

    /** Asks for so many euros at the counter beside the phone. [charging]: see [dev.walletlock.fakes.FakeCounter.Charging]. */
    abstract fun asksAtTheCounter(amount: String, charging: String)

    /** The last line of what the counter says about the newest payment, as the page shows it. Null: it got none. */
    abstract fun newestReceipt(): String?

    /** The file with the evidence of a dispute that the page hands out. Null: none came. */
    abstract fun newestEvidence(): String?

    /** The text of the newest message to the owner, as the page shows it. */
    abstract fun newestMessage(): String?

    /** Types the letters of a new authenticator into the app on another phone, and returns the code that it shows. */
    abstract fun codeOf(letters: String): String

    /** Lets the phone run for a moment, or until something happens. */
    abstract fun waits()

    /** Waits until [condition] is true. */
    fun until(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S)
        while (!condition()) {
            check(System.nanoTime() < end) {
                "$what; there is ${places().map { it.label }}; crash: ${phone.crash}; before it:\n${phone.journal.lines().joinToString("\n")}"
            }
            if (givesPermissions && phone.mainLoop.onMain { phone.permission.isAsked }) press("permit", "on" to "true")
            waits()
        }
    }

    fun sees(words: String) = until("$words should be there") { places().any { words in it.label } }

    fun tap(label: String) = tapOne(label) { it == label }

    /** Taps what has these words in its label. */
    fun tapAbout(words: String) = tapOne(words) { words in it }

    private fun tapOne(what: String, isIt: (String) -> Boolean) {
        var found: Place? = null
        // What still moves would be missed.
        until("$what should be there and stand still, to be touched") {
            val before = found
            found = places().lastOrNull { isIt(it.label) && it.canTouch }?.takeIf(::isReached)
            found?.run { x == before?.x && y == before.y } == true
        }
        touch(found!!)
    }

    /** Whether the place is on the screen. If it is not, turns the wheel of the mouse towards it. */
    private fun isReached(place: Place): Boolean {
        val (width, height) = phone.mainLoop.onMain { Windows.size }.let { it.x to it.y }
        // The navigation bar lies at the bottom.
        if (place.y in 0 until height - BAR_PX) return true
        val notches = if (place.y < 0) 1 else -1
        phone.act("scroll", mapOf("x" to "${width / 2}", "y" to "${height / 2}", "notches" to "$notches"))
        return false
    }

    fun fill(field: String, text: String) {
        tap(field)
        until("$field has the focus") { phone.mainLoop.onMain { phone.isTyping } }
        type(text)
    }

    fun isAsked() = until("a finger is asked for") { phone.mainLoop.onMain { phone.sheet.words() != null } }

    private companion object {
        const val BAR_PX = 96
    }
}

/** A driver on the phone's own main thread, without a server. */
class Hand(phone: Phone) : Driver(phone) {
    override fun places() = Places.all()

    override fun touch(place: Place) {
        // No round in between: on a busy machine the view would take it for a long press.
        phone.input.touch(0, place.x.toFloat(), place.y.toFloat())
        phone.input.touch(1, place.x.toFloat(), place.y.toFloat())
        waits()
        // A view handles its click in a later message. If it is recreated before that, as by a rotation, the click is lost.
        until("the touched view is released") { !Places.isAnyPressed() }
    }

    override fun type(text: String) {
        phone.input.type(text)
        waits()
    }

    override fun press(what: String, vararg with: Pair<String, String>) {
        phone.act(what, with.toMap())
        waits()
    }

    override fun reportLost() = press("order", "what" to "lost", "message" to LostDay.MESSAGE)

    override fun asksAtTheCounter(amount: String, charging: String) =
        press("ask", "payee" to "Bookshop", "amount" to amount, "charging" to charging)

    override fun newestReceipt(): String? {
        val lines = JSONObject(describe(phone)).getJSONObject("counter").optJSONArray("receipt") ?: return null
        return lines.getString(lines.length() - 1)
    }

    override fun newestEvidence() = phone.desk.evidence

    override fun newestMessage() = phone.desk.messages.lastOrNull()?.text

    override fun codeOf(letters: String) = Totp.code(letters, phone.fakes.clock.now().wallMs)

    override fun waits() = phone.mainLoop.round()
}
