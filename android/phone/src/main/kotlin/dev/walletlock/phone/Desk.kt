package dev.walletlock.phone

import com.example.wallet.Backend
import dev.walletlock.Authorisation
import dev.walletlock.Clock
import dev.walletlock.Payment
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.android.ProofReply
import dev.walletlock.android.ProofRequest
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakeMessage
import dev.walletlock.fakes.FakePost
import dev.walletlock.fakes.FakeProvider
import java.io.IOException
import java.util.Base64
import org.json.JSONObject

/**
 * The provider's desk beside the phone. A clerk sends orders and answers requests; the switches are what the post does to the words.
 * The app sees only a [Backend]. On any thread.
 */
class Desk(clock: Clock, private val onChange: (String) -> Unit) : Backend {
    /** A request that waits for the clerk. */
    class Asked(val number: Int, val kind: String, val text: String)

    private val provider = FakeProvider(clock)
    private val asked = mutableListOf<Asked>()

    /** What came from the post and was not collected yet. */
    private val arrived = mutableListOf<FakePost.Parcel>()
    private var count = 0

    /** The account whose phone took the grant that registers it. */
    @Volatile
    private var registered: FakeAccount? = null

    /** Whether the phone reaches its provider. */
    @Volatile
    var isReachable = true

    /** The evidence of the last dispute. Null: none came. */
    @Volatile
    var evidence: String? = null
        private set

    /** The requests that wait for the clerk, the oldest first. */
    val waiting: List<Asked> @Synchronized get() = asked.toList()
    val post: FakePost get() = provider.post

    /** Where shops ask for payments. They need a phone that is registered. */
    val counter = Counter({ account.takeIf { isRegistered } }, onChange)
    val account: FakeAccount? get() = provider.accounts.lastOrNull()

    /** The SMS and mails that the provider has sent to the owner, the oldest first. */
    val messages: List<FakeMessage> get() = account?.messages.orEmpty()

    /** Whether the newest account's phone is registered. Before it is, it may refuse an order, because nothing could clear the lock. */
    val isRegistered: Boolean get() = account.let { it != null && it === registered }
    override val policyPart: String = provider.policyPart(allowanceHours = ALLOWANCE_H, offersEscrow = true)

    /** Registers a phone, answers a heartbeat, and notes an escrow, a report and what the owner has stopped at once. Anything else waits for the clerk. */
    override suspend fun send(request: String) {
        reach()
        val kind = claimsOf(request).getString("kind")
        if (kind == "register") registered = null
        if (kind in AT_ONCE) {
            val refusal = provider.answer(request).refusal
            if (refusal == null) return onChange("answered: $kind")
            if (refusal != FakeProvider.Refusal.NOT_PROVEN) return onChange("refused: $kind, $refusal")
        }
        putOnDesk(kind, request)
    }

    /** Grants it once the clerk has agreed to an earlier request for it. */
    override suspend fun askEscrow(request: String): String? {
        reach()
        if (provider.answer(request).refusal != null) {
            putOnDesk(ESCROW, request)
            return null
        }
        onChange("answered: escrow")
        val came = take(claimsOf(request).getString("wallet"), ::isOfEscrow)
        return came.lastOrNull()?.word ?: throw IOException("the answer did not come")
    }

    /** Sends a code and checks one at once. What a person proves elsewhere waits for the clerk, and is granted when it is asked for again. */
    override suspend fun prove(request: ProofRequest): ProofReply {
        reach()
        val claims = claimsOf(request.text)
        val kind = claims.getString("kind")
        val refusal = provider.answer(request.text).refusal
        if (refusal != null) {
            if (claims.optString("channel") == PERSON) return ProofReply.NotGranted.LATER.also { putOnDesk(kind, request.text) }
            onChange("refused: $kind, $refusal")
            return ProofReply.NotGranted.REFUSED
        }
        onChange("answered: $kind")
        if (!request.isAnswered) return ProofReply.NotGranted.LATER
        val came = take(claims.getString("wallet"), ::isOfProof)
        return ProofReply.Granted(came.lastOrNull()?.word ?: throw IOException("the answer did not come"))
    }

    /** Takes any password, and forgets it: the desk has no other use for one. */
    override suspend fun setPassword(utf8: ByteArray): Boolean {
        reach()
        onChange("the account has a new password")
        return true
    }

    override suspend fun offer(wallet: String): Payment? {
        reach()
        return counter.offer
    }

