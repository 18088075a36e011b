package dev.walletlock.demo

import dev.walletlock.Category
import dev.walletlock.Dispute
import dev.walletlock.DisputeEnd
import dev.walletlock.DisputeReason
import dev.walletlock.JournalQuery
import dev.walletlock.LineState
import dev.walletlock.Payee
import dev.walletlock.PaymentRefusal
import dev.walletlock.demo.Stage.Companion.DAY_MS
import java.nio.file.Files
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import kotlinx.coroutines.flow.toList

/** U16: she finds last month's payment, disputes it, and gets the evidence and whom to call. */
internal class DisputeStory : Story {
    override val name = "U16"
    override val title = "She disputes a payment"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use {
            stage.setPin(provided.lock).close()
            stage.register(provided)
            stage.pays(provided.lock, euros("order-7", 40, Payee("Garden shop", "m-50")).copy(mcc = GARDEN))
            stage.pays(provided.lock, euros("bread", 4, Payee("Bakery", "m-51")).copy(mcc = BAKERY))
            stage.say("A month later she reads her statement.")
            provided.app.phone.clock.skip(DAYS * DAY_MS)
            stage.beat(provided)
            stage.unlock(provided.lock).use { session ->
                val found = session.journal.search(JournalQuery(text = "garden", state = LineState.APPROVED)).toList()
                val line = found.flatMap { it.entries }.single()
                stage.show(inWords(line))
                val spent = session.journal.summary().spent
                spent.forEach { stage.show("${it.year}-${it.month}: ${inWords(it.amount)}, ${it.category.name.lowercase()}") }
                stage.expect("what she spent on", setOf(Category.SHOPPING, Category.GROCERIES), spent.map { it.category }.toSet())

                stage.say("Nothing ever came. She disputes it.")
                val dispute = session.disputes.open(line.number, DisputeReason.NOT_RECEIVED, "Nothing was delivered.")
                stage.show("Tell the bank until ${inWords(dispute)}.")
                val reasons = stage.isRefused(provided.lock, euros("more", 4, Payee("Garden shop", "m-50")))
                stage.expect("frozen", reasons.single() is PaymentRefusal.Frozen)
                val evidence = session.disputes.evidence(dispute.number)
                stage.show("${evidence.trim().lines().size} signed lines of evidence.")
                stage.expect("of other payments it tells nothing", "Bakery" !in evidence)
                Files.write(provided.app.phone.database.resolveSibling("dispute.jsonl"), evidence.toByteArray())
                stage.expect("the report", session.disputes.report(dispute.number, "Her bank"))
                stage.say("The bank gives the money back.")
                stage.expect("the end", session.disputes.end(dispute.number, DisputeEnd.REFUNDED))
            }
            "last month's payment was found by its payee; disputing it froze payments, told whom to call, and made a signed file that " +
                "tells nothing of other payments; the case stayed known until the refund"
        }
    }

    private fun inWords(dispute: Dispute): String = SimpleDateFormat("yyyy-MM-dd", Locale.ROOT).format(Date(dispute.reportByWallMs))

    private companion object {
        const val DAYS = 30
        const val GARDEN = 5261
        const val BAKERY = 5462
    }
}
