package dev.walletlock.phone

import android.view.View
import dev.walletlock.RecoveryCode
import dev.walletlock.android.R
import dev.walletlock.fakes.FakePaper

/**
 * The steps of a person who has just installed the app. The labels are those of the sample wallet and of the lock's
 * screens, in English.
 */
class FirstDay(private val driver: Driver) {
    fun isLived() {
        choosesAPin()
        switchesTheFingerOn()
        opensItWithAFinger()
        getsItWrongUntilItCoolsDown()
        changesThePin()
    }

    /** Chooses a PIN, up to the question whether a finger should open the wallet too. */
    fun choosesAPin() = with(driver) {
        tap("Choose a PIN")
        enters(PIN)
        sees("Type it once more")
        enters(PIN)
    }

    /** Sets a PIN, up to the open wallet, with biometrics off. */
    fun setsAPin() {
        choosesAPin()
        driver.tap("Not now")
        wantsNoCode()
        seesTheWallet()
    }

    /** A recovery code is offered after the first PIN. */
    fun wantsNoCode() = driver.tap("Later")

    fun switchesTheFingerOn() {
        driver.tap("Switch it on")
        driver.isAsked()
        driver.press("finger", "on" to "true")
        wantsNoCode()
        seesTheWallet()
    }

    /** Sets a PIN, and makes a recovery code where it is offered, up to the open wallet. Returns the paper with the code. */
    fun setsAPinWithACode(): FakePaper {
        choosesAPin()
        driver.tap("Not now")
        driver.tap("Make a recovery code")
        val paper = writesTheCodeDown()
        driver.tap("Done")
        seesTheWallet()
        return paper
    }

    /** Makes a recovery code where it is offered, forgets the PIN, and gets back in. */
    fun forgetsThePin() {
        val paper = setsAPinWithACode()
        goesToTheLock()
        driver.tap("Forgot PIN?")
        typesTheCode(paper)
        choosesANewPin()
    }

    /** Types the recovery code from the paper. */
    fun typesTheCode(paper: FakePaper) {
        for (group in 1..GROUPS) {
            driver.sees("Group $group of $GROUPS")
            paper.group(group).forEach { driver.tap("$it") }
        }
    }

    /** A new PIN and a new code. */
    fun setsANewPin() {
        driver.sees("Choose a new PIN")
        enters(NEXT_PIN)
        driver.sees("Type the new PIN once more")
        enters(NEXT_PIN)
        writesTheCodeDown()
    }

    /** The end of a way back in if there is nothing else to set: the wallet opens with the new PIN. */
    fun choosesANewPin() {
        setsANewPin()
        seesTheWallet()
        goesToTheLock()
        enters(NEXT_PIN)
        seesTheWallet()
    }

    /** Writes down the code on the screen, and types the groups that are asked back. */
    private fun writesTheCodeDown(): FakePaper = with(driver) {
        sees("Your recovery code, in 8 groups")
        val code = phone.mainLoop.onMain { shownCode() }
        val paper = FakePaper(code)
        val asked = code.askedGroups
        tap("I wrote it down")
        for (group in asked) {
            sees("Type group $group")
            paper.group(group).forEach { tap("$it") }
        }
        paper
    }

    /** A person reads the digits on the screen. A test asks the view for them: it is not a part of the library's API. */
    private fun shownCode(): RecoveryCode {
        val view = checkNotNull(driver.phone.stack.top?.findViewById<View>(R.id.walletlock_code))
        return view.javaClass.getMethod("getCode").invoke(view) as RecoveryCode
    }

    fun opensItWithAFinger() {
        goesToTheLock()
        with(driver) {
            isAsked()
            press("finger", "on" to "false")
            until("the finger is not recognised") { phone.mainLoop.onMain { phone.sheet.words()?.misses } == 1 }
            press("finger", "on" to "true")
        }
        seesTheWallet()
    }

    fun getsItWrongUntilItCoolsDown() {
        goesToTheLock()
        with(driver) {
            isAsked()
            press("sheetPin")
            repeat(FREE_TRIES - 1) {
                enters("26483$it")
                sees("tries left")
            }
            enters("26483${FREE_TRIES - 1}")
            sees("second")
            press("skip", "ms" to "30000")
        }
        enters(PIN)
        seesTheWallet()
    }

    /** Changes the PIN in the settings, which ask for a finger first. */
    fun changesThePin() {
        with(driver) {
            tap("Security")
            isAsked()
            press("finger", "on" to "true")
            tap("Change your PIN")
            sees("Your current PIN")
            types(PIN)
            sees("Choose a new PIN")
            enters(NEXT_PIN)
            sees("Type the new PIN once more")
            enters(NEXT_PIN)
            tap("Keep them on")
            sees("PIN changed")
            press("back")
        }
        seesTheWallet()
        goesToTheLock()
        driver.isAsked()
        driver.press("sheetPin")
        enters(NEXT_PIN)
        seesTheWallet()
    }

    /** Locks the open wallet, which shows the lock screen. */
    fun goesToTheLock() = driver.tap("Lock now")

    /** Sees the last digits of the card's number, which are hidden while the wallet is locked. */
    fun seesTheWallet() = driver.sees("4821")

    fun seesTheLock() = driver.sees("Enter your PIN")

    fun enters(pin: String) = with(driver) {
        pin.forEach { tap("$it") }
        tap("Done")
    }

    /** Enters the PIN on a keyboard. */
    private fun types(pin: String) = with(driver) {
        until("the pad takes digits") { places().any { it.label == "1" && it.canTouch } }
        type(pin)
        tap("Done")
    }

    companion object {
        const val PIN = "835179"
        const val NEXT_PIN = "940628"

        /** By the default policy the fifth wrong PIN brings the first wait. */
        const val FREE_TRIES = 5
        const val GROUPS = 8
    }
}
