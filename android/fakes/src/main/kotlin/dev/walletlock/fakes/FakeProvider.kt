package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.Policy

/**
 * A provider, the backend of a wallet app, in memory. It reads the requests that a lock makes, checks their signatures, and signs
 * what a backend says: orders, grants, heartbeats, words about its keys, and what became of payments ([FakeAccount.counter]).
 *
 * ```
 * val provider = FakeProvider(phone.clock)
 * val lock = WalletLock.open(file, phone.platform, provider.policy())
 * pinOf("835179").use { lock.enrol(it) }
 * lock.provider.redeem(provider.answer(lock.provider.register()).word)
 *
 * val account = provider.accounts.single()
 * lock.provider.accept(account.lock(FakeAccount.Reason.LOST, "Please call. Reward!"))     // lock.status is Locked now
 *
 * account.vouch()                                                         // a person there has verified the owner
 * lock.provider.redeem(provider.answer(lock.provider.request(RequestKind.UNLOCK)).word)
 * ```
 *
 * Each word is returned, and is also in the [post], where an app's own code collects it as from a server. The post loses, delays,
 * repeats, reorders, withholds and forges words when a test says so. [stealOnlineKey] gives a test the key that a thief would steal.
 *
 * Strict: it refuses a request that is not exactly as documented, that another key signed, or that comes from a phone it has not
 * registered. It clears a lock only after a proof ([FakeAccount.vouch], [FakeAccount.sendCode]). One proof is enough here; a real
 * backend asks for more. For escrow the lock itself asks for more ([FakeAccount.vouch]); codes that were right in requests to prove
 * something count for it, too. It needs a JDK 15 or newer, which has
 * Ed25519. All functions may be called on any thread.
 *
 * It sends codes to the owner's channels ([FakeAccount.messages]) and judges them: a code is valid for ten minutes by SMS and for
 * thirty by mail, may be handed in five times, and counts once; a newer one makes it void. It does not limit how many codes it
 * sends; a real backend does.
 *
 * @param clock the provider's time. It reads only the wall clock, so if a test sets that of the phone wrong, give the provider
 *   another clock.
 * @param seed the provider's keys and codes are the same for the same seed. Two providers need different ones.
 */
public class FakeProvider @JvmOverloads constructor(private val clock: Clock, seed: Long = 1) {
    /** What the provider answers to a request. */
    public class Answer internal constructor(
        /**
         * The grant or heartbeat. Null: the request was refused, or nothing answers it: a deposit, one to send a code, a report, a
         * notice of a freeze.
         */
        public val parcel: FakePost.Parcel?,
        /** Why the request was refused. Null: it was not. */
        public val refusal: Refusal?,
    ) {
        /**
         * The text of the grant or heartbeat.
         *
         * @throws IllegalStateException if the request was refused, or nothing answers it.
         */
        public val word: String
            get() = checkNotNull(parcel) { if (refusal == null) "nothing answers it" else "the provider refused: $refusal" }.word

        /** Whether it was refused, and why. */
        override fun toString(): String = "Answer(refusal=$refusal)"
    }

    /** Why the provider refused a request. */
    public enum class Refusal {
        /** It is not exactly as documented, another key signed it, or this provider has not registered its phone. */
        NOT_A_REQUEST,

        /** The person has not proven who they are, or typed another code, or one that is not valid any more. */
        NOT_PROVEN,

        /** The deposit is older than the one before, or the escrow is not the one that was deposited. */
        OTHER_ESCROW,

        /** It names a channel that the provider does not know, or that no code has confirmed; or it sets one up that is known. */
        UNKNOWN_CHANNEL,
    }

    private val random = FakeEntropy(seed)
    private val onlineKeys = mutableListOf(FakeProviderKey(seed, number = 1))
    private val makeOnlineKey = { FakeProviderKey(seed, number = 3 + onlineKeys.size) }
    private val escrowKey = Hpke.makeKeyPair(Repeatable(seed, number = 0))
    private val byWallet = linkedMapOf<String, FakeAccount>()
    private val answers = mutableMapOf<String, Answer>()

    /** The key that signs orders to lock and to freeze, heartbeats, and what became of payments. */
    public val onlineKey: FakeProviderKey @Synchronized get() = onlineKeys.last()

    /** The key that signs grants and orders to wipe. */
    public val guardedKey: FakeProviderKey = FakeProviderKey(seed, number = 2)

    /** The guarded key that is kept offline. It signs words about keys. */
    public val offlineKey: FakeProviderKey = FakeProviderKey(seed, number = 3)

    /** The way from the provider to its phones. */
    public val post: FakePost = FakePost(clock)

    /** The wallets that were registered, in that order. */
    public val accounts: List<FakeAccount> @Synchronized get() = byWallet.values.toList()

