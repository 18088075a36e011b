package dev.walletlock

import dev.walletlock.fakes.FakeChannel
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Codes from request to grant, between a lock and a provider that judges them. */
class SentCodesTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val policy = provider.policy(offersEscrow = true)
    private val account get() = provider.accounts.single()

    /** Carries the request there and the grant back. Null: the provider refused. */
    private suspend fun WalletLock.carry(asked: CodeRequest): WordOutcome? =
        this@SentCodesTest.provider.answer((asked as CodeRequest.Asked).request).parcel?.deliver(this)

    private suspend fun WalletLock.report() =
        assertNull(this@SentCodesTest.provider.answer(provider.request(RequestKind.REPORT)).refusal)

    private suspend fun Session.confirmed(lock: WalletLock, kind: ChannelKind, address: String): String {
        val new = access.addChannel(kind, address)
        assertNull(lock.carry(new.request), "nothing answers")
        val asked = pinOf(account.messages.last().code!!).use { access.confirmChannel(new.id, it) }
        assertEquals(WordOutcome.Done(WordDone.CHANNEL_CONFIRMED), lock.carry(asked))
        return new.id
    }

    /** A wallet with escrow, a phone number and a mail address. Nobody has a session. */
    private suspend fun TestScope.openWithChannels(): Triple<WalletLock, String, String> {
        val lock = open(policy)
        val session = (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session
        lock.provider.redeem(provider.answer(lock.provider.register()).word)
        session.vault.write("card", byteArrayOf(7))
        session.access.switchEscrow(true)
        provider.answer(lock.provider.request(RequestKind.DEPOSIT))
        val sms = session.confirmed(lock, ChannelKind.SMS, "+31 20 555 0100")
        val mail = session.confirmed(lock, ChannelKind.MAIL, "zoe@mi.com")
        session.close()
        lock.report()
        phone.clock.advanceMs(1.minutes.inWholeMilliseconds)
        return Triple(lock, sms, mail)
    }

    private suspend fun WalletLock.prove(channel: String): WordOutcome? {
        assertNull(carry(recovery.sendCode(channel)))
        return carry(pinOf(account.messages.last().code!!).use { recovery.prove(channel, it) })
    }

    private suspend fun WalletLock.escrow(): GrantOutcome =
        (recovery.askEscrow() as EscrowOutcome.Asked).request.use { it.redeem(this@SentCodesTest.provider.answer(it.text).word) }

    @Test
    fun `the provider knows the channels as the phone does`() = runTest {
        val (lock, sms, mail) = openWithChannels()
        lock.use {
            val inForce = FakeChannel.State.IN_FORCE
            assertEquals(listOf(sms to inForce, mail to inForce), account.channels.map { it.id to it.state })
            assertEquals(listOf("+31205550100", "zoe@mi.com"), account.channels.map { it.address })
            lock.unlock().use { session ->
                session.confirmed(lock, ChannelKind.BACKUP_MAIL, "zoe@post.com")
                session.access.removeChannel(mail)
                session.access.setSmsFactor()
            }
            val before = account.messages.size
            lock.report()
            val states = listOf(inForce, inForce, FakeChannel.State.WAITING)
            assertEquals(states, account.channels.map { it.state })
            val told = account.messages.drop(before)
            assertEquals(3, told.count { it.to == "zoe@mi.com" }, "the factor, the removal, the new channel")
            assertEquals(setOf("+31205550100", "zoe@mi.com"), told.map { it.to }.toSet())
            assertTrue(told.all { "24 hours" in it.text })
            phone.clock.advanceMs(24.hours.inWholeMilliseconds)
            lock.unlock().close()
            lock.report()
            val afterwards = listOf("+31205550100" to inForce, "zoe@post.com" to inForce, "zoe@mi.com" to FakeChannel.State.FORMER)
            assertEquals(afterwards, account.channels.map { it.address to it.state })
            assertEquals("sms", account.secondFactor)
            phone.clock.advanceMs(7 * 24.hours.inWholeMilliseconds)
            lock.report()
            assertEquals(afterwards.take(2), account.channels.map { it.address to it.state })
        }
    }

    @Test
    fun `two codes and the wait, which is announced, open the wallet by escrow`() = runTest {
        val (lock, sms, mail) = openWithChannels()
        lock.use {
            assertEquals(WordOutcome.Done(WordDone.PROVEN), lock.prove(sms))
            lock.carry(lock.recovery.sendCode(mail))
            assertNull(lock.carry(lock.recovery.prove(mail)), "nobody has opened the link")
            account.openLink(account.messages.last())
            assertEquals(WordOutcome.Done(WordDone.PROVEN), lock.carry(lock.recovery.prove(mail)))
            val before = account.messages.size
            repeat(2) { lock.report() }
            assertEquals(listOf("+31205550100", "zoe@mi.com"), account.messages.drop(before).map { it.to })
            assertTrue("Somebody asked for a new PIN" in account.messages.last().text)
            val sent = account.sendCode()
            val said = ProviderRequest("sms", sent.code)
            (lock.recovery.askEscrow(said) as EscrowOutcome.Asked).request.use {
                assertEquals(GrantOutcome.Refused(WordError.NOT_ENOUGH), it.redeem(provider.answer(it.text).word))
            }
            phone.clock.advanceMs(72.hours.inWholeMilliseconds)
            account.vouch(hasCalledBack = false)
            (lock.escrow() as GrantOutcome.Opened).rescue.use { rescue ->
                rescue.newCode().use { code ->
                    FakePaper(code).confirm(code)
                    (pinOf("582941").use { rescue.finish(it, code) } as RecoveryOutcome.Done).session
                }.use { assertArrayEquals(byteArrayOf(7), it.vault.read("card")) }
            }
        }
    }

    @Test
    fun `one proof is not enough for escrow, and a person who called back gives two`() = runTest {
        val (lock, sms) = openWithChannels()
        lock.use {
            account.vouch(hasCalledBack = false)
            assertEquals(GrantOutcome.Refused(WordError.NOT_ENOUGH), lock.escrow())
            account.vouch()
            (lock.escrow() as GrantOutcome.Opened).rescue.close()
            assertEquals(WordOutcome.Done(WordDone.PROVEN), lock.prove(sms))
            account.vouch()
            assertEquals(WordOutcome.Done(WordDone.PROVEN), lock.carry(lock.recovery.proveElsewhere("case 7")))
            assertEquals(Enough.Now, lock.recovery.progress().enough)
        }
    }

    @Test
    fun `the owner cancels with a code what somebody proved`() = runTest {
        val (lock, sms, mail) = openWithChannels()
        lock.use {
            lock.prove(sms)
            lock.carry(lock.recovery.sendCode(mail))
            val wrong = if (account.messages.last().code == "000000") "000001" else "000000"
            assertNull(lock.carry(pinOf(wrong).use { lock.recovery.cancel(mail, it) }))
            val asked = pinOf(account.messages.last().code!!).use { lock.recovery.cancel(mail, it) }
            assertEquals(WordOutcome.Done(WordDone.RECOVERY_CANCELLED), lock.carry(asked))
            assertEquals(emptyList<ProofMethod>(), lock.recovery.progress().proven)
            phone.clock.advanceMs(1.minutes.inWholeMilliseconds)
            lock.prove(mail)
            account.vouch()
            assertEquals(WordOutcome.Done(WordDone.RECOVERY_CANCELLED), lock.carry(lock.recovery.cancel()))
        }
    }

    @Test
    fun `the second factor by SMS is proven by the code that came`() = runTest {
        val (lock, sms) = openWithChannels()
        lock.use {
            lock.unlock().use { it.access.setSmsFactor() }
            phone.clock.advanceMs(24.hours.inWholeMilliseconds)
            lock.unlock().use { session ->
                lock.carry(session.access.sendCode(sms))
                val asked = pinOf(account.messages.last().code!!).use { session.access.proveSmsFactor(sms, it) }
                assertEquals(WordOutcome.Done(WordDone.SECOND_FACTOR_PROVEN), lock.carry(asked))
            }
        }
    }
}