    override suspend fun turnDown(payment: String) {
        reach()
        counter.turnDown(payment)
    }

    override suspend fun pay(authorisation: Authorisation): Boolean {
        reach()
        return counter.take(authorisation)
    }

    /** Keeps the evidence of the last dispute, for the page to hand out. */
    override suspend fun dispute(notice: String?, evidence: String) {
        reach()
        this.evidence = evidence
        onChange("the evidence of a dispute came" + if (notice == null) "" else ", with a freeze notice")
    }

    override suspend fun collect(wallet: String): List<Backend.Word> {
        reach()
        val came = take(wallet) { !isOfEscrow(it) }.onEach { onChange("collected: ${it.kind}") }
        return came.map { Backend.Word(Backend.Kind.valueOf(it.kind.name), it.word, it.orders) }
    }

    override suspend fun report(outcome: WordOutcome) {
        if (outcome == WordOutcome.Done(WordDone.REGISTERED)) registered = account
        onChange(
            when (outcome) {
                is WordOutcome.Done -> "done: ${outcome.what}"
                is WordOutcome.Refused -> "refused: ${outcome.error}"
            },
        )
    }

    /** Signs an order and sends it. False: no phone has asked to be registered. */
    fun order(what: String, message: String?): Boolean {
        val account = account ?: return false
        when (what) {
            "freeze" -> account.freeze()
            "wipe" -> account.wipe()
            // The contact is the first of the sample's policy.
            else -> account.lock(FakeAccount.Reason.valueOf(what.uppercase()), message, contact = message?.let { 0 })
        }
        onChange("orders: $what")
        return true
    }

    /** Answers a request that waits. Agreeing means that the clerk has made sure who asks. */
    fun answer(number: Int, agrees: Boolean): Boolean {
        val request = synchronized(this) { asked.firstOrNull { it.number == number }?.also(asked::remove) } ?: return false
        if (agrees) {
            account?.vouch()
            // The phone asks again: for escrow because the key that the request names is in the memory of that request only.
            if (request.kind != ESCROW && request.kind !in BY_PERSON) provider.answer(request.text)
        }
        onChange((if (agrees) "agrees to " else "does not agree to ") + request.kind)
        return true
    }

    /** Opens the link in this mail, as its owner does. False: there is none. */
    fun openLink(number: Int): Boolean {
        val account = account ?: return false
        val mail = account.messages.getOrNull(number)?.takeIf { it.link != null } ?: return false
        account.openLink(mail)
        onChange("the link in the mail was opened")
        return true
    }

    private fun reach() {
        if (!isReachable) throw IOException("the phone is offline")
    }

    private fun putOnDesk(kind: String, request: String) {
        synchronized(this) {
            // The person asks again for these: one on the desk is enough.
            if (kind == ESCROW || kind in BY_PERSON) asked.removeAll { it.kind == kind }
            asked += Asked(++count, kind, request)
        }
        onChange("asks to $kind")
    }

    /** What has come for [wallet] and is [wanted]. The rest stays for the next call. */
    @Synchronized
    private fun take(wallet: String, wanted: (FakePost.Parcel) -> Boolean): List<FakePost.Parcel> {
        arrived += post.collect(wallet)
        return arrived.filter { it.wallet == wallet && wanted(it) }.also(arrived::removeAll)
    }

    /** Whether it is a grant of escrow. The screen that asked for it gives it to the lock. */
    private fun isOfEscrow(parcel: FakePost.Parcel) = isGrant(parcel, ESCROW)

    /** Whether it is a grant for a code or another proof. */
    private fun isOfProof(parcel: FakePost.Parcel) = isGrant(parcel, "proof")

    private fun isGrant(parcel: FakePost.Parcel, act: String) =
        parcel.kind == FakePost.Kind.GRANT && "\"act\":\"$act\"" in payloadOf(parcel.word)

    /** The claims of a request. [FakeProvider] checks the signature. */
    private fun claimsOf(request: String) = JSONObject(payloadOf(request))

    private fun payloadOf(text: String) = Base64.getUrlDecoder().decode(text.split('.')[1]).decodeToString()

    private companion object {
        const val ALLOWANCE_H = 72
        const val ESCROW = "escrow"
        const val PERSON = "person"
        val AT_ONCE = setOf("register", "heartbeat", "deposit", "report", "freeze")

        /** What the clerk is asked for as the person who proves something elsewhere. */
        val BY_PERSON = setOf("prove", "cancel")
    }
}
