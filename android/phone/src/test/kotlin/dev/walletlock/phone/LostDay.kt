package dev.walletlock.phone

/** The steps of a person whose phone was lost and found, and of the clerk at the provider's desk. English labels. */
class LostDay(private val driver: Driver, private val day: FirstDay) {
    /** The phone is reported lost, found, and opened again by the provider. */
    fun isLived() {
        isReportedLost()
        ownerAsks()
        clerkAgrees()
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    fun isRegistered() = driver.until("the phone is registered") { driver.phone.desk.isRegistered }

    fun isReportedLost() = with(driver) {
        isRegistered()
        reportLost()
        sees("Did you find this phone?")
        sees(MESSAGE)
        check(places().none { "wallet is locked" in it.label }) { "a finder learns nothing about the owner" }
    }

    /** The owner has the phone back, and asks the provider to unlock the wallet. */
    fun ownerAsks() = with(driver) {
        tap("This is my phone")
        tap("Ask your provider to unlock")
        sees("Your provider has your request.")
        until("the request is on the desk") { phone.desk.waiting.singleOrNull()?.kind == "unlock" }
    }

    fun clerkAgrees() = with(driver) {
        press("answer", "number" to "${phone.desk.waiting.single().number}", "on" to "true")
        day.seesTheLock()
    }

    companion object {
        const val MESSAGE = "Please bring this phone to any of our shops. Thank you."
    }
}
