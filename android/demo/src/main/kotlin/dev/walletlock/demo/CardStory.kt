package dev.walletlock.demo

import dev.walletlock.BringingBack
import dev.walletlock.CardRef
import dev.walletlock.CardState
import dev.walletlock.Closed
import dev.walletlock.NewCard
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentRefusal
import dev.walletlock.demo.Stage.Companion.DAY_MS

/** U14: single cards are frozen or removed for good, and what was removed by mistake is brought back. */
internal class CardStory : Story {
    override val name = "U14"
    override val title = "She removes the wrong card"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use {
            stage.setPin(provided.lock).use { session ->
                session.cards.add(BLUE, TOKEN.toByteArray())
                session.cards.add(GREEN, TOKEN.toByteArray())
            }
            stage.say("Her wallet keeps two cards.")
            stage.register(provided)
            freeze(stage, provided)
            bringBack(stage, provided)
            forGood(stage, provided)
            "one card stopped by one tap, and the other one paid; a removed card came back with its token; another one was destroyed " +
                "after a week while the wallet was closed, and its token with it"
        }
    }

    private suspend fun freeze(stage: Stage, provided: ProvidedApp) {
        stage.say("She left the green one at the inn, and taps 'Stop payments with it'. No PIN is asked for.")
        stage.expect("frozen", provided.lock.payments.freezeCard(GREEN.id))
        val reasons = stage.isRefused(provided.lock, by(GREEN, "inn-1"))
        stage.expect("why", listOf<PaymentRefusal>(PaymentRefusal.CardStopped(CardState.Frozen)), reasons)
        stage.pays(provided.lock, by(BLUE, "inn-2"))
    }

    private suspend fun bringBack(stage: Stage, provided: ProvidedApp) = stage.unlock(provided.lock).use { session ->
        stage.say("She wants to remove the green one, and removes the blue one.")
        stage.expect("removed", session.cards.remove(BLUE.id))
        stage.expect("its token meanwhile", null, session.cards.token(BLUE.id))
        val off = session.access.switchedOff()
        off.forEach { stage.show(inWords(it.what)) }
        val removed = off.single { it.what is Closed.CardRemoved }
        stage.expect("bringing it back", BringingBack.DONE, session.access.bringBack(removed))
        stage.expect("its token", TOKEN, session.cards.token(BLUE.id)?.decodeToString())
        stage.expect("the green one removed", session.cards.remove(GREEN.id))
    }

    private suspend fun forGood(stage: Stage, provided: ProvidedApp) {
        stage.say("A week passes.")
        provided.app.phone.clock.skip(7 * DAY_MS)
        provided.lock.refresh()
        val reasons = stage.isRefused(provided.lock, by(GREEN, "inn-3"))
        stage.expect("why", listOf<PaymentRefusal>(PaymentRefusal.CardStopped(CardState.Destroyed)), reasons)
        stage.unlock(provided.lock).use { session ->
            stage.expect("bringing it back now", expected = false, session.cards.restore(GREEN.id))
            stage.expect("the cards", listOf(BLUE.id), session.cards.all().map { it.card.id })
        }
    }

    private fun by(card: NewCard, id: String): Payment =
        euros(id, 4, Payee("Inn", "m-40")).copy(card = CardRef(card.id, card.network, card.last4))

    private fun inWords(what: Closed): String = when (what) {
        is Closed.CardRemoved -> "Removed: ${what.label}"
        is Closed.CardFrozen -> "Stopped: ${what.label}"
        else -> "$what"
    }

    private companion object {
        const val TOKEN = "4895 3700 1234 5678"
        val BLUE = NewCard("blue", "Blue card", "Visa", "5678")
        val GREEN = NewCard("green", "Green card", "Visa", "1234")
    }
}
