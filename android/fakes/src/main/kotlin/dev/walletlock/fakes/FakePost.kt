package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.WalletLock
import dev.walletlock.WordOutcome

/**
 * The way from a [FakeProvider] to its phones. An app's own code collects words here, as it would from a server. Whatever the post
 * does to a word, a lock must not be fooled by it.
 */
public class FakePost internal constructor(private val clock: Clock) {
    /** Which function of [dev.walletlock.Provider] takes the word. */
    public enum class Kind {
        /** [dev.walletlock.Provider.redeem]. */
        GRANT,

        /** [dev.walletlock.Provider.accept]. */
        ORDER,

        /** [dev.walletlock.Provider.heartbeat]. */
        HEARTBEAT,

        /** [dev.walletlock.Provider.accept], which takes what became of a payment too. */
        SETTLEMENT,
    }

    /**
     * A word on its way.
     *
     * @property wallet the wallet that it is for.
     * @property kind which function takes it.
     * @property word its text.
     * @property orders the orders that come with a heartbeat.
     */
    public class Parcel internal constructor(
        public val wallet: String,
        public val kind: Kind,
        public val word: String,
        public val orders: List<String> = emptyList(),
    ) {
        /** Hands the word to the lock. */
        public suspend fun deliver(lock: WalletLock): WordOutcome = when (kind) {
            Kind.GRANT -> lock.provider.redeem(word)
            Kind.ORDER, Kind.SETTLEMENT -> lock.provider.accept(word)
            Kind.HEARTBEAT -> lock.provider.heartbeat(word, orders)
        }

        /** Only its kind. */
        override fun toString(): String = "Parcel($kind)"
    }

    private class Waiting(val parcel: Parcel, val sentMs: Long)

    private val waiting = mutableListOf<Waiting>()

    /** Whether it loses what is sent from now on. */
    @get:Synchronized
    @set:Synchronized
    public var isLosing: Boolean = false

    /**
     * Whether it keeps orders back, also those that would come with a heartbeat. Grants and heartbeats pass. The orders arrive once this
     * is false again.
     */
    @get:Synchronized
    @set:Synchronized
    public var isWithholdingOrders: Boolean = false

    /** Whether what was collected arrives again and again. */
    @get:Synchronized
    @set:Synchronized
    public var isRepeating: Boolean = false

    /** Whether what was sent last arrives first. */
    @get:Synchronized
    @set:Synchronized
    public var isReordering: Boolean = false

    /** Whether it changes a letter in the claims of each word. */
    @get:Synchronized
    @set:Synchronized
    public var isForging: Boolean = false

    /** How long a word is on its way, in milliseconds of the provider's wall clock. */
    @get:Synchronized
    @set:Synchronized
    public var delayMs: Long = 0

    /** What arrives now for this wallet. */
    @Synchronized
    public fun collect(wallet: String): List<Parcel> {
        val now = clock.now().wallMs
        val arriving = waiting.filter {
            val isKeptBack = isWithholdingOrders && it.parcel.kind == Kind.ORDER
            it.parcel.wallet == wallet && now - it.sentMs >= delayMs && !isKeptBack
        }
        if (!isRepeating) waiting.removeAll(arriving)
        val inOrder = if (isReordering) arriving.reversed() else arriving
        return inOrder.map { changed(it.parcel) }
    }

    @Synchronized
    internal fun send(parcel: Parcel, afterMs: Long = 0) {
        if (!isLosing) waiting += Waiting(parcel, clock.now().wallMs + afterMs)
    }

    private fun changed(parcel: Parcel): Parcel {
        val orders = if (isWithholdingOrders) emptyList() else parcel.orders
        if (!isForging) return Parcel(parcel.wallet, parcel.kind, parcel.word, orders)
        return Parcel(parcel.wallet, parcel.kind, forged(parcel.word), orders.map(::forged))
    }

    /** The word with another letter as the tenth of its claims. The signature stays. */
    private fun forged(word: String): String {
        val at = word.indexOf('.') + FORGED_AT
        return word.replaceRange(at, at + 1, if (word[at] == 'A') "B" else "A")
    }
}

private const val FORGED_AT = 10