    /**
     * The value of a policy's member `provider`, a JSON object, with the keys that the provider had from the beginning:
     *
     * ```
     * Policy.json("""{ "contacts": [ … ], "provider": ${provider.policyPart()} }""")
     * ```
     *
     * @param allowanceHours for how many hours a phone may stay without a heartbeat. Null: for ever.
     * @param warnPercent how much of that is used up when the owner is warned.
     * @param pinClearsUnusual whether the PIN clears a lock for unusual activity. False: only a grant does.
     * @param offersEscrow whether the owner may have the provider keep the key to the wallet.
     */
    @JvmOverloads
    @Synchronized
    public fun policyPart(
        allowanceHours: Int? = null,
        warnPercent: Int = 80,
        pinClearsUnusual: Boolean = true,
        offersEscrow: Boolean = false,
    ): String {
        val keys = listOf(onlineKeys.first() to "online", guardedKey to "guarded", offlineKey to "guarded")
            .joinToString(",") { (key, role) -> """{"key":"${key.publicKey}","role":"$role"}""" }
        val allowance = allowanceHours?.let { ""","allowance_h":$it""" }.orEmpty()
        val unusual = if (pinClearsUnusual) "pin" else "grant"
        val escrow = if (offersEscrow) ""","escrow_key":"${base64url(Hpke.bytesOf(escrowKey.public))}"""" else ""
        return """{"keys":[$keys]$allowance,"warn_percent":$warnPercent,"unusual":"$unusual"$escrow}"""
    }

    /** The default policy with this provider in it. The parameters are those of [policyPart]. */
    @JvmOverloads
    public fun policy(
        allowanceHours: Int? = null,
        warnPercent: Int = 80,
        pinClearsUnusual: Boolean = true,
        offersEscrow: Boolean = false,
    ): Policy =
        Policy.json("""{"provider":${policyPart(allowanceHours, warnPercent, pinClearsUnusual, offersEscrow)}}""")

    /**
     * Answers a request, and puts the answer into the [post]. The same text gets the same answer.
     *
     * A wallet's first request to register makes its account. A later one, and requests to unlock, to unfreeze and for escrow, need
     * a proof. Those that hand in a code are granted if it is right.
     */
    @Synchronized
    public fun answer(request: String): Answer = answers[request] ?: newAnswer(request).also { answer ->
        // What was not proven may be proven later.
        if (answer.refusal == null) answers[request] = answer
        answer.parcel?.let(post::send)
    }

    /** The account of this wallet, whose id [dev.walletlock.ProviderState.wallet] gives. Null: it was never registered. */
    @Synchronized
    public fun account(wallet: String): FakeAccount? = byWallet[wallet]

    /** The online key in a thief's hands: it goes on signing whatever it is told to, also after [replaceOnlineKey]. */
    public fun stealOnlineKey(): FakeProviderKey = onlineKey

    /**
     * Makes a new online key, and puts into the [post], for each wallet, the word that revokes the old key and names the new one.
     * All that the old key signed is void then, so send the orders again that are to hold.
     *
     * @return the words, by wallet.
     */
    @Synchronized
    public fun replaceOnlineKey(): Map<String, String> {
        val old = onlineKey
        onlineKeys += makeOnlineKey()
        return byWallet.mapValues { (_, account) -> account.revoke(old, onlineKey) }
    }

    private fun newAnswer(text: String): Answer {
        val request = try {
            ReadRequest.of(text) { wallet, installation -> byWallet[wallet]?.publicKeyOf(installation) }
        } catch (_: IllegalArgumentException) {
            return Answer(null, Refusal.NOT_A_REQUEST)
        }
        val account = byWallet[request.wallet] ?: return firstAnswer(request)
        return when (request.kind) {
            "heartbeat" -> Answer(account.heartbeat(request, clock.now().wallMs), null)
            "deposit" -> Answer(null, if (account.deposit(request.deposit!!) == null) Refusal.OTHER_ESCROW else null)
            "report" -> Answer(null, account.ways.take(request.report!!))
            "freeze" -> Answer(null, null).also { account.takeFreeze(request) }
            "send_code" -> Answer(null, account.ways.send(request))
            in ReadRequest.PROVING -> judge(account, request)
            else -> grant(account, request)
        }
    }

    private fun firstAnswer(request: ReadRequest): Answer {
        if (request.kind != "register") return Answer(null, Refusal.NOT_A_REQUEST)
        val account = FakeAccount(this, request.wallet, random, clock).also { byWallet[request.wallet] = it }
        return Answer(account.grant(request, listOf(FIRST_PROOF)), null)
    }

    private fun judge(account: FakeAccount, request: ReadRequest): Answer {
        if (request.channel != ReadRequest.PERSON && !account.ways.admits(request)) return Answer(null, Refusal.UNKNOWN_CHANNEL)
        val proof = account.takeProof(request) ?: return Answer(null, Refusal.NOT_PROVEN)
        return Answer(account.grant(request, listOf(proof)), null)
    }

    private fun grant(account: FakeAccount, request: ReadRequest): Answer {
        val proofs = account.takeProofs(request)
        if (proofs.isEmpty()) return Answer(null, Refusal.NOT_PROVEN)
        if (request.kind != "escrow") return Answer(account.grant(request, proofs), null)
        val sealed = account.reseal(request, escrowKey) ?: return Answer(null, Refusal.OTHER_ESCROW)
        return Answer(account.grant(request, proofs, sealed), null)
    }

    private companion object {
        /** The person who has just made the account. */
        val FIRST_PROOF = FakeAccount.Proof("person", "elsewhere", base64url(ByteArray(16)))
    }
}
