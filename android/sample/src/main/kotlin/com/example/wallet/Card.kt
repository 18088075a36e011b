package com.example.wallet

import dev.walletlock.Session

/** The card of this wallet. Its token is kept in the vault, and nowhere else. */
object Card {
    /** The last digits of the token, which are shown while the token is masked. */
    const val LAST_DIGITS = "4821"

    /** Puts a token into the vault, once. A real wallet gets it from its provider's server; this sample makes one up. */
    suspend fun prepare(session: Session) {
        if (ITEM in session.vault.names()) return
        val token = "4929 0412 7716 $LAST_DIGITS".toByteArray()
        session.vault.write(ITEM, token)
        token.fill(0)
    }

    suspend fun token(session: Session): String? {
        val token = session.vault.read(ITEM) ?: return null
        return token.decodeToString().also { token.fill(0) }
    }

    private const val ITEM = "card-token"
}
