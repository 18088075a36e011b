package dev.walletlock.fakes

import dev.walletlock.PaymentChannel
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

/** A request of a phone, as its provider reads it. `core/src/provider/README.md` documents it. */
internal class ReadRequest(
    val text: String,
    val wallet: String,
    val installation: String,
    val kind: String,
    /** The highest number of an order that the phone knows; 0: none. */
    val lastOrder: Long,
    val channel: String?,
    val code: String?,
    val what: String?,
    /** What is set up, and what waits: only in a report. */
    val report: ReadReport?,
    /** The digest of the escrow in force, and the version of its row: only in a deposit. */
    val deposit: Deposit?,
    /** The slot to be opened, and the key to which the wallet's key is to be sealed: only in a request for escrow. */
    val escrow: Escrow?,
    /** The uncompressed point that verified it. */
    val point: List<Byte>,
    /** The public key of the owner's signatures under payments: only in a request to register. */
    val ownerKey: List<Byte>?,
    /** What the owner has frozen: `all`, or the names of channels, and `card:` with the id of each card. Only in a notice of that. */
    val frozen: List<String>?,
) {
    class Deposit(val digest: String, val version: Long)

    class Escrow(val slot: ByteArray, val key: ByteArray)

    companion object {
        /**
         * Reads a request, and checks its signature. [registered] gives the public key of an installation of a wallet. A request to
         * register brings its own key; one for escrow does if the phone is not registered.
         *
         * @throws IllegalArgumentException if it is not a request, or not of that phone.
         */
        fun of(text: String, registered: (wallet: String, installation: String) -> List<Byte>?): ReadRequest {
            val parts = text.split('.')
            require(parts.size == 3) { "it has no three parts" }
            val header = Json.read(String(fromBase64url(parts[0])))
            val payload = Json.read(String(fromBase64url(parts[1])))
            val kind = payload.text("kind")
            require(kind in KINDS) { "no such kind" }
            val bringsKey = kind == "register" || (kind == "escrow" && "jwk" in header)
            require(header.keys == setOf("alg", "kid", "typ") + if (bringsKey) setOf("jwk") else emptySet()) { "another header" }
            require(header["alg"] == "ES256" && header["typ"] == "walletlock-request+jwt") { "another kind of text" }
            require(payload["v"] == 1L) { "another version" }
            val optional = if (kind == "register") OPTIONAL + "owner_key" else OPTIONAL
            require(payload.keys - optional == REQUIRED + MORE[kind].orEmpty()) { "other members" }
            val (wallet, installation) = payload.text("wallet") to payload.text("installation")
            require(listOf(wallet, installation, payload.text("nonce")).all { fromBase64url(it).size == ID_BYTES }) { "no ids" }
            require(header["kid"] == installation) { "signed for another installation" }
            val point = if (bringsKey) point(header["jwk"]) else registered(wallet, installation)
            requireNotNull(point) { "this phone is not registered" }
            require(base64url(sha256(point.toByteArray()).copyOf(ID_BYTES)) == installation) { "the key is of another installation" }
            require(isSigned(parts, point)) { "the signature is wrong" }
            val (channel, code, what) = listOf("channel", "code", "what").map { name ->
                payload[name]?.let { it as? String ?: throw IllegalArgumentException("no text") }
            }
            val isRight = kind !in ABOUT_CHANNEL || isAboutChannel(kind, channel.orEmpty(), code, what)
            require(isRight) { "it is not about a channel" }
            return ReadRequest(
                text,
                wallet,
                installation,
                kind,
                lastOrder(payload.getValue("last_orders")),
                channel,
                code,
                what,
                payload["report"]?.let(ReadReport::of),
                deposit(payload),
                escrow(payload),
                point,
                payload["owner_key"]?.let(::ownerKey),
                payload["frozen"]?.let(::frozen),
            )
        }

        /** Whether the kind of request may say this of this channel. */
        private fun isAboutChannel(kind: String, channel: String, code: String?, what: String?): Boolean {
            if (channel == PERSON) return kind in setOf("prove", "cancel") && code == null
            if (!FakeChannel.isName(channel)) return false
            val isSms = FakeChannel.kindOf(channel) == FakeChannel.Kind.SMS
            return when (kind) {
                "send_code" -> code == null && (what == null || isAddress(what, isSms))
                "second_factor" -> what == null && isSms && code != null && CODE.matches(code)
                // Without a code: the link in a mail.
                else -> what == null && if (code == null) !isSms else CODE.matches(code)
            }
        }

        private fun isAddress(text: String, isSms: Boolean) = if (isSms) PHONE_NUMBER.matches(text) else MAIL_ADDRESS.matches(text)

        private fun deposit(payload: Map<String, Any>): Deposit? = payload["digest"]?.let { digest ->
            require(digest is String && fromBase64url(digest).size == DIGEST_BYTES) { "no digest" }
            Deposit(digest, payload["version"] as? Long ?: throw IllegalArgumentException("no version"))
        }

        private fun escrow(payload: Map<String, Any>): Escrow? = payload["slot"]?.let {
            val (slot, key) = fromBase64url(payload.text("slot")) to fromBase64url(payload.text("key"))
            require(slot.size == SLOT_BYTES && key.size == COORDINATE_BYTES) { "no slot" }
            Escrow(slot, key)
        }

        private fun ownerKey(text: Any): List<Byte> =
            fromBase64url(text as? String ?: "").toList().also { require(it.size == OWNER_KEY_BYTES) { "no owner's key" } }

        private fun frozen(list: Any): List<String> {
            require(list is List<*> && list.all { it in FROZEN || it is String && it.startsWith(CARD) }) { "no such thing is frozen" }
            return list.map { it as String }
        }

        private fun point(jwk: Any?): List<Byte> {
            require(jwk is Map<*, *> && jwk.keys == setOf("crv", "kty", "x", "y")) { "no key" }
            require(jwk["crv"] == "P-256" && jwk["kty"] == "EC") { "another kind of key" }
            val halves = listOf(jwk["x"], jwk["y"]).map { fromBase64url(it as? String ?: "") }
            require(halves.all { it.size == COORDINATE_BYTES }) { "no point" }
            return listOf<Byte>(UNCOMPRESSED) + halves[0].toList() + halves[1].toList()
        }

        private fun lastOrder(orders: Any): Long {
            require(orders is List<*>) { "no orders" }
            return orders.maxOfOrNull { order ->
                require(order is Map<*, *> && order.keys == setOf("kid", "seq")) { "no order" }
                order["seq"] as? Long ?: throw IllegalArgumentException("no number")
            } ?: 0
        }

        private fun isSigned(parts: List<String>, point: List<Byte>): Boolean = try {
            val key = KeyFactory.getInstance(EC, JVM_EC).generatePublic(X509EncodedKeySpec(X509_OF_P256 + point.toByteArray()))
            Signature.getInstance("SHA256withECDSAinP1363Format", JVM_EC).run {
                initVerify(key)
                update("${parts[0]}.${parts[1]}".toByteArray())
                verify(fromBase64url(parts[2]))
            }
        } catch (_: GeneralSecurityException) {
            false
        }

        private fun Map<String, Any>.text(member: String) =
            this[member] as? String ?: throw IllegalArgumentException("no $member")

        /** What a request says in `channel` if no code was sent anywhere. */
        const val PERSON = "person"

        /** The kinds of requests that hand something in, and that a grant `proof` answers. */
        val PROVING = setOf("prove", "cancel", "pause", "confirm", "second_factor")
        private val ABOUT_CHANNEL = PROVING + "send_code"
        private val KINDS = ABOUT_CHANNEL + setOf("register", "unlock", "unfreeze", "heartbeat", "deposit", "escrow", "report", "freeze")
        private val MORE =
            mapOf(
                "deposit" to setOf("digest", "version"),
                "escrow" to setOf("slot", "key"),
                "report" to setOf("report"),
                "freeze" to setOf("frozen"),
            )
        private val FROZEN = PaymentChannel.entries.map { it.name.lowercase() } + ALL_PAYMENTS
        private val CODE = Regex("[0-9]{4,12}")
        private val PHONE_NUMBER = Regex("[+]?[0-9]{7,15}")
        private val MAIL_ADDRESS = Regex("[^@\\s]+@[^@\\s]+")
        private val REQUIRED = setOf("v", "wallet", "installation", "kind", "nonce", "last_orders")
        private val OPTIONAL = setOf("channel", "code", "what")
        private const val ID_BYTES = 16
        private const val COORDINATE_BYTES = 32
        private const val DIGEST_BYTES = 32
        private const val SLOT_BYTES = 80
        private const val OWNER_KEY_BYTES = 32

        /** What a notice says if all payments are frozen. */
        const val ALL_PAYMENTS = "all"

        /** What a notice says before the id of a card that is frozen. */
        const val CARD = "card:"
        private const val UNCOMPRESSED: Byte = 4

    }
}
