package dev.walletlock.android

import dev.walletlock.Enrolment
import dev.walletlock.EscrowRequest
import dev.walletlock.RecoveryChange
import dev.walletlock.RequestKind
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import kotlinx.coroutines.runBlocking

/** A wallet whose provider offers to keep a key, and that provider. The phone is registered, and holds an item. */
class ProvidedWallet(phone: FakePhone = TestWallet.phone()) : AutoCloseable {
    val provider = FakeProvider(phone.clock)
    val wallet = TestWallet(provider.testPolicy(offersEscrow = true), phone = phone)
    val account: FakeAccount get() = provider.accounts.single()

    /** [hasEscrow]: the provider keeps the key from the beginning. */
    fun enrol(hasEscrow: Boolean): ProvidedWallet = apply {
        runBlocking {
            pinOf(RIGHT).use { (wallet.lock.enrol(it) as Enrolment.Enrolled).session }.use { session ->
                session.vault.write("card", byteArrayOf(7))
                if (hasEscrow) check(session.access.switchEscrow(true) == RecoveryChange.InForce)
            }
        }
        provider.register(wallet)
        if (hasEscrow) runBlocking {
            check(provider.answer(wallet.lock.provider.request(RequestKind.DEPOSIT)).refusal == null)
        }
    }

    /** Carries the request as an app does. The provider answers once it has verified the owner ([FakeAccount.vouch]). */
    fun carry(request: EscrowRequest): EscrowReply {
        val answer = provider.answer(request.text)
        return if (answer.refusal == null) EscrowReply.Granted(answer.word) else EscrowReply.NotGranted.LATER
    }

    override fun close(): Unit = wallet.close()
}
