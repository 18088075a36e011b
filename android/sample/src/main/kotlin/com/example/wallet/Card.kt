package com.example.wallet

import dev.walletlock.CardRef
import dev.walletlock.NewCard
import dev.walletlock.Session

/** The card of this wallet. Its token is kept in the wallet, under a key of the card's own, and nowhere else. */
object Card {
    /** The last digits of the token, which are shown while the token is masked. */
    const val LAST_DIGITS = "4821"

    /** How a payment names this card. */
    val ref: CardRef = CardRef(ID, "Visa", LAST_DIGITS)

    /** Adds the card, once. A real wallet gets the token from its provider's server; this sample makes one up. */
    suspend fun prepare(session: Session) {
        if (ADDED in session.vault.names()) return
        val token = "4929 0412 7716 $LAST_DIGITS".toByteArray()
        if (session.cards.all().none { it.card.id == ID }) session.cards.add(NewCard(ID, "Everyday card", "Visa", LAST_DIGITS), token)
        token.fill(0)
        // A card that its owner removed is not added again.
        session.vault.write(ADDED, byteArrayOf())
    }

    /** Null: the card is stopped or removed. */
    suspend fun token(session: Session): String? {
        val token = session.cards.token(ID) ?: return null
        return token.decodeToString().also { token.fill(0) }
    }

    private const val ID = "everyday"
    private const val ADDED = "card-added"
}
