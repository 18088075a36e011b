package dev.walletlock.demo

import dev.walletlock.Authorisation
import dev.walletlock.Limit
import dev.walletlock.LimitChange
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentState
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS
import dev.walletlock.fakes.FakeCounter
import dev.walletlock.fakes.FakeCounter.Charging

/** U13: payments are confirmed and signed, and limits hold, whatever the provider says about a payment. */
internal class LimitsStory : Story {
    override val name = "U13"
    override val title = "She pays, and sets limits"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use {
            stage.setPin(provided.lock).close()
            stage.register(provided)
            nextMorning(provided.app)
            signed(stage, provided)
            lowered(stage, provided)
            raised(stage, provided)
            settled(stage, provided)
            "the provider read what she had confirmed, under two signatures, and took it once; a payment refused with all " +
                "reasons; a limit lowered at once, raised after a day, and kept when she cancelled that; what was declined or " +
                "charged less was given back, and what nobody spoke of was not"
        }
    }

    private suspend fun signed(stage: Stage, provided: ProvidedApp) {
        val counter = provided.account.counter
        val authorisation = stage.pays(provided.lock, euros("book-1", 45, BOOKSHOP))
        stage.say("Somebody on the way makes another amount of it.")
        val changed = changed(checkNotNull(authorisation.byPhone)) to changed(authorisation.byOwner)
        expectRefused(stage, FakeCounter.Refusal.NOT_AN_AUTHORISATION, counter.take(changed.first, changed.second))
        stage.say("The provider checks both signatures: that of her phone, and that which only her PIN opens.")
        val paid = stage.take(counter, authorisation)
        stage.expect("what the provider reads", authorisation.lines, paid.shown)
        stage.expect("how she confirmed it", "pin" in paid.methods)
        stage.say("The shop sends it once more.")
        expectRefused(stage, FakeCounter.Refusal.REPLAYED, counter.take(authorisation))
        expectSettled(stage, provided, "book-1", PaymentState.Captured(4_500))
    }

    /** Changes a letter in what was signed. */
    private fun changed(text: String): String {
        val at = text.indexOf('.') + 20
        return text.replaceRange(at, at + 1, if (text[at] == 'A') "B" else "A")
    }

    private suspend fun lowered(stage: Stage, provided: ProvidedApp) {
        stage.say("She lowers her limits: ${amount(DAY.max)} a day, and ${amount(ONLINE.max)} for one payment online.")
        stage.unlock(provided.lock).use { session ->
            for (limit in listOf(DAY, ONLINE)) {
                stage.expect("a lower limit", LimitChange.Set, session.limits.set(limit).also { stage.show(inWords(it)) })
            }
        }
        val reasons = stage.isRefused(provided.lock, euros("phone", 160, Payee("Phone shop", "m-20")))
        val over = reasons.map { it as? PaymentRefusal.OverLimit }
        stage.expect("all reasons", listOf(DAY to 15_500L, ONLINE to 10_000L), over.map { it?.limit to it?.left })
    }

    private suspend fun raised(stage: Stage, provided: ProvidedApp) {
        val higher = DAY.copy(max = 50_000)
        val pending = LimitChange.Pending(DAY_MS)
        stage.say("She wants ${amount(higher.max)} a day for a journey, and thinks better of it.")
        stage.unlock(provided.lock).use { session ->
            stage.expect("a higher limit", pending, session.limits.set(higher).also { stage.show(inWords(it)) })
            stage.expect("cancelling", session.limits.cancelRaise(higher))
        }
        nextMorning(provided.app)
        expectDay(stage, provided, DAY.max, left = DAY.max)
        stage.say("Now she means it.")
        stage.unlock(provided.lock).use { session ->
            stage.expect("a higher limit", pending, session.limits.set(higher).also { stage.show(inWords(it)) })
        }
        val table = euros("table", 220, Payee("Furniture", "m-21"), PaymentChannel.IN_STORE)
        stage.expect("too early", stage.isRefused(provided.lock, table).any { it is PaymentRefusal.OverLimit })
        provided.app.phone.clock.skip(DAY_MS)
        stage.say("A day later.")
        expectDay(stage, provided, higher.max, left = higher.max)
        stage.take(provided.account.counter, stage.pays(provided.lock, table))
        expectSettled(stage, provided, "table", PaymentState.Captured(22_000))
    }

    private suspend fun settled(stage: Stage, provided: ProvidedApp) {
        expectDay(stage, provided, 50_000, left = 28_000)
        stage.say("The next shop has nothing left, and declines.")
        charge(stage, provided, euros("shoes", 80, Payee("Shoe shop", "m-22")), Charging.NOTHING)
        expectSettled(stage, provided, "shoes", PaymentState.Declined)
        expectDay(stage, provided, 50_000, left = 28_000)
        stage.say("The hotel charges less than it might have.")
        charge(stage, provided, euros("hotel", 90, Payee("Hotel", "m-23")), Charging.LESS)
        expectSettled(stage, provided, "hotel", PaymentState.Captured(4_500))
        expectDay(stage, provided, 50_000, left = 23_500)
        stage.say("Nobody says whether the taxi was charged. It may have been.")
        charge(stage, provided, euros("taxi", 30, Payee("Taxi", "m-24")), Charging.NEVER_TOLD)
        provided.app.phone.clock.skip(4 * MINUTE_MS)
        stage.expect("no word", emptyList<WordOutcome>(), stage.collect(provided))
        expectState(stage, provided, "taxi", PaymentState.Presumed)
        expectDay(stage, provided, 50_000, left = 20_500)
    }

    private suspend fun charge(stage: Stage, provided: ProvidedApp, payment: Payment, charging: Charging) {
        val counter = provided.account.counter
        counter.charging = charging
        stage.take(counter, stage.pays(provided.lock, payment))
    }

    private suspend fun expectSettled(stage: Stage, provided: ProvidedApp, id: String, state: PaymentState) {
        stage.expect("the word", listOf(WordOutcome.Done(WordDone.PAYMENT_SETTLED)), stage.collect(provided))
        expectState(stage, provided, id, state)
    }

    private suspend fun expectState(stage: Stage, provided: ProvidedApp, id: String, expected: PaymentState) {
        val state = provided.lock.payments.stateOf(id)
        stage.expect("what became of $id", expected, state)
        stage.show(inWords(expected))
    }

    private fun inWords(state: PaymentState): String = when (state) {
        PaymentState.Reserved -> "It may be charged."
        PaymentState.Presumed -> "It counts as charged."
        is PaymentState.Captured -> "${amount(state.minor)} was charged."
        PaymentState.Declined -> "It was not charged, and counts no more."
    }

    private suspend fun expectDay(stage: Stage, provided: ProvidedApp, max: Long, left: Long) {
        val day = stage.limits(provided.lock).single { it.isOwners && it.limit.per == LimitPeriod.DAY }
        stage.expect("the limit of a day, and what is left", max to left, day.limit.max to day.left)
    }

    private fun expectRefused(stage: Stage, why: FakeCounter.Refusal, taken: FakeCounter.Taken) {
        stage.expect("what the provider says", why, taken.refusal)
        stage.show("The provider takes no payment: ${why.name.lowercase().replace('_', ' ')}.")
    }

    private fun Stage.take(counter: FakeCounter, authorisation: Authorisation) =
        counter.take(authorisation).let { taken ->
            val paid = taken.payment ?: throw StoryFailed("the provider: expected it to be taken, found ${taken.refusal}")
            paid.also { show("The provider reads: ${it.shown.joinToString("; ")}.") }
        }

    private fun amount(minor: Long) = inWords(Money(minor, "EUR"))

    private companion object {
        val BOOKSHOP = Payee("Bookshop", "m-17")
        val DAY = Limit(LimitScope.All, "EUR", LimitPeriod.DAY, 20_000)
        val ONLINE = Limit(LimitScope.Through(PaymentChannel.ONLINE), "EUR", LimitPeriod.PAYMENT, 10_000)
    }
}
