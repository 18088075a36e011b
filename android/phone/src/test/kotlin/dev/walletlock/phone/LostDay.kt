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

    /** The owner lets the provider keep a key, and the wait before it counts passes. */
    fun isKeptByTheProvider() = with(driver) {
        tap("Security")
        day.enters(FirstDay.PIN)
        repeat(2) {
            if (it > 0) tap("Cancel this change")
            tap("Your provider keeps a key")
            // The settings have a row of the same name as the button.
            sees("Let your provider keep a key?")
            tap("Let it keep a key")
        }
        sees("Cancel this change")
        press("back")
        day.seesTheWallet()
        press("skip", "ms" to "$DAY_MS")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
        until("the provider knows of it") { phone.desk.account?.escrowDigest != null }
    }

    /** The owner forgot the PIN. The provider opens the wallet, and registers the phone anew. */
    fun providerOpensIt() = with(driver) {
        day.goesToTheLock()
        tap("Forgot PIN?")
        tap("Ask now")
        sees("Your provider has your request")
        answers("escrow")
        tap("Ask again")
        day.choosesANewPin()
        answers("register")
        isRegistered()
    }

    /** The clerk agrees to the one request of this kind on the desk. */
    fun answers(kind: String) = with(driver) {
        until("a request is on the desk") { phone.desk.waiting.singleOrNull()?.kind == kind }
        press("answer", "number" to "${phone.desk.waiting.single().number}", "on" to "true")
    }

    /** The owner has the phone back, and asks the provider to unlock the wallet. */
    fun ownerAsks() = with(driver) {
        tap("This is my phone")
        tap("Ask your provider to unlock")
        sees("Your provider has your request.")
    }

    fun clerkAgrees() {
        answers("unlock")
        day.seesTheLock()
    }

    companion object {
        const val DAY_MS = 86_400_000L
        const val MESSAGE = "Please bring this phone to any of our shops. Thank you."
    }
}
