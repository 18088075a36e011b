package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.io.File
import java.io.RandomAccessFile
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What each fault looks like from Kotlin. Its message may be logged, so the text is fixed and tested too. */
class ErrorsTest : LockTest() {
    @Test
    fun `another process is refused clearly, and let in afterwards`() = runTest(timeout = 5.minutes) {
        openEnrolled().use {
            val refused = "dev.walletlock.LockException\$InUse: this wallet is already open"
            assertEquals(refused, openInAnotherProcess())
        }
        // The other process has other keys and finds the wallet damaged. But it can open it.
        assertEquals("Locked(reason=DATA_DAMAGED, by=PHONE, remedies=[CheckAgain], message=null)", openInAnotherProcess())
    }

    @Test
    fun `what a newer version wrote is refused and left alone`() = runTest {
        openEnrolled().close()
        // SQLite keeps the number of the schema (`user_version`) at byte 60.
        RandomAccessFile(file, "rw").use {
            it.seek(60)
            it.writeInt(1_000)
        }
        val before = file.readBytes()
        assertEquals("a newer version wrote this wallet", assertThrows<LockException.NewerVersion> { open() }.message)
        assertTrue(before.contentEquals(file.readBytes()))
    }

    @Test
    fun `storage that fails is told`() = runTest {
        val nowhere = File(folder, "no-such-folder/wallet.db")
        val fault = assertThrows<LockException.Storage> { WalletLock.open(nowhere, phone.platform) }
        assertEquals("the storage failed", fault.message)
    }

    @Test
    fun `damaged data is told by whatever needs it`() = runTest {
        openEnrolled().close()
        phone.deviceKey.loseAll()
        open().use { lock ->
            assertEquals("protected data is damaged", assertThrows<LockException.DataDamaged> { lock.enrol() }.message)
            assertThrows<LockException.DataDamaged> { lock.verifyJournal() }
            assertThrows<LockException.DataDamaged> { lock.takeReminder() }
            assertThrows<LockException.DataDamaged> { lock.rollbackProtection() }
        }
    }

    @Test
    fun `a device key that does not answer is told, and which way`() = runTest {
        for (fault in DeviceKeyFault.entries) {
            // Opening asks about no particular key here, so `GONE` says nothing and is reported as `BUSY`.
            val told = if (fault == DeviceKeyFault.GONE) DeviceKeyFault.BUSY else fault
            phone.deviceKey.failure = DeviceKeyException(fault)
            open().use { lock ->
                assertEquals(LockStatus.Busy, lock.status.value)
                assertEquals(LockStatus.Busy, lock.recheck())
                val thrown = assertThrows<LockException.DeviceKey> { lock.enrol() }
                assertEquals(told, thrown.fault)
                assertEquals("the device key cannot be used: $told", thrown.message)
                phone.deviceKey.failure = null
                assertEquals(LockStatus.Unconfigured, lock.recheck())
                assertEquals(LockStatus.Unconfigured, lock.status.value)
            }
        }
    }

    @Test
    fun `a clock and randomness that fail are told`() = runTest {
        phone.clock.failure = IllegalStateException("no clock")
        assertEquals("clock, randomness or sensor failed", assertThrows<LockException.Platform> { open() }.message)
        phone.clock.failure = null
        phone.entropy.failure = IllegalStateException("no randomness")
        assertThrows<LockException.Platform> { open() }
        phone.entropy.failure = null
        phone.clock.isBootCountReadable = false
        open().use { lock -> assertThrows<LockException.Platform> { lock.enrol() } }
    }

