package dev.walletlock.android

import android.app.Activity
import android.view.View
import android.widget.EditText
import dev.walletlock.CardRef
import dev.walletlock.Dispute
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import dev.walletlock.NewCard
import dev.walletlock.Payment
import kotlinx.coroutines.runBlocking
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

// Cards and payments in the history, and what a person does with them.

val SALARY_CARD = NewCard("card-1", "Everyday", "Visa", "1234")
val TRAVEL_CARD = NewCard("card-2", "Travel", "Mastercard", "9921")

/** Puts the two cards into the wallet. */
fun TestWallet.withCards(): TestWallet = apply {
    runBlocking {
        unlocked().use { session ->
            session.cards.add(SALARY_CARD, "token-1".toByteArray())
            session.cards.add(TRAVEL_CARD)
        }
    }
}

/** Pays at each of these shops, and confirms with the PIN. */
internal fun TestWallet.pay(vararg payments: Payment): TestWallet = apply { payments.forEach { sheet(it).type(RIGHT) } }

internal fun TestWallet.withHistory(): TestWallet = withCards().pay(
    payment(12_80, "order-1", "Corner bakery").copy(mcc = 5812),
    payment(64_00, "order-2", "Tram and Train").copy(mcc = 4111, card = CardRef("card-2", "Mastercard", "9921")),
    payment(149_00, "order-3", "Radio Shop").copy(mcc = 5732),
)

internal fun TestWallet.history(line: Long = 0): ActivityController<HistoryActivity> =
    started(HistoryActivity::class.java, HistoryActivity.intent(RuntimeEnvironment.getApplication(), unlocked(), line))

/** The number of the line that approved the last payment. */
internal fun TestWallet.lastPayment(): Long = runBlocking {
    unlocked().use { it.journal.page(JournalQuery(kinds = setOf(JournalKind.PAYMENT_APPROVED), limit = 1)).entries.single().number }
}

internal fun TestWallet.disputes(): List<Dispute> = runBlocking { unlocked().use { it.disputes.all() } }

internal fun ActivityController<out Activity>.write(field: Int, text: String) {
    get().window.decorView.all().filterIsInstance<EditText>().first { it.isShown && it.id == field }.setText(text)
    TestWallet.settle()
}

/** The rows that can be pressed. */
internal fun ActivityController<out Activity>.rows(): List<String> =
    get().window.decorView.all().filter { it.isShown && it.isClickable && it.isEnabled }.map(View::words)
