package dev.walletlock.phone

/** The steps of a person who is alerted to a payment. English labels. */
class AlertDay(private val driver: Driver, private val day: FirstDay, private val paying: PayDay) {
    /** Pays, which alerts. */
    fun pays() {
        paying.pays("48.00", "ALL")
        paying.isTold("Paid: €48.00 to Bookshop.", atTheCounter = "Charged")
    }

    /** Opens the line of the payment from its notification. */
    fun opensTheLine() = with(driver) {
        opensNotification("A payment was approved")
        day.enters(FirstDay.PIN)
        sees("What you were shown")
    }

    /** Goes to the limits from the notification that the payment was charged. */
    fun lowersALimit() = with(driver) {
        opensNotification("A payment was charged", action = "Lower my limit")
        day.enters(FirstDay.PIN)
        sees("a day")
    }

    /** Says of the newest alert that it was somebody else. */
    fun saysItWasSomebodyElse() = with(driver) {
        opensNotification("A payment was charged", action = "That was not me")
        tap("Stop everything")
        day.enters(FirstDay.PIN)
        sees("Everything is stopped")
    }
}
