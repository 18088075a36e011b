package dev.walletlock.phone

import com.example.wallet.WalletApp
import dev.walletlock.LimitPeriod
import kotlinx.coroutines.runBlocking

/** The steps of a person who pays at a shop's counter. English labels. */
class PayDay(private val driver: Driver, private val day: FirstDay) {
    /** The shop asks for so many euros, and the phone shows that. */
    fun isAskedFor(amount: String, charging: String) = with(driver) {
        asksAtTheCounter(amount, charging)
        sees("Bookshop asks for")
        sees("€$amount")
    }

    /** Opens the payment sheet, and reads what is paid. */
    fun opensTheSheet(amount: String) = with(driver) {
        tap("Pay")
        sees("$amount EUR")
        sees("To Bookshop")
    }

    /** Pays from the question to the PIN. */
    fun pays(amount: String, charging: String) {
        isAskedFor(amount, charging)
        opensTheSheet(amount)
        day.enters(FirstDay.PIN)
    }

    /** The phone shows what became of it, and the counter what it got. */
    fun isTold(words: String, atTheCounter: String) = with(driver) {
        sees(words)
        until("the counter says $atTheCounter") { newestReceipt() == atTheCounter }
    }

    /** What is left of a day, in cents, while the wallet is open. */
    fun leftToday(): Long = runBlocking {
        val session = checkNotNull((driver.phone.application as WalletApp).guard.session.value)
        session.limits.all().first { it.limit.per == LimitPeriod.DAY }.left
    }

    companion object {
        /** By the preset in the sample's policy. */
        const val A_DAY = 100_000L
    }
}
