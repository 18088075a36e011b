package dev.walletlock.fakes

import java.security.KeyPair
import java.security.Signature

/** A phone without a lock: it signs any request, also one that a lock never makes. */
class SigningPhone(private val wallet: String = base64url(ByteArray(16) { 0x11 })) {
    private val keys: KeyPair = makeP256()
    private val point = pointOf(keys.public)
    private val id = base64url(sha256(point).copyOf(16))
    private var count = 0

    fun register(): String {
        val (x, y) = listOf(1..32, 33..64).map { base64url(point.sliceArray(it)) }
        return request("register", jwk = ""","jwk":{"crv":"P-256","kty":"EC","x":"$x","y":"$y"}""")
    }

    /** [more]: further members, each after its comma. */
    fun request(kind: String, more: String = "", jwk: String = ""): String {
        count += 1
        val nonce = base64url(ByteArray(16) { count.toByte() })
        val header = """{"alg":"ES256","kid":"$id","typ":"walletlock-request+jwt"$jwk}"""
        val payload = """{"v":1,"wallet":"$wallet","installation":"$id","kind":"$kind","nonce":"$nonce","last_orders":[]$more}"""
        val signed = listOf(header, payload).joinToString(".") { base64url(it.toByteArray()) }
        val signature = Signature.getInstance("SHA256withECDSAinP1363Format", JVM_EC).run {
            initSign(keys.private)
            update(signed.toByteArray())
            sign()
        }
        return "$signed.${base64url(signature)}"
    }

    /** A request about a channel. */
    fun about(kind: String, channel: String, code: String? = null, what: String? = null): String {
        val said = listOf("channel" to channel, "code" to code, "what" to what).filter { it.second != null }
        return request(kind, said.joinToString("") { (name, value) -> ""","$name":"$value"""" })
    }

    /** [channels]: each with its state. [pending]: what waits, with the seconds left. */
    fun report(vararg channels: Pair<String, String>, pending: Map<String, Int> = emptyMap(), factor: String? = null): String {
        val told = channels.joinToString(",") { (channel, state) -> """{"channel":"$channel","state":"$state"}""" }
        val waits = pending.entries.joinToString(",") { (what, left) -> """{"what":"$what","left_s":$left}""" }
        val second = factor?.let { """"second_factor":"$it",""" }.orEmpty()
        return request("report", ""","report":{"channels":[$told],$second"pending":[$waits]}""")
    }
}
