package dev.walletlock.phone

import android.view.View
import dev.walletlock.NewAuthenticator
import dev.walletlock.android.R
import dev.walletlock.fakes.FakePaper

/** The steps of a person who prepares for it, forgets the PIN, is locked out, and gets back in. English labels. */
class ForgottenPinDay(private val driver: Driver, private val day: FirstDay, private val lost: LostDay) {
    private var letters = ""

    /** How many messages the person has read. */
    private var read = 0

    /** A phone number, a mail address, a key at the provider and an authenticator are set up; a day passes until they count. */
    fun isPrepared(): FakePaper = with(driver) {
        val paper = day.setsAPinWithACode()
        lost.isRegistered()
        tap("Security")
        day.enters(FirstDay.PIN)
        tap("Where codes are sent")
        adds("Add a phone number", "Phone number", "+31205550142")
        typesSentCode()
        sees("Confirmed. It counts")
        adds("Add an e-mail address", "E-mail", "zoe@example.com")
        opensTheLink()
        tap("I opened the link")
        sees("Confirmed. It counts")
        press("back")
        tap("Second factor")
        setsUpAnAuthenticator()
        press("back")
        tap("Your provider keeps a key")
        // The settings have a row of the same name as the button.
        sees("Let your provider keep a key?")
        tap("Let it keep a key")
        sees("Cancel this change")
        press("back")
        day.seesTheWallet()
        aDayPasses()
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
        until("the provider has the key") { phone.desk.account?.escrowDigest != null }
        until("the provider knows the channels") { phone.desk.account?.channels?.size == 2 }
        paper
    }

    private fun adds(row: String, field: String, address: String) = with(driver) {
        tap(row)
        fill(field, address)
        tap("Send a code")
        sees("Type the code")
    }

    private fun setsUpAnAuthenticator() = with(driver) {
        tap("Authenticator app")
        sees("Add it to your authenticator app")
        letters = phone.mainLoop.onMain { shownLetters() }
        tap("I added it")
        sees("Type the first code")
        codeOf(letters).forEach { tap("$it") }
        sees("Your change waits")
        tap("Done")
        sees("Will be replaced")
    }

    /** A person reads the letters on the screen. A test asks the view for them: it is not a part of the library's API. */
    private fun shownLetters(): String {
        val view = checkNotNull(driver.phone.stack.top?.findViewById<View>(R.id.walletlock_secret))
        val getter = view.javaClass.methods.first { it.name.startsWith("getSecret") && it.parameterCount == 0 }
        val secret = getter.invoke(view) as NewAuthenticator
        return String(CharArray(NewAuthenticator.LETTERS) { secret.letter(it) })
    }

    /** The sheet for the day on which the phone is lost is looked at. */
    fun looksAtTheSheet() = with(driver) {
        tap("Security")
        day.enters(FirstDay.PIN)
        tap("Recovery sheet")
        sees("What is on it")
        press("back")
        press("back")
        day.seesTheWallet()
    }

    /** Sixteen wrong PINs, with the waits between them: then only a way back in opens the wallet. */
    fun isLockedOut() = with(driver) {
        day.goesToTheLock()
        for (wrong in 1..STOP_AT) {
            day.enters("2648" + "%02d".format(wrong))
            if (wrong >= FirstDay.FREE_TRIES && wrong < STOP_AT) {
                sees("Try again in")
                aDayPasses()
            }
        }
        sees("Your wallet is locked")
    }

    fun getsBackByTheCode(paper: FakePaper) = with(driver) {
        tap("Get back in")
        sees("Show that it is you")
        tap("Recovery code")
        day.typesTheCode(paper)
    }

    /** A code by SMS, and a person at the provider who vouches: enough at once. */
    fun getsBackByTwo() = with(driver) {
        tap("Get back in")
        sees("Show that it is you")
        provesBySms()
        sees("One more proof is needed")
        tap("A person at your provider")
        tap("Ask now")
        sees("Your provider has your request")
        lost.answers("prove")
        tap("Ask now")
        setsANewPinByTheProvider()
    }

    fun provesBySms() = with(driver) {
        tap("Text message")
        sees("Enter the code")
        typesSentCode()
    }

    fun provesByMail() = with(driver) {
        tap("Mail")
        sees("Enter the code")
        opensTheLink()
        tap("I opened the link")
    }

    /** SMS and mail: a thief who holds the phone has both, so it waits three days. */
    fun provesOnThePhoneOnly() = with(driver) {
        tap("Get back in")
        provesBySms()
        sees("One more proof is needed")
        provesByMail()
        sees("Enough. You can go on in")
        check(places().none { it.label == "Set a new PIN" }) { "a thief would be let in" }
    }

    fun waitsThreeDays() = with(driver) {
        repeat(DAYS) {
            sees("Enough. You can go on in")
            aDayPasses()
        }
        setsANewPinByTheProvider()
    }

    private fun setsANewPinByTheProvider() = with(driver) {
        sees("That is enough")
        tap("Set a new PIN")
        tap("Ask now")
    }

    /** A new PIN, a new code and a password; then the list of what to put in order. */
    fun setsAllAnew() = with(driver) {
        day.setsANewPin()
        sees("A new password for your account")
        fill("New password", PASSWORD)
        tap("Set the password")
        sees("Put things in order")
    }

    fun putsThingsInOrder() = with(driver) {
        tap("Register this phone again")
        lost.answers("register")
        lost.isRegistered()
        tap("Look at what happened")
        sees("Search, for example a payee")
        press("back")
        sees("Put things in order")
        tap("Later")
        day.seesTheWallet()
    }

    private fun typesSentCode() = with(driver) {
        var code: String? = null
        until("a new code came") {
            val sent = phone.desk.messages
            val newest = sent.lastOrNull()?.text?.takeIf { sent.size > read && it == newestMessage() }
            code = newest?.let(CODE::find)?.value
            code != null
        }
        read = phone.desk.messages.size
        code!!.forEach { tap("$it") }
    }

    private fun opensTheLink() = with(driver) {
        until("a link came") { phone.desk.messages.lastOrNull()?.link != null }
        press("openLink", "number" to "${phone.desk.messages.lastIndex}")
        until("the link was opened") { phone.journal.lines().last { it.source == "desk" }.text == "the link in the mail was opened" }
    }

    private fun aDayPasses() = driver.press("skip", "ms" to "${LostDay.DAY_MS}")

    private companion object {
        const val STOP_AT = 16
        const val DAYS = 3
        const val PASSWORD = "Plum-tram 17 sits"
        val CODE = Regex("""\b\d{6}\b""")
    }
}
