package dev.walletlock.fakes

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.LockTest
import dev.walletlock.ProviderRequest
import dev.walletlock.RequestKind
import dev.walletlock.WalletLock
import dev.walletlock.WordDone
import dev.walletlock.WordError
import dev.walletlock.WordOutcome
import dev.walletlock.enrol
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The fake provider refuses what a backend refuses, and its post does what a network may do. */
class FakeProviderTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val post = provider.post
    private val account get() = provider.accounts.single()

    private suspend fun TestScope.openRegistered(): WalletLock = openEnrolled(provider.policy()).also { lock ->
        provider.answer(lock.provider.register())
        assertEquals(listOf(WordOutcome.Done(WordDone.REGISTERED)), lock.collect())
    }

    /** What an app's own code does from time to time. */
    private suspend fun WalletLock.collect(): List<WordOutcome> = post.collect(account.wallet).map { it.deliver(this) }

    private suspend fun WalletLock.ask(kind: RequestKind, said: ProviderRequest = ProviderRequest.NOTHING) =
        this@FakeProviderTest.provider.answer(provider.request(kind, said)).refusal

    private val locked = WordOutcome.Done(WordDone.LOCKED)

    @Test
    fun `words are collected once, in the order in which they were sent`() = runTest {
        openRegistered().use { lock ->
            account.lock(FakeAccount.Reason.UNUSUAL)
            account.lock(FakeAccount.Reason.LOST, "Say \"hello\",\n\tplease")
            assertEquals(listOf(locked, WordOutcome.Refused(WordError.MALFORMED)), lock.collect(), "a line break is no message")
            assertEquals(emptyList<WordOutcome>(), lock.collect())
            account.lock(FakeAccount.Reason.LOST, "\"你好\" \\ é")
            assertEquals(listOf(locked), lock.collect())
            assertEquals("\"你好\" \\ é", (lock.status.value as LockStatus.Locked).message?.text)
        }
    }

    @Test
    fun `the post loses, delays, repeats, reorders and withholds`() = runTest {
        openRegistered().use { lock ->
            post.isLosing = true
            account.freeze()
            assertEquals(emptyList<WordOutcome>(), lock.collect())
            post.isLosing = false
            post.delayMs = 1_000
            account.freeze()
            phone.clock.advanceMs(999)
            assertEquals(emptyList<WordOutcome>(), lock.collect())
            phone.clock.advanceMs(1)
            assertEquals(listOf(WordOutcome.Done(WordDone.FROZEN)), lock.collect())
            post.delayMs = 0

            post.isRepeating = true
            account.lock(FakeAccount.Reason.ORDER)
            repeat(2) { assertEquals(listOf(locked), lock.collect()) }
            post.isRepeating = false
            lock.collect()

            post.isReordering = true
            account.lock(FakeAccount.Reason.UNUSUAL)
            account.lock(FakeAccount.Reason.LOST)
            assertEquals(listOf(locked, WordOutcome.Refused(WordError.OLD)), lock.collect())
            post.isReordering = false

            post.isWithholdingOrders = true
            account.lock(FakeAccount.Reason.ORDER)
            assertNull(lock.ask(RequestKind.HEARTBEAT))
            assertEquals(listOf(WordOutcome.Done(WordDone.ORDER_WITHHELD)), lock.collect())
            post.isWithholdingOrders = false
            assertEquals(listOf(locked), lock.collect())
        }
    }

    @Test
    fun `a forged word changes nothing`() = runTest {
        openRegistered().use { lock ->
            post.isForging = true
            account.lock()
            assertNull(lock.ask(RequestKind.HEARTBEAT))
            val forged = WordOutcome.Refused(WordError.BAD_SIGNATURE)
            assertEquals(listOf(forged, forged), lock.collect())
            assertTrue(lock.status.value is LockStatus.Ready)
        }
    }

    @Test
    fun `a lock is cleared only after a proof, and each proof counts once`() = runTest {
        openRegistered().use { lock ->
            account.lock()
            lock.collect()
            val refused = FakeProvider.Refusal.NOT_PROVEN
            assertEquals(refused, lock.ask(RequestKind.UNLOCK))
            assertEquals(refused, lock.ask(RequestKind.UNLOCK, ProviderRequest("sms", "000000")), "none was sent")
            val sent = account.sendCode(FakeAccount.Channel.MAIL)
            assertEquals(listOf(sent), account.sentCodes)
            assertFalse(sent.code in sent.toString())
            assertEquals(refused, lock.ask(RequestKind.UNLOCK, ProviderRequest("sms", sent.code)), "another channel")
            assertEquals(refused, lock.ask(RequestKind.UNLOCK, ProviderRequest("mail", sent.code)), "used up")
            val second = account.sendCode(FakeAccount.Channel.MAIL)
            assertNotEquals(sent.code, second.code)
            assertEquals(emptyList<WordOutcome>(), lock.collect())
            assertNull(lock.ask(RequestKind.UNLOCK, ProviderRequest("mail", second.code)))
            assertEquals(listOf(WordOutcome.Done(WordDone.UNLOCKED)), lock.collect())
            account.vouch()
            assertNull(lock.ask(RequestKind.UNLOCK))
            assertEquals(refused, lock.ask(RequestKind.UNLOCK))
            assertEquals(refused, provider.answer(lock.provider.register()).refusal, "someone else's phone")
            assertThrows<IllegalStateException> { provider.answer(lock.provider.register()).word }
        }
    }

    @Test
    fun `only a registered phone's own requests are read, and the same text gets the same answer`() = runTest {
        openRegistered().use { lock ->
            val request = lock.provider.request(RequestKind.HEARTBEAT)
            assertEquals(provider.answer(request).word, provider.answer(request).word)
            val (header, claims, signature) = lock.provider.request(RequestKind.HEARTBEAT).split('.')
            val another = lock.provider.request(RequestKind.HEARTBEAT).split('.')
            val strangers = FakeProvider(phone.clock, seed = 2)
            assertEquals(FakeProvider.Refusal.NOT_A_REQUEST, strangers.answer(request).refusal)
            val spoiled = String(fromBase64url(claims)).replace("\"v\":1", "\"v\":1,\"v\":1")
            for (text in listOf(
                "",
                "$header.$claims",
                "$header.$claims.${another[2]}",
                "$header.${another[1]}.$signature",
                "$header.${base64url(spoiled.toByteArray())}.$signature",
                "${base64url("{}".toByteArray())}.$claims.$signature",
                "$header.$claims.$signature=",
            )) {
                assertEquals(FakeProvider.Refusal.NOT_A_REQUEST, provider.answer(text).refusal, text)
            }
            assertNull(provider.answer("$header.$claims.$signature").refusal, "the control")
        }
    }

    @Test
    fun `a phone that is registered anew replaces the one before once it is heard from`() = runTest {
        openRegistered().use { lock ->
            val before = lock.provider.request(RequestKind.HEARTBEAT)
            account.vouch()
            provider.answer(lock.provider.register())
            assertNull(provider.answer(before).refusal, "the grant may be lost")
            assertTrue(WordOutcome.Done(WordDone.REGISTERED) in lock.collect())
            assertEquals(account.installation, lock.provider.state().installation)
            assertNull(lock.ask(RequestKind.HEARTBEAT))
            assertEquals(1, provider.accounts.size)
            assertEquals(account, provider.account(lock.provider.state().wallet))
            assertNull(provider.account("another"))
        }
    }

    @Test
    fun `the keys are the same for the same seed`() {
        val again = FakeProvider(phone.clock)
        assertEquals(provider.policyPart(), again.policyPart())
        assertNotEquals(provider.policyPart(), FakeProvider(phone.clock, seed = 2).policyPart())
        val keys = listOf(provider.onlineKey, provider.guardedKey, provider.offlineKey)
        assertEquals(3, keys.map { it.id }.toSet().size)
        again.replaceOnlineKey()
        assertFalse(again.onlineKey.id in keys.map { it.id })
        assertEquals(provider.policyPart(), again.policyPart(), "a policy names the keys from the beginning")
    }

    @Test
    fun `after the online key was replaced, what it had ordered is void`() = runTest {
        openRegistered().use { lock ->
            account.lock()
            lock.collect()
            val stolen = provider.stealOnlineKey()
            provider.replaceOnlineKey()
            assertEquals(listOf(WordOutcome.Done(WordDone.KEYS_CHANGED)), lock.collect())
            assertTrue(lock.status.value is LockStatus.Ready)
            assertEquals(0, account.lastOrder)
            assertNotEquals(stolen.id, provider.onlineKey.id)
            account.lock(FakeAccount.Reason.ORDER)
            lock.collect()
            assertEquals(LockReason.PROVIDER_ORDER, (lock.status.value as LockStatus.Locked).reason)
            account.vouch()
            assertNull(lock.ask(RequestKind.UNLOCK))
            assertEquals(listOf(WordOutcome.Done(WordDone.UNLOCKED)), lock.collect())
        }
    }
}
