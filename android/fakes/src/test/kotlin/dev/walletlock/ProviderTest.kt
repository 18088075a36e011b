package dev.walletlock

import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What the provider looks like from Kotlin. `tests/stories` proves what its words may do and what not. */
class ProviderTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val account get() = provider.accounts.single()
    private val policy = Policy.json(
        """{
          "contacts": [{ "kind": "phone", "value": "+31 20 555 0100" }],
          "provider": ${provider.policyPart(allowanceHours = 168)}
        }""",
    )

    private suspend fun TestScope.openRegistered(): WalletLock = openEnrolled(policy).also { it.register() }

    private suspend fun WalletLock.register() {
        val grant = this@ProviderTest.provider.answer(provider.register()).word
        assertEquals(WordOutcome.Done(WordDone.REGISTERED), provider.redeem(grant))
    }

    /** Asks for something, once a person at the provider has verified the owner. */
    private suspend fun WalletLock.ask(kind: RequestKind): WordOutcome {
        account.vouch()
        return provider.redeem(this@ProviderTest.provider.answer(provider.request(kind)).word)
    }

    private suspend fun WalletLock.beat(): WordOutcome =
        checkNotNull(this@ProviderTest.provider.answer(provider.request(RequestKind.HEARTBEAT)).parcel).deliver(this)

    private val WalletLock.reason get() = (status.value as? LockStatus.Locked)?.reason

    @Test
    fun `an order locks at once, and a grant opens again, across restarts of the app`() = runTest {
        openRegistered().use { lock ->
            val session = lock.unlock()
            session.vault.write("card", byteArrayOf(7))
            val order = account.lock(FakeAccount.Reason.LOST, "Please call. Reward!", contact = 0)
            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(order))
            assertFalse(session.isLive)
            assertFalse(lock.isOpen.value)
            assertEquals(SessionEnd.LOCKED, lock.lastSessionEnd)
            val contact = Contact.Phone("+31 20 555 0100")
            val remedies = listOf(Remedy.AskProvider(RemedyState.Available), Remedy.Ask(contact))
            val message = FinderMessage("Please call. Reward!", contact)
            val locked = LockStatus.Locked(LockReason.LOST_OR_STOLEN, WhoLocked.PROVIDER, remedies, message)
            assertEquals(locked, lock.status.value)
            assertEquals(PinOutcome.Locked(locked), lock.verify(RIGHT))
            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(order), "the same text: the same answer")
            session.close()
        }
        phone.clock.reboot()
        val grant = open(policy).use { lock ->
            assertEquals(LockReason.LOST_OR_STOLEN, lock.reason)
            account.vouch()
            provider.answer(lock.provider.request(RequestKind.UNLOCK)).word
        }
        open(policy).use { lock ->
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.provider.redeem(grant))
            assertTrue(lock.status.value is LockStatus.Ready)
            lock.unlock().use { session ->
                assertArrayEquals(byteArrayOf(7), session.vault.read("card"))
                val kinds = session.journal.page().entries.map { it.kind }
                val told = setOf(
                    JournalKind.PROVIDER_REGISTERED,
                    JournalKind.LOCK_ORDERED,
                    JournalKind.UNLOCK_GRANTED,
                    JournalKind.LOCK_CLEARED,
                )
                assertTrue(kinds.containsAll(told), "$kinds")
            }
        }
    }

    @Test
    fun `what stands between the wallet and its provider is told`() = runTest {
        openEnrolled(policy).use { lock ->
            val before = lock.provider.state()
            assertNull(before.installation)
            assertNull(before.allowanceLeft)
            lock.register()
            val registered = lock.provider.state()
            assertEquals(account.wallet, registered.wallet)
            assertEquals(account.installation, registered.installation)
            assertEquals(0, registered.lastOrder)
            assertEquals(168.hours, registered.allowanceLeft)
            assertFalse(registered.warns || registered.isFrozen || registered.allowsWipe)
            lock.provider.accept(account.freeze())
            lock.unlock().use { it.access.allowRemoteWipe(true) }
            phone.clock.advanceMs(140.hours.inWholeMilliseconds)
            val frozen = registered.copy(
                lastOrder = 1,
                allowanceLeftMs = 28.hours.inWholeMilliseconds,
                warns = true,
                isFrozen = true,
                allowsWipe = true,
            )
            assertEquals(frozen, lock.provider.state())
            account.vouch()
            lock.register()
            assertNotEquals(registered.installation, lock.provider.state().installation, "another key")
        }
    }

    @Test
    fun `a phone that does not reach its provider locks itself, and a heartbeat opens it`() = runTest {
        openRegistered().use { lock ->
            val session = lock.unlock()
            phone.clock.advanceMs(168.hours.inWholeMilliseconds)
            assertThrows<LockException.SessionEnded> { session.vault.names() }
            assertEquals(LockReason.HEARTBEAT_EXPIRED, lock.reason)
            assertEquals(0L, lock.provider.state().allowanceLeftMs)
            assertEquals(WordOutcome.Done(WordDone.HEARTBEAT_TAKEN), lock.beat())
            assertEquals(168.hours, lock.provider.state().allowanceLeft)
            lock.unlock().close()
            session.close()
        }
    }

    @Test
    fun `a heartbeat brings the orders that were withheld, or locks without them`() = runTest {
        openRegistered().use { lock ->
            account.lock(FakeAccount.Reason.LOST)
            val heartbeat = provider.answer(lock.provider.request(RequestKind.HEARTBEAT)).word
            assertEquals(WordOutcome.Done(WordDone.ORDER_WITHHELD), lock.provider.heartbeat(heartbeat))
            assertEquals(LockReason.PROVIDER_ORDER, lock.reason)
            assertEquals(WordOutcome.Refused(WordError.ORDER_MISSING), lock.ask(RequestKind.UNLOCK))
            assertEquals(WordOutcome.Done(WordDone.HEARTBEAT_TAKEN), lock.beat())
            assertEquals(LockReason.LOST_OR_STOLEN, lock.reason)
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.ask(RequestKind.UNLOCK))
            lock.unlock().close()
        }
    }

    @Test
    fun `the owner freezes, locks, and allows a wipe`() = runTest {
        openEnrolled(policy).use { lock ->
            assertEquals(OwnerLock.FROZEN, lock.lockAsOwner(), "nothing could clear a lock yet")
            lock.register()
            assertEquals(Unfreezing.Done, lock.unlock().use { it.access.unfreeze() })
            lock.payments.freeze()
            assertTrue(lock.provider.state().isFrozen)
            assertEquals(Unfreezing.Done, lock.unlock().use { it.access.unfreeze() })
            assertEquals(Unfreezing.NothingFrozen, lock.unlock().use { it.access.unfreeze() })

            lock.provider.accept(account.freeze())
            assertEquals(Unfreezing.NothingFrozen, lock.unlock().use { it.access.unfreeze() }, "the provider's stays")
            assertEquals(WordOutcome.Done(WordDone.UNFROZEN), lock.ask(RequestKind.UNFREEZE))

            assertEquals(OwnerLock.LOCKED, lock.lockAsOwner())
            assertEquals(LockReason.LOCKED_BY_OWNER, lock.reason)
            assertEquals(WhoLocked.OWNER, (lock.status.value as LockStatus.Locked).by)
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.ask(RequestKind.UNLOCK))

            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(account.wipe()), "not allowed")
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.ask(RequestKind.UNLOCK))
            lock.unlock().use { it.access.allowRemoteWipe(true) }
            assertEquals(WordOutcome.Done(WordDone.WIPED), lock.provider.accept(account.wipe()))
            assertEquals(LockStatus.Wiped, lock.status.value)
        }
    }

    @Test
    fun `each refusal`() = runTest {
        val other = FakeProvider(phone.clock, seed = 2)
        openEnrolled(policy).use { lock ->
            val words = lock.provider
            val wallet = words.state().wallet
            fun order(number: Int, more: String = "", aud: String = wallet) =
                """{"v":1,"aud":"$aud","seq":$number,"act":"lock","reason":"order"$more}"""
            val early = provider.onlineKey.sign("order", order(1))
            assertEquals(WordOutcome.Refused(WordError.NOT_ALLOWED), words.accept(early), "nothing could clear it")
            val unregistered = provider.guardedKey.sign("grant", grantClaims(wallet))
            assertEquals(WordOutcome.Refused(WordError.WRONG_INSTALLATION), words.redeem(unregistered))
            lock.register()
            val asked = words.request(RequestKind.UNLOCK)
            account.vouch()
            val grant = provider.answer(asked).word
            val second = provider.onlineKey.sign("order", order(2))
            val refused = listOf(
                WordError.TOO_LONG to words.accept("A".repeat(4097)),
                WordError.MALFORMED to words.accept("nonsense"),
                WordError.UNKNOWN_KEY to words.accept(other.onlineKey.sign("order", order(2))),
                WordError.BAD_SIGNATURE to words.accept(second.replaceAfterLast('.', grant.substringAfterLast('.'))),
                WordError.WRONG_TYPE to words.redeem(second),
                WordError.WRONG_ROLE to words.accept(provider.guardedKey.sign("order", order(2))),
                WordError.WRONG_VERSION to words.accept(provider.onlineKey.sign("order", order(2).replace("\"v\":1", "\"v\":2"))),
                WordError.WRONG_WALLET to words.accept(provider.onlineKey.sign("order", order(2, aud = "A".repeat(22)))),
                WordError.NOT_ASKED to words.redeem(provider.guardedKey.sign("grant", grantClaims(wallet, account.installation))),
            )
            for ((error, outcome) in refused) assertEquals(WordOutcome.Refused(error), outcome)
            assertTrue(lock.status.value is LockStatus.Ready, "each changed nothing")
            assertEquals(WordOutcome.Done(WordDone.LOCKED), words.accept(second))
            assertEquals(WordOutcome.Refused(WordError.OLD), words.accept(early))
            assertEquals(WordOutcome.Refused(WordError.SUPERSEDED), words.redeem(grant))
            val again = words.request(RequestKind.UNLOCK)
            account.vouch()
            phone.clock.advanceMs(601.seconds.inWholeMilliseconds)
            assertEquals(WordOutcome.Refused(WordError.LATE), words.redeem(provider.answer(again).word))
            assertEquals(LockReason.PROVIDER_ORDER, lock.reason)
        }
    }

    private fun grantClaims(wallet: String, installation: String? = "A".repeat(22)) =
        """{"v":1,"aud":"$wallet","sub":"$installation","act":"unlock","req":"${"A".repeat(43)}","after":0,""" +
            """"proofs":[{"method":"person","place":"elsewhere","challenge":"${"A".repeat(22)}"}]}"""

    @Test
    fun `without a provider there is nothing to say`() = runTest {
        openEnrolled().use { lock ->
            val calls: List<suspend () -> Any?> = listOf(
                { lock.provider.register() },
                { lock.provider.request(RequestKind.UNLOCK) },
                { lock.provider.accept("nonsense") },
                { lock.provider.redeem("nonsense") },
                { lock.provider.heartbeat("nonsense") },
                { lock.unlock().use { it.access.allowRemoteWipe(true) } },
            )
            for (call in calls) assertThrows<LockException.WrongState> { call() }
            assertEquals(0, lock.provider.state().lastOrder)
        }
    }

    @Test
    fun `a request that cannot be made is a fault`() = runTest {
        openEnrolled(policy).use { lock ->
            assertThrows<LockException.WrongState>("not registered") { lock.provider.request(RequestKind.HEARTBEAT) }
            val long = ProviderRequest(what = "x".repeat(201))
            assertEquals("not valid: request", assertThrows<LockException.Invalid> { lock.provider.register(long) }.message)
            phone.deviceKey.makesSigningKeys = false
            val fault = assertThrows<LockException.DeviceKey> { lock.provider.register() }.fault
            assertEquals(DeviceKeyFault.NO_HARDWARE, fault)
        }
    }

    @Test
    fun `what the app says reaches its backend, and prints nowhere`() = runTest {
        openRegistered().use { lock ->
            lock.provider.accept(account.lock(FakeAccount.Reason.ORDER))
            val sent = account.sendCode()
            val said = ProviderRequest("sms", sent.code)
            assertEquals("ProviderRequest", said.toString())
            val grant = provider.answer(lock.provider.request(RequestKind.UNLOCK, said)).word
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.provider.redeem(grant))
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.provider.redeem(grant), "the same text: the same answer")
            assertEquals("Provider", lock.provider.toString())
        }
    }

    @Test
    fun `a stolen online key is replaced, whatever it did`() = runTest {
        openRegistered().use { lock ->
            val stolen = provider.stealOnlineKey()
            fun forged(number: Long) =
                stolen.sign("order", """{"v":1,"aud":"${account.wallet}","seq":$number,"act":"lock","reason":"lost"}""")
            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(forged((1L shl 53) - 1)))
            assertEquals(LockReason.LOST_OR_STOLEN, lock.reason)
            val grant = """{"v":1,"aud":"${account.wallet}","sub":"${account.installation}","act":"unlock"}"""
            assertTrue(lock.provider.redeem(stolen.sign("grant", grant)) is WordOutcome.Refused, "it loosens nothing")
            val keys = provider.replaceOnlineKey().getValue(account.wallet)
            assertEquals(WordOutcome.Done(WordDone.KEYS_CHANGED), lock.provider.accept(keys))
            assertTrue(lock.status.value is LockStatus.Ready, "its lock is void")
            assertEquals(WordOutcome.Refused(WordError.UNKNOWN_KEY), lock.provider.accept(forged(3)))
            assertEquals(WordOutcome.Done(WordDone.HEARTBEAT_TAKEN), lock.beat())
            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(account.lock()), "the new key orders")
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.ask(RequestKind.UNLOCK))
        }
    }

    @Test
    fun `the recovery code opens a lock of the provider after 72 hours`() = runTest {
        open(policy).use { lock ->
            val session = (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session
            val paper = session.access.createRecoveryCode().use { code ->
                FakePaper(code).also {
                    it.confirm(code)
                    assertEquals(RecoveryChange.InForce, session.access.setRecoveryCode(code))
                }
            }
            session.close()
            lock.register()
            lock.provider.accept(account.lock())
            val (newPaper, outcome) = lock.recover(paper, "264831")
            val remedies = ((outcome as RecoveryOutcome.Locked).status as LockStatus.Locked).remedies
            val state = remedies.filterIsInstance<Remedy.RecoveryCode>().single().state
            assertEquals(72.hours, (state as RemedyState.Waiting).left)
            phone.clock.advanceMs(72.hours.inWholeMilliseconds)
            lock.refresh()
            (lock.recover(newPaper, "902746").second as RecoveryOutcome.Done).session.close()
            assertTrue(lock.status.value is LockStatus.Ready)
            assertNull(lock.provider.state().installation, "to be registered anew")
            account.vouch()
            lock.register()
            assertEquals(WordOutcome.Done(WordDone.HEARTBEAT_TAKEN), lock.beat())
        }
    }

    /** Enters the code, and sets a new PIN and a new code. */
    private suspend fun WalletLock.recover(paper: FakePaper, pin: String): Pair<FakePaper, RecoveryOutcome> =
        (paper.entry().use { recovery.enterCode(it) } as CodeOutcome.Opened).rescue.use { rescue ->
            rescue.newCode().use { code ->
                val newPaper = FakePaper(code)
                newPaper.confirm(code)
                newPaper to pinOf(pin).use { rescue.finish(it, code) }
            }
        }
}
