package dev.walletlock.phone

import android.app.Application
import android.content.Intent
import android.view.KeyEvent
import android.view.inputmethod.InputMethodManager
import com.example.wallet.Courier
import com.example.wallet.WalletApp
import dev.walletlock.fakes.FakePhone
import kotlin.math.abs
import kotlinx.coroutines.MainScope
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowToast

/** A phone with one app on it, put together from its parts. Use it on the main thread only, unless a member says otherwise. */
class Phone(val fakes: FakePhone) {
    val mainLoop = MainLoop(fakes.clock)
    val screen = Screen()
    val input = Input()
    val journal = Journal { fakes.clock.now().wallMs }
    val desk = Desk(fakes.clock) { journal.desk(it) }

    /** Where the app's courier walks. It ends with the phone: only a test ends one. */
    val scope = MainScope()
    val application: Application
    val stack: Stack
    val sheet: Sheet
    val permission: Permission
    val notifications: Notifications

    /** What the page shows beside the picture, as JSON. */
    val state = Latest<String>()
    var configuration = Configuration()
        private set
    var isOff = false
        private set

    /** What the app's code threw last, until the page's dialog about it is closed. */
    var crash: Throwable? = null

    /** The last intent that would have opened another app, until the page's dialog about it is closed. */
    var leavingIntent: Intent? = null
    private val switches = Switches(this)

    /** Whether the app was in the background when the screen went off. */
    private var wasAway = false

    init {
        PhonePlatform.platform = fakes.platform
        WalletApp.courier = Courier(desk, scope)
        application = RuntimeEnvironment.getApplication()
        Configuration.showBars()
        configuration.apply()
        stack = Stack(application, journal::app)
        sheet = Sheet(fakes) { stack.top ?: application }
        stack.onLeaving = {
            leavingIntent = it
            journal.app("would open ${it.dataString ?: it.action}")
        }
        permission = Permission(application)
        notifications = Notifications(application, stack::start)
        stack.onPermission = permission::ask
        mainLoop.system = ::system
        mainLoop.onCrash = {
            crash = it
            journal.app("crashed: $it")
            it.printStackTrace()
        }
        // Wakes the main thread, which then updates the page's state.
        journal.onLine = { mainLoop.wake() }
    }

    /** Opens the app, as a touch on its icon does. */
    fun opensApp() {
        if (!isOff) stack.open()
    }

    fun home() {
        sheet.interrupt()
        stack.leave()
    }

    fun back() {
        if (fakes.person.isPromptShown) sheet.cancel() else if (!stack.isAway) input.key(KeyEvent.KEYCODE_BACK)
    }

    /** Turns the screen off, which locks the phone; or on, and then the owner unlocks the phone. */
    fun turnScreen(isOff: Boolean) {
        if (this.isOff == isOff) return
        this.isOff = isOff
        if (isOff) {
            wasAway = stack.isAway
            home()
        }
        fakes.deviceKey.isPhoneLocked = isOff
        val tells = if (isOff) listOf(Intent.ACTION_SCREEN_OFF) else listOf(Intent.ACTION_SCREEN_ON, Intent.ACTION_USER_PRESENT)
        tells.forEach { application.sendBroadcast(Intent(it)) }
        if (!isOff && !wasAway) stack.open()
    }

    /**
     * Restarts the phone, which ends the app's process. Only the application object stays: Robolectric has one for each
     * test.
     */
    fun restart() {
        home()
        stack.clear()
        permission.forget()
        Journal.openLocks().forEach { it.close() }
        fakes.clock.reboot()
        fakes.deviceKey.isPhoneLocked = false
        isOff = false
        fakes.person.unlocksPhone()
    }

    /** Moves all clocks forward by [ms] milliseconds. */
    fun skip(ms: Long) {
        mainLoop.skip(ms)
        journal.refreshLocks()
    }

    fun configure(configuration: Configuration) {
        this.configuration = configuration
        configuration.apply()
        stack.configure()
    }

    /** Does what was chosen on the page, see [Switches.act]; on any thread. Returns a message for the person, if any. */
    fun act(what: String, with: Map<String, String>): String? = switches.act(what, with)

    /** The labelled views on the screen, with the middle of each in pixels. On any thread. */
    fun places(): List<Place> = mainLoop.onMain { Places.all() }

    private fun system(): Long {
        stack.settle()
        Windows.giveFocus()
        journal.listen()
        val isShown = !isOff && !stack.isAway && crash == null
        // Also if drawing throws: the page has to show that crash.
        val waitMs = try {
            if (isShown) screen.draw(stack.seenThrough) else Long.MAX_VALUE
        } finally {
            state.update(describe(this))
        }
        return minOf(waitMs, A_SECOND_MS)
    }

    /**
     * How far the phone's wall clock is ahead of the computer's, in milliseconds. Differences of up to a second are ignored,
     * so the value stays the same until time is skipped.
     */
    val aheadMs: Long
        get() {
            val now = fakes.clock.now().wallMs - System.currentTimeMillis()
            if (abs(now - ahead) > A_SECOND_MS) ahead = now
            return ahead
        }
    private var ahead = 0L

    /** Whether a field that takes text has the focus. */
    val isTyping: Boolean
        get() = shadowOf(application.getSystemService(InputMethodManager::class.java)).isSoftInputVisible ||
            Windows.focused()?.findFocus()?.onCheckIsTextEditor() == true

    /** The newest toast: how many were shown so far, and its text. */
    val toast: Pair<Int, String>?
        get() = ShadowToast.shownToastCount().takeIf { it > 0 }?.let { it to ShadowToast.getTextOfLatestToast().orEmpty() }

    private companion object {
        const val A_SECOND_MS = 1_000L
    }
}