    @Test
    fun `a session that is over is told`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                lock.lockNow()
                val calls: List<suspend () -> Any?> = listOf(
                    { session.vault.read("item") },
                    { session.vault.write("item", byteArrayOf(1)) },
                    { session.vault.delete("item") },
                    { session.vault.names() },
                    { session.journal.page() },
                    { session.journal.export(StringBuilder()) },
                    { session.journal.key() },
                    { session.change(RIGHT, "902746") },
                    { pinOf(RIGHT).use { session.access.clearWipePin(it) } },
                    { session.access.hasWipePin() },
                    { session.access.enableBiometrics() },
                    { session.access.disableBiometrics() },
                    { session.access.unfreeze() },
                    { session.access.allowRemoteWipe(true) },
                    { session.access.channels() },
                    { session.access.secondFactor() },
                    { session.access.checklist() },
                    { session.payments.authorize(PAYMENT) },
                    { session.payments.panicFreeze() },
                    { session.limits.all() },
                    { session.limits.set(LIMIT) },
                    { session.limits.remove(LIMIT) },
                    { session.limits.cancelRaise(LIMIT) },
                    { session.authMethod() },
                )
                for (call in calls) {
                    assertEquals("the session is over", assertThrows<LockException.SessionEnded> { call() }.message)
                }
            }
        }
    }

    @Test
    fun `what the state does not allow is told`() = runTest {
        open().use { lock ->
            val fault = assertThrows<LockException.WrongState> { lock.verifyJournal() }
            assertEquals("not possible in this state", fault.message)
            assertThrows<LockException.WrongState> { lock.takeReminder() }
            assertThrows<LockException.WrongState> { lock.rollbackProtection() }
            assertThrows<LockException.WrongState> { lock.wipe() }
            assertThrows<LockException.WrongState> { lock.payments.freeze() }
            assertThrows<LockException.WrongState> { lock.lockAsOwner() }
            assertThrows<LockException.WrongState> { lock.provider.state() }
            lock.enrol()
            assertThrows<LockException.WrongState> { lock.enrol("902746") }
        }
    }

    @Test
    fun `an argument that is not valid is named`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                val empty = assertThrows<LockException.Invalid> { session.vault.write("", byteArrayOf(1)) }
                assertEquals("not valid: ${empty.what}", empty.message)
                assertThrows<LockException.Invalid> { session.vault.write("x".repeat(129), byteArrayOf(1)) }
                assertThrows<LockException.Invalid> { session.vault.write("item", ByteArray(64 * 1024 + 1)) }
                assertThrows<LockException.Invalid> { session.vault.read("") }
                assertEquals(emptyList<String>(), session.vault.names())
            }
        }
    }

    @Test
    fun `earlier PINs cannot be found out by proposing`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                repeat(10) { assertTrue(session.change(RIGHT, RIGHT) is PinChange.Forbidden) }
                val fault = assertThrows<LockException.LimitReached> { session.change(RIGHT, "902746") }
                assertEquals("limit reached: PIN proposals in this session", fault.message)
            }
        }
    }

    @Test
    fun `a closed lock tells so, whatever is asked`() = runTest {
        val lock = openEnrolled()
        val session = lock.unlock()
        lock.close()
        pinOf(RIGHT).use { entry ->
            val calls: List<suspend () -> Any?> = listOf(
                { lock.refresh() },
                { lock.prepare() },
                { lock.releaseMemory() },
                { lock.judgePin(entry) },
                { lock.enrol(entry) },
                { lock.verifyPin(entry) },
                { lock.remove(entry) },
                { lock.wipe() },
                { lock.lockNow() },
                { lock.saveTime() },
                { lock.policy() },
                { lock.securityLevel() },
                { lock.rollbackProtection() },
                { lock.takeReminder() },
                { lock.verifyJournal() },
                { lock.biometricAvailability() },
                { lock.verifyBiometrics() },
                { lock.payments.freeze() },
                { lock.payments.authorize(PAYMENT) },
                { lock.payments.stateOf("1") },
                { lock.payments.captured("1", 1) },
                { lock.payments.state() },
                { lock.payments.panicFreeze(entry) },
                { lock.lockAsOwner() },
                { lock.provider.register() },
                { lock.provider.request(RequestKind.UNLOCK) },
                { lock.provider.redeem("") },
                { lock.provider.accept("") },
                { lock.provider.heartbeat("") },
                { lock.provider.state() },
                { lock.recovery.progress() },
                { lock.recovery.proveAuthenticator(entry) },
                { session.authMethod() },
                { session.vault.read("item") },
                { session.vault.write("item", byteArrayOf(1)) },
                { session.vault.delete("item") },
                { session.vault.names() },
                { session.journal.page() },
                { session.journal.export(StringBuilder()) },
                { session.journal.key() },
                { session.access.changePin(entry, entry) },
                { session.access.setWipePin(entry, entry) },
                { session.access.clearWipePin(entry) },
                { session.access.hasWipePin() },
                { session.access.enableBiometrics() },
                { session.access.disableBiometrics() },
                { session.access.unfreeze() },
                { session.access.allowRemoteWipe(true) },
                { session.access.channels() },
                { session.access.proveSecondFactor(entry) },
                { session.payments.authorize(PAYMENT) },
                { session.payments.panicFreeze() },
                { session.limits.all() },
                { session.limits.set(LIMIT) },
                { session.limits.remove(LIMIT) },
                { session.limits.cancelRaise(LIMIT) },
            )
            for (call in calls) assertEquals("closed", assertThrows<LockException.Closed> { call() }.message)
            assertEquals(6, entry.length, "nobody took the digits")
        }
        assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value, "the last status stands")
    }

    private fun openInAnotherProcess(): String = OwnJvm(AnotherProcess, file.path).output().joinToString("\n")
}

/** Opens a wallet and prints its status, or what was thrown. */
object AnotherProcess {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val said = try {
            WalletLock.open(File(arguments.single()), dev.walletlock.fakes.FakePhone().platform).use { it.status.value }
        } catch (fault: LockException) {
            fault
        }
        println(said)
    }
}
