package dev.walletlock.android

import dev.walletlock.ChannelKind
import dev.walletlock.CodeRequest
import dev.walletlock.Enrolment
import dev.walletlock.NewAuthenticator
import dev.walletlock.RecoveryChange
import dev.walletlock.RequestKind
import dev.walletlock.WordOutcome
import dev.walletlock.android.TestWallet.Companion.RIGHT
import dev.walletlock.fakes.FakeMessage
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import java.nio.ByteBuffer
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlinx.coroutines.runBlocking
import org.json.JSONObject

/** A wallet with every way back in: a phone number, a mail address, an authenticator app, a recovery code, and escrow. */
class GuardedByWays(atUnlock: Boolean = false, private val phone: FakePhone = TestWallet.phone()) : AutoCloseable {
    val provider = FakeProvider(phone.clock)
    val wallet = TestWallet(policy(atUnlock), phone = phone)
    val account get() = provider.accounts.single()
    lateinit var app: AuthenticatorApp
        private set
    lateinit var paper: FakePaper
        private set

    private fun policy(atUnlock: Boolean): String {
        val all = JSONObject(provider.testPolicy(offersEscrow = true))
        return all.put("second_factor", JSONObject("""{"at_unlock":$atUnlock}""")).toString()
    }

    /** [hasFactor]: an authenticator app is the second factor. [hasEscrow]: the provider keeps the key. */
    fun enrol(hasFactor: Boolean = true, hasEscrow: Boolean = true): GuardedByWays = apply {
        runBlocking {
            pinOf(RIGHT).use { (wallet.lock.enrol(it) as Enrolment.Enrolled).session }.use { session ->
                session.vault.write("card", byteArrayOf(7))
                if (hasEscrow) check(session.access.switchEscrow(true) == RecoveryChange.InForce)
                session.access.createRecoveryCode().use { code ->
                    paper = FakePaper(code)
                    paper.confirm(code)
                    check(session.access.setRecoveryCode(code) == RecoveryChange.InForce)
                }
                provider.register(wallet)
                for ((kind, address) in listOf(ChannelKind.SMS to "+8613812345678", ChannelKind.MAIL to "lin.wang@example.com")) {
                    val new = session.access.addChannel(kind, address)
                    carry(new.request)
                    val confirmed = pinOf(last().code!!).use { session.access.confirmChannel(new.id, it) }
                    check(wallet.lock.provider.redeem(carry(confirmed)!!) is WordOutcome.Done)
                }
                if (hasFactor) session.access.makeAuthenticator().use { new ->
                    app = AuthenticatorApp(new, phone)
                    check(pinOf(app.code()).use { session.access.confirmAuthenticator(new, it) })
                    check(session.access.setAuthenticator(new) == RecoveryChange.InForce)
                    // The code that confirmed it is used up.
                    phone.clock.advanceMs(AuthenticatorApp.STEP_MS)
                }
            }
            if (hasEscrow) check(provider.answer(wallet.lock.provider.request(RequestKind.DEPOSIT)).refusal == null)
        }
    }

    /** Somebody with the PIN, and the authenticator if there is one, puts another number in place of the owner's. That counts after a day. */
    fun changeNumber() = runBlocking {
        wallet.unlocked().use { session ->
            if (this@GuardedByWays::app.isInitialized) pinOf(app.code()).use { session.access.proveSecondFactor(it) }
            val new = session.access.addChannel(ChannelKind.SMS, "+8613911111790")
            carry(new.request)
            val confirmed = pinOf(last().code!!).use { session.access.confirmChannel(new.id, it) }
            check(wallet.lock.provider.redeem(carry(confirmed)!!) is WordOutcome.Done)
        }
    }

    private fun carry(request: CodeRequest): String? {
        val answer = provider.answer((request as CodeRequest.Asked).request)
        check(answer.refusal == null) { "$answer" }
        return answer.parcel?.word
    }

    /** The last message that the owner got. */
    fun last(): FakeMessage = account.messages.last()

    /** Carries a request as an app does. */
    fun carry(request: ProofRequest): ProofReply {
        val answer = provider.answer(request.text)
        return when {
            answer.refusal != null -> ProofReply.NotGranted.REFUSED
            request.isAnswered -> ProofReply.Granted(answer.word)
            else -> ProofReply.NotGranted.LATER
        }
    }

    override fun close(): Unit = wallet.close()
}

/** An authenticator app that has read the secret (RFC 6238, SHA-1, 6 digits, 30 seconds). */
class AuthenticatorApp(new: NewAuthenticator, private val phone: FakePhone) {
    private val secret = (0 until NewAuthenticator.LETTERS).map { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(new.letter(it)) }
        .chunked(8).flatMap { eight ->
            val bits = eight.fold(0L) { all, five -> all shl 5 or five.toLong() }
            (4 downTo 0).map { (bits shr (8 * it)).toByte() }
        }.toByteArray()

    fun code(): String {
        val step = phone.clock.now().wallMs / STEP_MS
        val mac = Mac.getInstance("HmacSHA1").apply { init(SecretKeySpec(secret, "HmacSHA1")) }
        val hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array())
        val number = ByteBuffer.wrap(hash, hash.last().toInt() and 15, 4).int and Int.MAX_VALUE
        return "%06d".format(number % 1_000_000)
    }

    companion object {
        const val STEP_MS = 30_000L
    }
}
