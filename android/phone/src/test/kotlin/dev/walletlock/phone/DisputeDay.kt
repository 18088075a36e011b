package dev.walletlock.phone

import java.util.Calendar

/** The steps of a person who finds a payment that was not theirs, and disputes it. English labels. */
class DisputeDay(private val driver: Driver, private val day: FirstDay, private val paying: PayDay) {
    /** Pays for a book. Then days pass until it is another month. */
    fun paysAndAMonthPasses() = with(driver) {
        paying.pays("48.00", "ALL")
        paying.isTold("Paid: €48.00 to Bookshop.", atTheCounter = "Charged")
        val month = month()
        while (month() == month) aDayPasses()
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    /** After it the phone reaches its provider; before that, it may lock because it was offline for too long. */
    private fun aDayPasses() = with(driver) {
        val next = nowMs() + A_DAY_MS
        press("skip", "ms" to "$A_DAY_MS")
        until("a day has passed") { nowMs() >= next }
        until("the provider was reached") { phone.journal.lines().last { it.source != "app" }.text == "done: HEARTBEAT_TAKEN" }
    }

    /** Looks for the shop, in the lines of last month. */
    fun findsLastMonthsPayment() = with(driver) {
        tap("History")
        day.enters(FirstDay.PIN)
        tapAbout("Filters")
        tap("Last month")
        tap("Show")
        fill("Search, for example a payee", "booksh")
        sees("2 lines were found")
    }

    /** Says why, and sees what was stopped and whom to tell. */
    fun disputesIt() = with(driver) {
        tapAbout("48.00")
        sees("What you were shown")
        tap("Dispute this payment")
        tap("I did not make it")
        tap("Stop and dispute")
        sees("Tell your provider or your bank")
        sees("Everyday card")
    }

    /** Gives the evidence to the provider. Returns the file that the provider got. */
    fun handsTheEvidenceOver(): String = with(driver) {
        tap("Get the evidence")
        sees("The evidence is handed over.")
        var file: String? = null
        until("the provider has the evidence") {
            file = newestEvidence()
            file != null
        }
        file!!
    }

    private fun nowMs() = driver.phone.fakes.clock.now().wallMs

    private fun month() = Calendar.getInstance().apply { timeInMillis = nowMs() }.get(Calendar.MONTH)

    private companion object {
        const val A_DAY_MS = 86_400_000L
    }
}
