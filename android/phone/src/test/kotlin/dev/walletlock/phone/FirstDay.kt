package dev.walletlock.phone

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
        seesTheWallet()
    }

    fun switchesTheFingerOn() {
        driver.tap("Switch it on")
        driver.isAsked()
        driver.press("finger", "on" to "true")
        seesTheWallet()
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
    }
}
