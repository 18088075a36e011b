package dev.walletlock

import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.Json
import dev.walletlock.fakes.base64url
import dev.walletlock.fakes.fromBase64url
import dev.walletlock.fakes.pinOf
import dev.walletlock.fakes.sha256
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What channels, and getting back in by several methods, look like from Kotlin. `tests/stories` proves what they open. */
class WaysBackTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val policy = provider.policy(offersEscrow = true)
    private val dayMs = 24.hours.inWholeMilliseconds
    private val inForce get() = ChannelState.InForce(phone.clock.now().wallMs, isStale = false, leavesInMs = null)

    private fun members(request: String) = Json.read(String(fromBase64url(request.split('.')[1])))

    /** What a backend signs that has checked a request. */
    private fun grant(request: String, method: String, place: String = "phone"): String {
        val (wallet, installation) = members(request).let { it["wallet"] to it["installation"] }
        val (req, challenge) = base64url(sha256(request.toByteArray())) to base64url(ByteArray(16) { 7 })
        val claims = """{"v":1,"aud":"$wallet","sub":"$installation","act":"proof","req":"$req","after":0,""" +
            """"proofs":[{"method":"$method","place":"$place","challenge":"$challenge"}]}"""
        return provider.guardedKey.sign("grant", claims)
    }

    private val CodeRequest.text get() = (this as CodeRequest.Asked).request

    private suspend fun WalletLock.take(asked: CodeRequest, method: String, place: String = "phone"): WordDone =
        (provider.redeem(grant(asked.text, method, place)) as WordOutcome.Done).what

    /** A session in which a wallet was set up, whose phone is registered. */
    private suspend fun TestScope.openFirst(): Pair<WalletLock, Session> {
        val lock = open(policy)
        val session = (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session
        lock.provider.redeem(provider.answer(lock.provider.register()).word)
        return lock to session
    }

    private suspend fun Session.addConfirmed(lock: WalletLock, kind: ChannelKind, address: String, method: String): String {
        val new = access.addChannel(kind, address)
        val asked = pinOf(CODE).use { access.confirmChannel(new.id, it) }
        assertEquals(WordDone.CHANNEL_CONFIRMED, lock.take(asked, method))
        return new.id
    }

    private suspend fun WalletLock.state(channel: String) =
        recovery.progress().ways.single { it.channel == channel }.state

    @Test
    fun `a channel counts once a code came back`() = runTest {
        val (lock, session) = openFirst()
        lock.use {
            val access = session.access
            assertThrows<LockException.Invalid> { access.addChannel(ChannelKind.SMS, "no number") }
            val new = access.addChannel(ChannelKind.SMS, NUMBER)
            val sms = Channel(new.id, ChannelKind.SMS, "+312****0100", ChannelState.NotConfirmed)
            assertEquals(listOf(sms), access.channels())
            val sent = members(new.request.text)
            assertEquals(listOf("send_code", "sms:${new.id}", "+31205550100"), listOf("kind", "channel", "what").map(sent::get))
            assertEquals(CodeRequest.NotYet(60_000), access.sendCode(new.id))
            val asked = pinOf(CODE).use { code -> access.confirmChannel(new.id, code).also { assertEquals(0, code.length) } }
            val handedIn = members(asked.text)
            assertEquals(listOf("confirm", "sms:${new.id}", CODE), listOf("kind", "channel", "code").map(handedIn::get))
            assertEquals(WordDone.CHANNEL_CONFIRMED, lock.take(asked, "sms"))
            assertEquals(listOf(sms.copy(state = inForce)), access.channels())
            assertEquals(CodeRequest.NoCode, pinOf(CODE).use { access.confirmChannel(new.id, it) })
            assertThrows<LockException.Invalid> { access.sendCode("no id") }
            assertThrows<LockException.WrongState> { access.sendCode("00".repeat(8)) }
            session.close()
        }
    }

    @Test
    fun `channels are ordered, replaced and removed`() = runTest {
        val (lock, first) = openFirst()
        lock.use {
            val sms = first.addConfirmed(lock, ChannelKind.SMS, NUMBER, "sms")
            val mail = first.access.addChannel(ChannelKind.MAIL, "zoe@mi.com").id
            assertEquals(WordDone.CHANNEL_CONFIRMED, lock.take(first.access.confirmChannel(mail), "link"))
            first.access.orderChannels(listOf(mail, sms))
            assertEquals(listOf(mail, sms), first.access.channels().map { it.id })
            first.close()
            lock.unlock().use { session ->
                val backup = session.addConfirmed(lock, ChannelKind.BACKUP_MAIL, "zoe@post.com", "mail")
                val states = session.access.channels().associate { it.id to it.state }
                assertEquals(mapOf(mail to inForce, sms to inForce, backup to ChannelState.Waiting(dayMs)), states)
                assertTrue(session.access.cancelChannelChange(backup))
                assertFalse(session.access.cancelChannelChange(sms))
                assertEquals(RecoveryChange.Pending(dayMs), session.access.removeChannel(sms))
                val leaving = session.access.channels().single { it.id == sms }
                assertEquals(inForce.copy(leavesInMs = dayMs), leaving.state)
            }
            phone.clock.advanceMs(dayMs)
            lock.unlock().use { assertEquals(listOf(mail), it.access.channels().map { channel -> channel.id }) }
            val recovery = lock.recovery
            assertEquals(listOf(sms), recovery.progress().former.map { it.channel })
            assertTrue(recovery.sendCode(sms) is CodeRequest.Asked)
            val asked = pinOf(CODE).use { recovery.pauseChannelChange(sms, it) }
            assertEquals(listOf("pause", "sms:$sms"), listOf("kind", "channel").map(members(asked.text)::get))
            assertEquals(WordDone.CHANNEL_CHANGE_PAUSED, lock.take(asked, "sms"))
            assertEquals(listOf(mail, sms, null), recovery.progress().ways.map { it.channel })
            assertThrows<LockException.WrongState> { recovery.pauseChannelChange(sms) }
        }
    }

    @Test
    fun `two methods on this phone and the wait lead to a new PIN`() = runTest {
        val (lock, first) = openFirst()
        lock.use {
            val sms = first.addConfirmed(lock, ChannelKind.SMS, NUMBER, "sms")
            val new = first.access.makeAuthenticator()
            val app = Totp(new)
            pinOf(app.code(phone.clock.now().wallMs)).use { first.access.confirmAuthenticator(new, it) }
            first.access.setAuthenticator(new)
            new.close()
            first.access.switchEscrow(true)
            first.vault.write("card", byteArrayOf(7))
            provider.answer(lock.provider.request(RequestKind.DEPOSIT))
            first.close()

            val before = lock.recovery.progress()
            assertEquals(listOf(WayKind.SMS, WayKind.AUTHENTICATOR, WayKind.PERSON), before.ways.map { it.kind })
            assertEquals(listOf(Enough.TwoMore, LeadsTo.NEW_PIN, null), listOf(before.enough, before.leadsTo, before.waitLeftMs))
            assertEquals(CodeRequest.NoCode, pinOf(CODE).use { lock.recovery.prove(sms, it) })
            phone.clock.advanceMs(1.minutes.inWholeMilliseconds)
            assertEquals("send_code", members(lock.recovery.sendCode(sms).text)["kind"])
            assertEquals(WayState.Sent(600_000, 5, 60_000), lock.state(sms))
            val asked = pinOf(CODE).use { lock.recovery.prove(sms, it) }
            assertEquals("prove", members(asked.text)["kind"])
            assertEquals(4, (lock.state(sms) as WayState.Sent).triesLeft, "it counts as wrong before the grant")
            assertEquals(WordDone.PROVEN, lock.take(asked, "sms"))
            assertEquals(WayState.Proven, lock.state(sms))
            assertEquals(Enough.OneMore, lock.recovery.progress().enough)
            val right = pinOf(app.code(phone.clock.now().wallMs)).use { lock.recovery.proveAuthenticator(it) }
            assertEquals(FactorOutcome.Right, right)
            val waitMs = 72.hours.inWholeMilliseconds
            val waits = lock.recovery.progress()
            assertEquals(listOf(ProofMethod.SMS, ProofMethod.AUTHENTICATOR), waits.proven)
            assertEquals(listOf(Enough.After(waitMs), waitMs, true), listOf(waits.enough, waits.waitLeftMs, waits.canBeCancelledHere))
            phone.clock.advanceMs(waitMs)
            assertEquals(Enough.Now, lock.recovery.progress().enough)

            val request = (lock.recovery.askEscrow() as EscrowOutcome.Asked).request
            provider.accounts.single().vouch()
            val rescue = (request.redeem(provider.answer(request.text).word) as GrantOutcome.Opened).rescue
            rescue.finish().use { session ->
                assertArrayEquals(byteArrayOf(7), session.vault.read("card"))
                session.tidyUp()
            }
            assertEquals(emptyList<ProofMethod>(), lock.recovery.progress().proven)
            rescue.close()
            request.close()
        }
    }

    private suspend fun Rescue.finish(): Session = newCode().use { code ->
        FakePaper(code).confirm(code)
        (pinOf("582941").use { finish(it, code) } as RecoveryOutcome.Done).session
    }

    /** The list after a recovery, and what a loss would mean. */
    private suspend fun Session.tidyUp() {
        assertEquals(Task.entries - setOf(Task.CHANGE_PIN, Task.REPORT), access.checklist().map { it.task })
        access.noteDone(Task.SHEET)
        access.dismiss(Task.BIOMETRICS)
        assertTrue(access.checklist().single { it.task == Task.SHEET }.isDone)
        assertFalse(Task.BIOMETRICS in access.checklist().map { it.task })
        assertEquals(Loss.entries, access.health().map { it.loss })
        assertNull(access.health().first().advice, "there is a recovery code")
    }

    @Test
    fun `what was proven can be cancelled`() = runTest {
        val (lock, session) = openFirst()
        lock.use {
            val sms = session.addConfirmed(lock, ChannelKind.SMS, NUMBER, "sms")
            session.close()
            phone.clock.advanceMs(1.minutes.inWholeMilliseconds)
            assertThrows<LockException.WrongState> { lock.recovery.cancel() }
            pinOf(CODE).use { assertEquals(FactorOutcome.NotSetUp, lock.recovery.cancelByAuthenticator(it)) }
            suspend fun proveAndCancel(cancel: suspend () -> CodeRequest, method: String, place: String) {
                lock.recovery.sendCode(sms)
                lock.take(pinOf(CODE).use { lock.recovery.prove(sms, it) }, "sms")
                assertEquals(listOf(ProofMethod.SMS), lock.recovery.progress().proven)
                assertEquals(WordDone.RECOVERY_CANCELLED, lock.take(cancel(), method, place))
                assertEquals(emptyList<ProofMethod>(), lock.recovery.progress().proven)
                phone.clock.advanceMs(5.minutes.inWholeMilliseconds)
            }
            proveAndCancel({ lock.recovery.cancel() }, "person", "elsewhere")
            proveAndCancel(
                {
                    phone.clock.advanceMs(5.minutes.inWholeMilliseconds)
                    lock.recovery.sendCode(sms)
                    pinOf(CODE).use { lock.recovery.cancel(sms, it) }
                },
                "sms",
                "phone",
            )
            val elsewhere = lock.recovery.proveElsewhere("case 17")
            val asked = members(elsewhere.text)
            assertEquals(listOf("prove", "person", "case 17"), listOf("kind", "channel", "what").map(asked::get))
            assertEquals(WordDone.PROVEN, lock.take(elsewhere, "person", "elsewhere"))
            assertEquals(listOf(ProofMethod.PERSON), lock.recovery.progress().proven)
        }
    }

    @Test
    fun `a code by SMS is a second factor that the provider checks`() = runTest {
        val (lock, first) = openFirst()
        lock.use {
            assertThrows<LockException.WrongState> { first.access.setSmsFactor() }
            val sms = first.addConfirmed(lock, ChannelKind.SMS, NUMBER, "sms")
            assertEquals(RecoveryChange.InForce, first.access.setSmsFactor())
            first.close()
            phone.clock.advanceMs(1.minutes.inWholeMilliseconds)
            lock.unlock().use { session ->
                assertTrue(session.access.needsSecondFactor(GuardedAction.CHANGE_RECOVERY))
                session.access.sendCode(sms)
                val asked = pinOf(CODE).use { session.access.proveSmsFactor(sms, it) }
                assertEquals("second_factor", members(asked.text)["kind"])
                assertEquals(WordDone.SECOND_FACTOR_PROVEN, lock.take(asked, "sms"))
                assertFalse(session.access.needsSecondFactor(GuardedAction.CHANGE_RECOVERY))
                assertEquals(SecondFactor(FactorKind.SMS, null), session.access.secondFactor())
                session.access.removeSecondFactor()
            }
            val report = members(lock.provider.request(RequestKind.REPORT))["report"] as Map<*, *>
            assertEquals(listOf(mapOf("channel" to "sms:$sms", "state" to "in_force")), report["channels"])
            assertEquals("sms", report["second_factor"])
            assertEquals(listOf(mapOf("what" to "second_factor", "left_s" to 86_400L)), report["pending"])
        }
    }

    private companion object {
        const val NUMBER = "+31 20 555 0100"

        /** What the provider sends: these tests play both sides. */
        const val CODE = "482915"
    }
}
