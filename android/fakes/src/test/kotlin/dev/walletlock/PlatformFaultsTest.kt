package dev.walletlock

import dev.walletlock.fakes.FakeProvider
import java.io.File
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.MethodSource

/** Whatever a part of the platform throws, the process survives, and a closed wallet stays closed. */
class PlatformFaultsTest : LockTest() {
    private val thrown = AtomicReference<Throwable?>()
    private val throwing = AtomicReference("")

    private fun at(call: String) {
        if (throwing.get() == call) thrown.get()?.let { throw it }
    }

    private val platform = Platform(
        clock = {
            at("clock")
            phone.clock.now()
        },
        deviceKey = object : DeviceKey by phone.deviceKey {
            override fun aliases(prefix: String) = at("aliases").let { phone.deviceKey.aliases(prefix) }

            override fun exists(alias: String) = at("exists").let { phone.deviceKey.exists(alias) }

            override fun create(alias: String, purpose: KeyPurpose) =
                at("create").let { phone.deviceKey.create(alias, purpose) }

            override fun ready(alias: String) = at("ready").let { phone.deviceKey.ready(alias) }

            override fun hmac(alias: String, input: ByteArray) =
                at("hmac").let { phone.deviceKey.hmac(alias, input) }

            override fun delete(alias: String) = at("delete").let { phone.deviceKey.delete(alias) }

            override fun publicKey(alias: String) = at("publicKey").let { phone.deviceKey.publicKey(alias) }

            override fun sign(alias: String, message: ByteArray) = at("sign").let { phone.deviceKey.sign(alias, message) }
        },
        entropy = {
            at("entropy")
            phone.entropy.randomBytes(it)
        },
    )

