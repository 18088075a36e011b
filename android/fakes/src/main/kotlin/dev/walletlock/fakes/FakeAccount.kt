package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.Entropy
import java.security.KeyPair

/**
 * A wallet's account at a [FakeProvider]. Every function that signs a word also puts it into the provider's [FakePost].
 *
 * @property wallet the wallet's id, in base64url.
 */
public class FakeAccount internal constructor(
    private val provider: FakeProvider,
    public val wallet: String,
    private val random: Entropy,
    clock: Clock,
) {
    /** Why the provider orders a lock. */
    public enum class Reason {
        /** The phone was reported lost or stolen. */
        LOST,

        /** The provider has seen something unusual. */
        UNUSUAL,

        /** No other reason is given. */
        ORDER,
    }

    /** How the provider sends a code that belongs to none of the owner's channels. */
    public enum class Channel {
        /** A text message. */
        SMS,

        /** An e-mail. */
        MAIL,
    }

    /**
     * A code that the provider has sent.
     *
     * @property channel how it was sent. A request names it in lower case (`sms`, `mail`).
     * @property code what the person types.
     */
    public class SentCode internal constructor(
        public val channel: Channel,
        public val code: String,
        internal val challenge: String,
    ) {
        /** Never the code. */
        override fun toString(): String = "SentCode($channel)"
    }

    internal class Proof(val method: String, val place: String, val challenge: String)

    /** An order that was sent, and the key that signed it. */
    private class Order(val number: Long, val word: String, val key: FakeProviderKey)

    /** The public keys of the phones that may make requests. The older one goes once the newer one has made a request. */
    private val publicKeys = linkedMapOf<String, List<Byte>>()

    /** The public keys of the owner's signatures under payments, by phone. */
    private val ownerKeys = mutableMapOf<String, List<Byte>>()
    private var frozen = emptyList<String>()
    private val orders = mutableListOf<Order>()
    private val codes = mutableListOf<SentCode>()
    private var openCode: SentCode? = null

    /** What a person at the provider has verified, and no request has used yet. */
    private var vouched = emptyList<Proof>()

    /** What codes have proven for a recovery, by method. A grant of escrow names it again: the lock knows whether it is enough. */
    private val proven = linkedMapOf<String, Proof>()
    internal val ways = FakeChannels(clock, random)
    private var deposited: ReadRequest.Deposit? = null
    private var lastNumber = 0L

    /** The id of the phone that was registered last, in base64url. Null: none. */
    public val installation: String? get() = synchronized(provider) { publicKeys.keys.lastOrNull() }

    /** Names the escrow that the provider opens, in base64url: [dev.walletlock.ProviderState.escrowDigest]. Null: none. */
    public val escrowDigest: String? get() = synchronized(provider) { deposited?.digest }

    /** The number of the last order that holds; 0: none. */
    public val lastOrder: Long get() = synchronized(provider) { orders.maxOfOrNull { it.number } ?: 0 }

    /** The owner's channels, in the owner's order, as the phone has reported them or asked for them since. */
    public val channels: List<FakeChannel> get() = synchronized(provider) { ways.all }

    /** The second factor in force that the phone has reported: `authenticator` or `sms`. Null: none. */
    public val secondFactor: String? get() = synchronized(provider) { ways.secondFactor }

    /**
     * The messages that were sent over the channels, in that order: codes, and word of each change that began to wait. The phone
     * tells of changes in [dev.walletlock.RequestKind.REPORT].
     */
    public val messages: List<FakeMessage> get() = synchronized(provider) { ways.messages }

    /** Where payments are taken and charged. */
    public val counter: FakeCounter = FakeCounter(provider, this, clock, random)

    /**
     * What the owner has frozen, as the phone has told: `all`, or channels in lower case (`in_store`) and cards (`card:` and the card's
     * id).
     */
    public val frozenPayments: List<String> get() = synchronized(provider) { frozen }

    /** The codes that [sendCode] sent, in that order. */
    public val sentCodes: List<SentCode> get() = synchronized(provider) { codes.toList() }

    /**
     * Orders a lock.
     *
     * @param message for whoever finds the phone.
     * @param contact whom the finder can reach: a place in the policy's list of contacts, from 0. It needs a message.
     */
    @JvmOverloads
    public fun lock(reason: Reason = Reason.LOST, message: String? = null, contact: Int? = null): String {
        val forFinder = message?.let { ""","message":${Json.quoted(it)}""" }.orEmpty() +
            contact?.let { ""","contact":$it""" }.orEmpty()
        return order(provider.onlineKey, """"act":"lock","reason":"${reason.name.lowercase()}"$forFinder""")
    }

    /** Orders that payments stop. */
    public fun freeze(): String = order(provider.onlineKey, """"act":"freeze"""")

    /** Orders that everything is destroyed. Where the owner has not allowed that, the wallet is locked. */
    public fun wipe(): String = order(provider.guardedKey, """"act":"wipe"""")

    /**
     * Sends the person a code outside the channels, as a call centre does. A request to register, to unlock or to unfreeze that
     * names its channel and the code is granted, once. So is one for escrow, but the lock refuses the grant as not enough
     * ([dev.walletlock.WordError]) unless something else was proven too: by [vouch], or on the phone. A wrong code uses it up.
     */
    @JvmOverloads
    public fun sendCode(channel: Channel = Channel.SMS): SentCode = synchronized(provider) {
        SentCode(channel, FakeChannels.makeCode(random), FakeChannels.makeChallenge(random)).also {
            codes += it
            openCode = it
        }
    }

    /**
     * A person at the provider has verified the owner, and called back the number of the account. The next request to register,
     * to unlock or to unfreeze, for escrow, or to prove something elsewhere is granted without a code. A grant of escrow names
     * both proofs, which are enough, and what codes have proven for this recovery; any other names the person.
     *
     * @param hasCalledBack false: nobody called back, so that escrow needs something else as well: a code ([sendCode]), or what
     *   was proven on the phone.
     */
    @JvmOverloads
    public fun vouch(hasCalledBack: Boolean = true): Unit = synchronized(provider) {
        val calledBack = Proof("sms", "phone", FakeChannels.makeChallenge(random)).takeIf { hasCalledBack }
        vouched = listOfNotNull(Proof("person", "elsewhere", FakeChannels.makeChallenge(random)), calledBack)
    }

    /**
     * The owner opens the link in this mail: a request without a code that names the channel is granted, if no newer code was sent.
     *
     * @throws IllegalArgumentException if this account has sent no such link.
     */
    public fun openLink(message: FakeMessage): Unit = synchronized(provider) { ways.openLink(message) }

    /** Only the wallet's id, which is no secret. */
    override fun toString(): String = "FakeAccount($wallet)"

    /** The keys that sign payments of this phone. Null: it is not registered, or named no owner's key. */
    internal fun keysOf(installation: String): ReadAuthorisation.Keys? =
        publicKeys[installation]?.let { point -> ownerKeys[installation]?.let { ReadAuthorisation.Keys(point, it) } }

    /** Whether the owner has frozen what this payment is made with, as the phone has told. */
    internal fun hasFrozen(payment: FakePayment): Boolean =
        listOfNotNull(ReadRequest.ALL_PAYMENTS, payment.channel.name.lowercase(), payment.card?.let { ReadRequest.CARD + it }).any { it in frozen }

    internal fun takeFreeze(request: ReadRequest) {
        frozen = checkNotNull(request.frozen)
    }

    internal fun publicKeyOf(installation: String): List<Byte>? = publicKeys[installation]

    /** The proofs that this request may use up; none if it is not proven who asks. */
    internal fun takeProofs(request: ReadRequest): List<Proof> {
        val isEscrow = request.kind == "escrow"
        val byPerson = vouched.also { vouched = emptyList() }
        if (byPerson.isNotEmpty() && !isEscrow) return byPerson.take(1)
        return byPerson + listOfNotNull(takeCode(request)) + if (isEscrow) proven.values else emptyList()
    }

    /** The proof that a request gives which hands something in. */
    internal fun takeProof(request: ReadRequest): Proof? {
        val isByPerson = request.channel == ReadRequest.PERSON
        val proof = if (isByPerson) vouched.firstOrNull().also { vouched = emptyList() } else ways.takeProof(request)
        if (proof == null) return null
        // After a pause what the later channel has proven must not count. This forgets all of it.
        if (request.kind == "cancel" || request.kind == "pause") proven.clear()
        // What was proven elsewhere is not named again: it would count at once, whenever the phone is stolen.
        if (request.kind == "prove" && !isByPerson) proven[proof.method] = proof
        return proof
    }

    private fun takeCode(request: ReadRequest): Proof? {
        val sent = openCode ?: return null
        if (request.code == null) return null
        openCode = null
        val method = sent.channel.name.lowercase()
        return Proof(method, "phone", sent.challenge).takeIf { request.code == sent.code && request.channel == method }
    }

    /** Notes the escrow in force. Null: the deposit is older than the one before of the same installation. */
    internal fun deposit(deposit: ReadRequest.Deposit): ReadRequest.Deposit? =
        deposit.takeIf { it.version > (deposited?.version ?: 0) }?.also { deposited = it }

    /** The wallet's key, sealed to the request, if the slot in it is the one that was deposited. */
    internal fun reseal(request: ReadRequest, key: KeyPair): String? {
        val escrow = request.escrow?.takeIf { base64url(sha256(it.slot)) == deposited?.digest } ?: return null
        val wallet = fromBase64url(wallet)
        val opened = Hpke.open(key, "walletlock v1 escrow slot", wallet, escrow.slot)
        val bound = wallet + sha256(request.text.toByteArray())
        return base64url(Hpke.seal(escrow.key, "walletlock v1 escrow grant", bound, opened))
    }

    /** @param sealed the wallet's key: only in a grant of escrow. */
    internal fun grant(request: ReadRequest, proofs: List<Proof>, sealed: String? = null): FakePost.Parcel {
        val isRegister = request.kind == "register"
        when {
            isRegister -> {
                proven.clear()
                publicKeys[request.installation] = request.point
                request.ownerKey?.let { ownerKeys[request.installation] = it }
                // Its file may be an older one.
                deposited = deposited?.let { ReadRequest.Deposit(it.digest, version = 0) }
            }
            // May come from a phone that is not registered.
            sealed != null -> {}
            else -> heardFrom(request.installation)
        }
        // The number that the request reports. If the provider has sent more, the phone is to say that it misses an order. A damaged
        // wallet does not know of orders that were cleared: escrow, which clears no order, goes by what it knows.
        val after = when {
            isRegister -> lastOrder
            sealed != null -> request.lastOrder
            else -> maxOf(request.lastOrder, lastOrder)
        }
        val proven = proofs.joinToString(",") { """{"method":"${it.method}","place":"${it.place}","challenge":"${it.challenge}"}""" }
        val act = if (request.kind in ReadRequest.PROVING) "proof" else request.kind
        val more = sealed?.let { ""","sealed":"$it"""" }.orEmpty()
        val claims = """{"v":1,"aud":"$wallet","sub":"${request.installation}","act":"$act",""" +
            """"req":"${hash(request)}","after":$after,"proofs":[$proven]$more}"""
        return FakePost.Parcel(wallet, FakePost.Kind.GRANT, provider.guardedKey.sign("grant", claims))
    }

    /** With the orders that the request does not report. */
    internal fun heartbeat(request: ReadRequest, nowMs: Long): FakePost.Parcel {
        heardFrom(request.installation)
        val claims = """{"v":1,"aud":"$wallet","sub":"${request.installation}","iat":${nowMs / 1000},""" +
            """"req":"${hash(request)}","last_order":$lastOrder}"""
        val missed = orders.filter { it.number > request.lastOrder }.map { it.word }
        return FakePost.Parcel(wallet, FakePost.Kind.HEARTBEAT, provider.onlineKey.sign("heartbeat", claims), missed)
    }

    internal fun revoke(old: FakeProviderKey, new: FakeProviderKey): String {
        orders.removeAll { it.key === old }
        val claims = """{"v":1,"aud":"$wallet","seq":${++lastNumber},"revoke":"${old.id}","add":"${new.publicKey}"}"""
        val word = provider.offlineKey.sign("keys", claims)
        provider.post.send(FakePost.Parcel(wallet, FakePost.Kind.ORDER, word))
        return word
    }

    private fun order(key: FakeProviderKey, act: String): String = synchronized(provider) {
        val number = ++lastNumber
        val word = key.sign("order", """{"v":1,"aud":"$wallet","seq":$number,$act}""")
        orders += Order(number, word, key)
        provider.post.send(FakePost.Parcel(wallet, FakePost.Kind.ORDER, word))
        word
    }

    private fun heardFrom(installation: String) {
        publicKeys.keys.toList().takeWhile { it != installation }.forEach {
            publicKeys.remove(it)
            ownerKeys.remove(it)
        }
    }

    private fun hash(request: ReadRequest) = base64url(sha256(request.text.toByteArray()))
}
