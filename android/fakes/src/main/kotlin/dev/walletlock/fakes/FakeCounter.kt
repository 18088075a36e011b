package dev.walletlock.fakes

import dev.walletlock.Authorisation
import dev.walletlock.Clock
import dev.walletlock.Entropy

/**
 * Where a [FakeProvider] takes the payments of an account, and charges them. [FakeAccount.counter] gives it.
 *
 * ```
 * val approved = lock.payments.confirmPin(request, entry) as PaymentOutcome.Approved
 * account.counter.take(approved.authorisation).payment                    // what is paid; null: it was refused
 * provider.post.collect(account.wallet).forEach { it.deliver(lock) }      // the signed word: so much was charged
 * ```
 *
 * Strict: it refuses an authorisation that is not exactly as documented, that either key has not signed, that is taken for the second
 * time, whose number is not higher than the last one's, that came too early or too late (the clocks may differ by a minute), or whose
 * nonce it did not give out. It refuses what the owner has frozen, once the phone has told so.
 */
public class FakeCounter internal constructor(
    private val provider: FakeProvider,
    private val account: FakeAccount,
    private val clock: Clock,
    private val random: Entropy,
) {
    /** What it charges of each payment that it takes, and when it says so. */
    public enum class Charging {
        /** All that was set aside. */
        ALL,

        /** Half of it. */
        LESS,

        /** A tenth more than was set aside, which no bank should allow. */
        MORE,

        /** All, but the phone is told an hour later. */
        LATE,

        /** All, and the phone is never told. */
        NEVER_TOLD,

        /** Nothing: the payment is declined. */
        NOTHING,
    }

    /** Why an authorisation is refused. */
    public enum class Refusal {
        /** It is not exactly as documented, or not signed by both keys of a phone that is registered here. */
        NOT_AN_AUTHORISATION,

        /** It is for another wallet. */
        OTHER_WALLET,

        /** It has no nonce although one is needed, or one that was not given out, or was used. */
        WRONG_NONCE,

        /** Its time is over, or has not begun. */
        EXPIRED,

        /** It was taken before. */
        REPLAYED,

        /** One with a higher number was taken before. */
        OLD,

        /** The owner has frozen payments, those of this kind, or the card. */
        FROZEN,
    }

    /** What became of an authorisation. */
    public class Taken internal constructor(
        /** What is paid. Null: it was refused. */
        public val payment: FakePayment?,
        /** Why it was refused. Null: it was not. */
        public val refusal: Refusal?,
    ) {
        /** Whether it was refused, and why. */
        override fun toString(): String = "Taken(refusal=$refusal)"
    }

    private val jtis = mutableSetOf<String>()

    /** The authorisation that was taken last for each payment: what becomes of it is said under its number. */
    private val jtiOf = mutableMapOf<String, String>()
    private val nonces = mutableSetOf<String>()
    private val taken = mutableListOf<FakePayment>()
    private var lastNumber = 0L

    /** What it charges of the payments that it takes from now on. */
    public var charging: Charging = Charging.ALL
        get() = synchronized(provider) { field }
        set(value) = synchronized(provider) { field = value }

    /** Whether it takes only payments with a nonce of [makeNonce]. One that has a nonce needs a right one in any case. */
    public var wantsNonce: Boolean = false
        get() = synchronized(provider) { field }
        set(value) = synchronized(provider) { field = value }

    /** The payments that were taken, in that order. */
    public val payments: List<FakePayment> get() = synchronized(provider) { taken.toList() }

    /** A nonce for one payment ([dev.walletlock.Payment.nonce]). */
    public fun makeNonce(): String = synchronized(provider) { FakeChannels.makeChallenge(random).also(nonces::add) }

    /** Takes a payment, charges it ([charging]), and puts the word about it into the [FakeProvider.post]. */
    public fun take(authorisation: Authorisation): Taken = take(authorisation.byPhone.orEmpty(), authorisation.byOwner)

    /** As [take], with the two signed texts. */
    public fun take(byPhone: String, byOwner: String): Taken = synchronized(provider) {
        val read = try {
            ReadAuthorisation.of(byPhone, byOwner, account::keysOf)
        } catch (_: IllegalArgumentException) {
            return Taken(null, Refusal.NOT_AN_AUTHORISATION)
        }
        refusalOf(read)?.let { return Taken(null, it) }
        read.nonce?.let(nonces::remove)
        jtis += read.jti
        jtiOf[read.payment.id] = read.jti
        lastNumber = read.payment.number
        taken += read.payment
        charge(read)
        Taken(read.payment, null)
    }

    /**
     * Says that so much was charged, and puts the word into the post.
     *
     * @param payment the payment's id.
     * @param minor in the currency that the phone's limits count.
     * @return the word. [dev.walletlock.Provider.accept] takes it.
     */
    public fun captured(payment: String, minor: Long): String = settle(payment, """"state":"captured","captured_minor":$minor""")

    /** Says that a payment was not charged, and puts the word into the post. Returns the word. */
    public fun declined(payment: String): String = settle(payment, """"state":"declined"""")

    /** Says nothing about the payments. */
    override fun toString(): String = "FakeCounter"

    private fun refusalOf(read: ReadAuthorisation): Refusal? {
        val nowS = clock.now().wallMs / MS_PER_S
        val isNonceRight = read.nonce?.let { it in nonces } ?: !wantsNonce
        return when {
            read.wallet != account.wallet -> Refusal.OTHER_WALLET
            read.jti in jtis -> Refusal.REPLAYED
            !isNonceRight -> Refusal.WRONG_NONCE
            nowS < read.issuedS - SKEW_S || nowS > read.expiresS + SKEW_S -> Refusal.EXPIRED
            read.payment.number <= lastNumber -> Refusal.OLD
            account.hasFrozen(read.payment) -> Refusal.FROZEN
            else -> null
        }
    }

    private fun charge(read: ReadAuthorisation) {
        val (id, most) = read.payment.id to read.payment.mostMinor
        when (charging) {
            Charging.ALL -> captured(id, most)
            Charging.LESS -> captured(id, most / 2)
            Charging.MORE -> captured(id, most + (most + 9) / 10)
            Charging.LATE -> settle(id, """"state":"captured","captured_minor":$most""", afterMs = HOUR_MS)
            Charging.NEVER_TOLD -> {}
            Charging.NOTHING -> declined(id)
        }
    }

    private fun settle(payment: String, state: String, afterMs: Long = 0): String = synchronized(provider) {
        val installation = checkNotNull(account.installation) { "no phone is registered" }
        val jti = jtiOf[payment] ?: FakeChannels.makeChallenge(random)
        val claims = """{"v":1,"aud":"${account.wallet}","sub":"$installation","jti":"$jti",""" +
            """"payment":${Json.quoted(payment)},$state}"""
        val word = provider.onlineKey.sign("settle", claims)
        provider.post.send(FakePost.Parcel(account.wallet, FakePost.Kind.SETTLEMENT, word), afterMs)
        word
    }
}

private const val MS_PER_S = 1_000L
private const val SKEW_S = 60L
private const val HOUR_MS = 3_600_000L
