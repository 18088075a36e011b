package com.example.wallet

import dev.walletlock.Authorisation
import dev.walletlock.Payment
import dev.walletlock.WordOutcome
import dev.walletlock.android.ProofReply
import dev.walletlock.android.ProofRequest

/**
 * The wallet's own server, as the app sees it. The app only carries texts: the phone or the server has signed what they say. A
 * real wallet makes its network calls here, and throws an `IOException` if the server cannot be reached.
 */
interface Backend {
    /** The member `provider` of the wallet's policy: the server's public keys, and how long a phone may stay without it. */
    val policyPart: String

    /** Sends a request that the lock has made. The answer comes with [collect], at once or when somebody there has decided. */
    suspend fun send(request: String)

    /**
     * Sends a request for the key to the wallet that the server keeps for its owner.
     *
     * @return the server's grant. Null: it verifies who the owner is first, in its own way. Then the person asks again.
     */
    suspend fun askEscrow(request: String): String?

    /**
     * Sends a request about a code or another proof: to send a code, to check one, or to ask a person at the server. A code that is
     * wrong is refused; a person there decides later.
     */
    suspend fun prove(request: ProofRequest): ProofReply

    /** Sets the password of the account, in UTF-8. Keep no copy. Returns whether the server has taken it. */
    suspend fun setPassword(utf8: ByteArray): Boolean

    /** What a shop asks [wallet] to pay now. Null: nothing. A real app may learn it from a scanned code, a link or a terminal instead. */
    suspend fun offer(wallet: String): Payment?

    /** The person does not want to pay what a shop asks for. */
    suspend fun turnDown(payment: String)

    /**
     * Hands in an approved payment. What became of it comes with [collect].
     *
     * @return whether the server takes it.
     */
    suspend fun pay(authorisation: Authorisation): Boolean

    /**
     * Hands in the evidence of a dispute: the notice that the phone signed about what was stopped, and the file for the bank.
     *
     * @param notice null: the phone could make none.
     */
    suspend fun dispute(notice: String?, evidence: String)

    /** The words that have come for [wallet] since the last call. */
    suspend fun collect(wallet: String): List<Word>

    /** Says what became of a word. */
    suspend fun report(outcome: WordOutcome)

    /** A text that the server has signed. [orders] come with a heartbeat. */
    class Word(val kind: Kind, val text: String, val orders: List<String> = emptyList())

    /** Which function of the lock takes a word. */
    enum class Kind { ORDER, GRANT, HEARTBEAT, SETTLEMENT }
}
