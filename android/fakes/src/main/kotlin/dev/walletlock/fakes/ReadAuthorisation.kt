package dev.walletlock.fakes

import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.PaymentChannel
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

/** The authorisation of a payment, as a provider reads it: two JWS compact over one payload. */
internal class ReadAuthorisation(
    val jti: String,
    val wallet: String,
    val installation: String,
    val issuedS: Long,
    val expiresS: Long,
    val nonce: String?,
    val payment: FakePayment,
) {
    /** The keys of a phone, as its request to register named them. */
    class Keys(val point: List<Byte>, val owner: List<Byte>)

    companion object {
        /**
         * Reads an authorisation, and checks both signatures. [keysOf] gives the keys of an installation.
         *
         * @throws IllegalArgumentException if it is not an authorisation, or not of that phone and its owner.
         */
        fun of(byPhone: String, byOwner: String, keysOf: (installation: String) -> Keys?): ReadAuthorisation {
            val (phone, owner) = listOf(byPhone, byOwner).map { it.split('.') }
            require(phone.size == 3 && owner.size == 3) { "it has no three parts" }
            require(phone[1] == owner[1]) { "not the same was signed" }
            val installation = headerOf(phone[0], "ES256")
            val keys = requireNotNull(keysOf(installation)) { "this phone is not registered" }
            val ownerId = base64url(sha256(keys.owner.toByteArray()).copyOf(ID_BYTES))
            require(headerOf(owner[0], "EdDSA") == ownerId) { "signed with another owner's key" }
            require(isSignedEcdsa(phone, keys.point)) { "the phone's signature is wrong" }
            require(isSignedEd25519(owner, keys.owner)) { "the owner's signature is wrong" }
            val claims = Json.read(String(fromBase64url(phone[1])))
            require(claims.keys - OPTIONAL == REQUIRED) { "other members" }
            require(claims["v"] == 1L) { "another version" }
            require(claims["sub"] == installation) { "for another installation" }
            return ReadAuthorisation(
                jti = claims.text("jti").also { require(fromBase64url(it).size == ID_BYTES) { "no id" } },
                wallet = claims.text("iss"),
                installation = installation,
                issuedS = claims.number("iat"),
                expiresS = claims.number("exp"),
                nonce = claims["nonce"]?.let { it as? String ?: throw IllegalArgumentException("no nonce") },
                payment = payment(claims),
            )
        }

        /** The key's id, in a header that has exactly the members of an authorisation. */
        private fun headerOf(part: String, algorithm: String): String {
            val header = Json.read(String(fromBase64url(part)))
            require(header.keys == setOf("alg", "kid", "typ")) { "another header" }
            require(header["alg"] == algorithm && header["typ"] == "walletlock-authorisation+jwt") { "another kind of text" }
            return header.text("kid")
        }

        private fun payment(claims: Map<String, Any>): FakePayment {
            val amount = Money(claims.amount("amount_minor"), claims.text("currency"))
            val payee = claims.part("payee", setOf("name", "id"))
            val card = claims["card"]?.let { claims.part("card", setOf("ref", "label", "last4")) }
            val billing = claims["billing"]?.let { claims.part("billing", setOf("amount_minor", "currency")) }
            require(claims["kind"] in setOf("exact", "up_to")) { "no kind" }
            val shown = claims.texts("shown").also { require(it.isNotEmpty()) { "nothing was shown" } }
            return FakePayment(
                id = claims.text("id"),
                amount = amount,
                isUpTo = claims["kind"] == "up_to",
                feeMaxMinor = claims.amount("fee_max_minor"),
                billing = billing?.let { Money(it.amount("amount_minor"), it.text("currency")) },
                payee = Payee(payee.text("name"), payee.text("id")),
                card = card?.text("ref"),
                channel = PaymentChannel.entries.firstOrNull { it.name.lowercase() == claims["channel"] }
                    ?: throw IllegalArgumentException("no channel"),
                shown = shown,
                methods = claims.texts("amr"),
                risks = claims.texts("risk"),
                number = claims.number("seq"),
            )
        }

        private fun isSignedEcdsa(parts: List<String>, point: List<Byte>) =
            isSigned(parts, "SHA256withECDSAinP1363Format", EC, X509_OF_P256 + point.toByteArray())

        private fun isSignedEd25519(parts: List<String>, key: List<Byte>) =
            isSigned(parts, "Ed25519", "Ed25519", X509_OF_ED25519 + key.toByteArray())

        private fun isSigned(parts: List<String>, algorithm: String, kind: String, encodedKey: ByteArray): Boolean = try {
            val key = KeyFactory.getInstance(kind, JVM_EC).generatePublic(X509EncodedKeySpec(encodedKey))
            Signature.getInstance(algorithm, JVM_EC).run {
                initVerify(key)
                update("${parts[0]}.${parts[1]}".toByteArray())
                verify(fromBase64url(parts[2]))
            }
        } catch (_: GeneralSecurityException) {
            false
        }

        private fun Map<String, Any>.text(member: String) =
            this[member] as? String ?: throw IllegalArgumentException("no $member")

        private fun Map<String, Any>.number(member: String) =
            this[member] as? Long ?: throw IllegalArgumentException("no $member")

        private fun Map<String, Any>.texts(member: String): List<String> {
            val list = this[member] as? List<*> ?: throw IllegalArgumentException("no $member")
            return list.map { it as? String ?: throw IllegalArgumentException("no text in $member") }
        }

        /** Amounts are texts, so that no reader takes them for floating-point numbers. */
        private fun Map<String, Any>.amount(member: String): Long =
            text(member).also { require(AMOUNT.matches(it)) { "no amount" } }.toLong()

        private fun Map<String, Any>.part(member: String, keys: Set<String>): Map<String, Any> {
            val part = this[member] as? Map<*, *> ?: throw IllegalArgumentException("no $member")
            require(part.keys == keys) { "other members in $member" }
            return part.entries.associate { (name, value) -> name as String to value!! }
        }

        private val REQUIRED = setOf(
            "v", "jti", "iss", "sub", "iat", "exp", "seq", "id", "amount_minor", "currency", "exponent", "kind", "fee_max_minor",
            "payee", "channel", "shown", "locale", "auth_time", "amr", "risk",
        )
        private val OPTIONAL = setOf("card", "mcc", "billing", "nonce", "exemption")
        private val AMOUNT = Regex("0|[1-9][0-9]{0,17}")
        private const val ID_BYTES = 16

        /** What stands before the key in an Ed25519 key's encoding (RFC 8410). */
        private val X509_OF_ED25519 = bytesOf("302a300506032b6570032100")
    }
}