    private suspend fun <T> whileThrowing(call: String, what: Throwable, block: suspend () -> T): T {
        thrown.set(what)
        throwing.set(call)
        return block().also { throwing.set("") }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    fun `a try is left without a verdict`(what: Throwable) = runTest {
        openFaulty { lock ->
            suspend fun outcome(call: String) = whileThrowing(call, what) { lock.verify(RIGHT) }
            val failed = NoVerdictCause.DeviceKey(DeviceKeyFault.FAILED)
            assertEquals(PinOutcome.NoVerdict(NoVerdictCause.Platform), outcome("clock"))
            assertEquals(PinOutcome.NoVerdict(NoVerdictCause.Platform), outcome("entropy"))
            assertEquals(PinOutcome.NoVerdict(failed), outcome("ready"))
            assertEquals(PinOutcome.NoVerdict(failed), outcome("hmac"))
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh(), "no try was lost")
            lock.unlock().close()
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `what a device key says of itself is told, and costs no try`(fault: DeviceKeyFault) = runTest {
        openFaulty { lock ->
            for (call in listOf("ready", "hmac")) {
                // Once plainly, and once with causes, one of them of a class of the app's own.
                val what = object : RuntimeException(DeviceKeyException(fault, IllegalStateException("835179"))) {}
                for (thrown in listOf(DeviceKeyException(fault), DeviceKeyException(fault, what))) {
                    val told = PinOutcome.NoVerdict(NoVerdictCause.DeviceKey(fault))
                    assertEquals(told, whileThrowing(call, thrown) { lock.verify(RIGHT) })
                }
            }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh())
            lock.unlock().close()
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    fun `a request to the provider fails with a fault, and leaves no key`(what: Throwable) = runTest {
        val provider = FakeProvider(phone.clock)
        open(provider.policy(), platform).use { lock ->
            lock.enrol()
            val keys = phone.deviceKey.allAliases
            for (call in listOf("create", "publicKey", "sign")) {
                whileThrowing(call, what) {
                    assertEquals(DeviceKeyFault.FAILED, assertThrows<LockException.DeviceKey> { lock.provider.register() }.fault)
                }
                assertEquals(keys, phone.deviceKey.allAliases, call)
            }
            assertEquals(null, provider.answer(lock.provider.register()).refusal)
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    fun `opening and enrolling fail with a fault`(what: Throwable) = runTest {
        for (call in listOf("clock", "entropy")) {
            whileThrowing(call, what) { assertThrows<LockException.Platform> { open(platform = platform) } }
        }
        for (call in listOf("exists", "aliases")) {
            whileThrowing(call, what) { open(platform = platform) }.use { lock ->
                assertEquals(LockStatus.Busy, lock.status.value)
                assertEquals(DeviceKeyFault.FAILED, assertThrows<LockException.DeviceKey> { lock.enrol() }.fault)
                assertEquals(LockStatus.Unconfigured, lock.recheck())
            }
        }
        open(platform = platform).use { lock ->
            for (call in listOf("create", "hmac")) {
                whileThrowing(call, what) {
                    assertEquals(DeviceKeyFault.FAILED, assertThrows<LockException.DeviceKey> { lock.enrol() }.fault)
                }
                assertEquals(LockStatus.Unconfigured, lock.status.value)
            }
            lock.enrol()
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    fun `a session is not used without a clock`(what: Throwable) = runTest {
        openFaulty { lock ->
            lock.unlock().use { session ->
                whileThrowing("clock", what) {
                    assertEquals(false, session.isLive)
                    assertThrows<LockException.Platform> { session.vault.names() }
                    assertThrows<LockException.Platform> { lock.refresh() }
                }
                assertTrue(session.isLive)
            }
        }
    }

    @Test
    fun `what is given in the wrong size is a fault`() = runTest {
        val short = Platform(phone.clock, phone.deviceKey, entropy = { ByteArray(it - 1) })
        assertThrows<LockException.Platform> { open(platform = short) }
        val long = object : DeviceKey by phone.deviceKey {
            override fun hmac(alias: String, input: ByteArray) = phone.deviceKey.hmac(alias, input) + 0
        }
        open(platform = Platform(phone.clock, long)).use { lock ->
            assertEquals(DeviceKeyFault.FAILED, assertThrows<LockException.DeviceKey> { lock.enrol() }.fault)
        }
    }

    @Test
    fun `nonsense from a clock is a fault or a restart, never an opening`() = runTest {
        val reading = AtomicReference(phone.clock.now())
        open(STRICT, Platform(reading::get, phone.deviceKey)).use { lock ->
            lock.enrol()
            val session = lock.unlock()
            repeat(2) { lock.verify(WRONG) }
            for (nonsense in listOf(
                ClockReading(bootCount = 1, sinceBootMs = -1, wallMs = 0),
                ClockReading(bootCount = -1, sinceBootMs = Long.MIN_VALUE, wallMs = Long.MIN_VALUE),
            )) {
                reading.set(nonsense)
                assertEquals(PinOutcome.NoVerdict(NoVerdictCause.Platform), lock.verify(RIGHT))
            }
            reading.set(ClockReading(bootCount = Int.MAX_VALUE, sinceBootMs = 0, wallMs = Long.MAX_VALUE))
            assertTrue(lock.verify(RIGHT) is PinOutcome.Locked)
            assertEquals(false, session.isLive)
            session.close()
        }
    }

    @Test
    fun `what a device key is given to work on is wiped afterwards`() = runTest {
        val kept = mutableListOf<ByteArray>()
        val keeping = object : DeviceKey by phone.deviceKey {
            override fun hmac(alias: String, input: ByteArray): ByteArray {
                kept += input
                return phone.deviceKey.hmac(alias, input)
            }

            override fun sign(alias: String, message: ByteArray): ByteArray {
                kept += message
                return phone.deviceKey.sign(alias, message)
            }
        }
        open(FakeProvider(phone.clock).policy(), Platform(phone.clock, keeping)).use { lock ->
            lock.enrol()
            lock.unlock().close()
            val before = kept.size
            lock.provider.register(ProviderRequest(code = "835179"))
            assertEquals(before + 1, kept.size)
        }
        assertTrue(kept.size >= 4 && kept.all { it.isNotEmpty() })
        assertTrue(kept.all { input -> input.all { it == 0.toByte() } })
    }

    @Test
    fun `what keeps the key is told by the key and written down, and a key that does not say is no fault`() = runTest {
        open().use { lock ->
            assertThrows<LockException.WrongState> { lock.securityLevel() }
            phone.deviceKey.securityLevel = SecurityLevel.STRONGBOX
            lock.enrol()
            for (level in SecurityLevel.entries) {
                phone.deviceKey.securityLevel = level
                assertEquals(level, lock.securityLevel())
            }
            lock.unlock().use { session ->
                val enrolled = session.journal.page(JournalQuery(kinds = setOf(JournalKind.ENROLLED))).entries.single()
                assertEquals("strongbox", enrolled.details?.get("device_key"))
            }
        }
        val silent = object : DeviceKey by phone.deviceKey {
            override fun securityLevel(alias: String) = error("it does not say")
        }
        WalletLock.open(File(folder, "silent.db"), Platform(phone.clock, silent)).use { lock ->
            lock.enrol()
            assertEquals(DeviceKeyFault.FAILED, assertThrows<LockException.DeviceKey> { lock.securityLevel() }.fault)
        }
        val older = object : DeviceKey {
            override fun aliases(prefix: String) = phone.deviceKey.aliases(prefix)

            override fun exists(alias: String) = phone.deviceKey.exists(alias)

            override fun create(alias: String, purpose: KeyPurpose) = phone.deviceKey.create(alias, purpose)

            override fun ready(alias: String) = phone.deviceKey.ready(alias)

            override fun hmac(alias: String, input: ByteArray) = phone.deviceKey.hmac(alias, input)

            override fun delete(alias: String) = phone.deviceKey.delete(alias)
        }
        val policy = FakeProvider(phone.clock).policy()
        WalletLock.open(File(folder, "older.db"), Platform(phone.clock, older), policy).use { lock ->
            lock.enrol()
            assertEquals(SecurityLevel.UNKNOWN, lock.securityLevel(), "written before there was the question")
            val fault = assertThrows<LockException.DeviceKey> { lock.provider.register() }.fault
            assertEquals(DeviceKeyFault.NO_HARDWARE, fault)
        }
    }

    private suspend fun TestScope.openFaulty(block: suspend (WalletLock) -> Unit) =
        open(platform = platform).use { lock ->
            lock.enrol()
            block(lock)
        }

    companion object {
        @JvmStatic
        fun throwables() = listOf<Throwable>(
            IllegalStateException("835179"),
            NullPointerException(),
            java.io.IOException("checked, as Java may throw"),
            kotlinx.coroutines.CancellationException("not the caller's"),
            AssertionError("an error, not an exception"),
            StackOverflowError(),
            OutOfMemoryError("so it says"),
            NoClassDefFoundError("android/security/keystore2/Gone"),
        )
    }
}
