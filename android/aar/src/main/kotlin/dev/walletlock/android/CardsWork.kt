package dev.walletlock.android

import dev.walletlock.Card
import dev.walletlock.LockException
import dev.walletlock.Session
import dev.walletlock.WalletLock

/** What a person does with the wallet's cards. */
internal class CardsWork(lock: WalletLock) : SessionWork(lock) {
    /** Null: not known yet. */
    var cards: List<Card>? = null
        private set

    /** The card that is shown by itself. Null: all are. */
    var shown: String? = null
        private set

    override suspend fun load(open: Session): Unit = look()

    override suspend fun look() {
        val open = session ?: return
        cards = open.cards.all()
        if (find(shown) == null) shown = null
    }

    fun find(id: String?): Card? = cards.orEmpty().firstOrNull { it.card.id == id }

    fun go(to: String?) {
        shown = to
        said = null
        onChange()
    }

    fun freeze(id: String) = changed(R.string.walletlock_card_is_frozen) {
        lock.payments.freezeCard(id).also { if (it) reportFreeze(lock) }
    }

    fun unfreeze(id: String) = changed(R.string.walletlock_card_is_allowed) { it.cards.unfreeze(id) }

    fun remove(id: String) = changed(R.string.walletlock_card_is_removed) { it.cards.remove(id) }

    fun restore(id: String) = changed(R.string.walletlock_card_is_back) { it.cards.restore(id) }

    private fun changed(words: Int, call: suspend (Session) -> Boolean) = change { open ->
        if (call(open)) {
            isDone = true
            said = PinNote.Text(words)
        }
    }

    override fun wordsOf(fault: LockException): PinNote? = null
}
