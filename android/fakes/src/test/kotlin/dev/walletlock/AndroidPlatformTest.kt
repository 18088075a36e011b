package dev.walletlock

import android.content.ContentResolver
import android.content.Context
import android.os.Build
import android.security.keystore.StrongBoxUnavailableException
import dev.walletlock.fakes.FakeAndroidKeyStore
import dev.walletlock.fakes.FakeProvider
import java.io.File
import java.security.ProviderException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The platform parts that Rust brings for Android, on stand-ins for Android's classes. */
@Tag("jni")
class AndroidPlatformTest : OnAndroid() {
    private val settings = ContentResolver().apply { global["boot_count"] = 7 }

    /** A screen's context, without settings: the lock must use the context of the application. */
    private val context = Context(ContentResolver(), Context(settings, null))

    private val gone = PinOutcome.NoVerdict(NoVerdictCause.DeviceKey(DeviceKeyFault.GONE))

    private suspend fun openOnPhone(file: File = this.file, policy: Policy = STRICT) =
        WalletLock.open(file, Platform.android(context), policy)

    private fun pinKey() = keystore.keys.keys.single { "/pin/" in it }

    @ParameterizedTest
    @CsvSource(
        "24, false, TRUSTED_ENVIRONMENT, false",
        "27, true, TRUSTED_ENVIRONMENT, false",
        "28, true, TRUSTED_ENVIRONMENT, false",
        "31, false, TRUSTED_ENVIRONMENT, false",
        "31, true, STRONGBOX, false",
        "34, true, STRONGBOX, false",
        "35, true, STRONGBOX, true",
        "35, false, TRUSTED_ENVIRONMENT, true",
    )
    fun `a PIN is set, is told from a wrong one and opens, also after a restart of the app`(
        sdk: Int,
        hasStrongBox: Boolean,
        level: SecurityLevel,
        pinKeyNeedsUnlockedPhone: Boolean,
    ) = runTest {
        Build.VERSION.SDK_INT = sdk
        keystore.hasStrongBox = hasStrongBox
        openOnPhone().use { lock ->
            assertEquals(LockStatus.Unconfigured, lock.status.value)
            lock.enrol()
            lock.unlock().use { session ->
                session.vault.write("card-token", byteArrayOf(7))
                val enrolled = session.journal.page(JournalQuery(kinds = setOf(JournalKind.ENROLLED))).entries.single()
                assertEquals(7, enrolled.bootCount)
                val now = System.currentTimeMillis()
                assertTrue(enrolled.wallMs in now - 60_000..now + 60_000, "${enrolled.wallMs} at $now")
                assertTrue(enrolled.sinceBootMs > 0)
                assertEquals(level.name.lowercase(), enrolled.details?.get("device_key"))
            }
            assertEquals(level, lock.securityLevel())
        }
        openOnPhone().use { lock ->
            assertEquals(LockStatus.Ready(triesLeft = 4), lock.status.value)
            assertEquals(PinOutcome.Wrong(triesLeft = 3, cooldownMs = 0, repeated = false), lock.verify(WRONG))
            lock.unlock().use { assertEquals(7, it.vault.read("card-token")?.single()) }
        }
        val (pins, seals) = keystore.keys.entries.partition { "/pin/" in it.key }
        assertEquals(pinKeyNeedsUnlockedPhone, pins.single().value.isUnlockedDeviceRequired)
        assertEquals(false, seals.single().value.isUnlockedDeviceRequired, "the seal works while the screen is locked")
        // Android 9 to 11 have StrongBoxes too, but a key there cannot report that it is in one.
        assertEquals(hasStrongBox && sdk >= 28, pins.single().value.isInStrongBox)
    }

    @ParameterizedTest
    @CsvSource("24, false, false", "28, true, true", "35, true, true", "35, true, false", "35, false, false")
    fun `the keystore signs the requests to the provider, also while the phone is locked`(
        sdk: Int,
        hasStrongBox: Boolean,
        isFast: Boolean,
    ) = runTest {
        Build.VERSION.SDK_INT = sdk
        keystore.hasStrongBox = hasStrongBox
        keystore.strongBoxTakesMs = if (isFast) 100 else 250
        val provider = FakeProvider(Clock { ClockReading(1, 0, System.currentTimeMillis()) })
        openOnPhone(policy = provider.policy()).use { lock ->
            lock.enrol()
            keystore.isPhoneLocked = true
            assertEquals(WordOutcome.Done(WordDone.REGISTERED), lock.provider.redeem(provider.answer(lock.provider.register()).word))
        }
        val installation = keystore.keys.filterValues { it.algorithm == "EC" }.values.single()
        val spec = FakeAndroidKeyStore.KeySpec("EC", 256, hasStrongBox && isFast, false, false, false)
        assertEquals(spec, installation)
        openOnPhone(policy = provider.policy()).use { lock ->
            val account = provider.accounts.single()
            assertEquals(WordOutcome.Done(WordDone.LOCKED), lock.provider.accept(account.lock()))
            account.vouch()
            val request = lock.provider.request(RequestKind.UNLOCK)
            assertEquals(WordOutcome.Done(WordDone.UNLOCKED), lock.provider.redeem(provider.answer(request).word))
        }
        assertEquals(emptyList<String>(), keystore.keys.keys.filter { "probe" in it })
    }

    @Test
    fun `a StrongBox that is slow is not used, and leaves no key behind`() = runTest {
        keystore.hasStrongBox = true
        keystore.strongBoxTakesMs = 250
        openOnPhone().use { lock ->
            lock.enrol()
            assertEquals(SecurityLevel.TRUSTED_ENVIRONMENT, lock.securityLevel())
        }
        assertEquals(listOf(false, false), keystore.keys.values.map { it.isInStrongBox })
    }

    @Test
    fun `a keystore that is slow as a whole says nothing of the StrongBox`() = runTest {
        keystore.hasStrongBox = true
        keystore.strongBoxTakesMs = 150
        keystore.takesMs = 2_000
        openOnPhone().use { lock ->
            lock.enrol()
            assertEquals(SecurityLevel.STRONGBOX, lock.securityLevel())
        }
        assertEquals(2, keystore.keys.size, "${keystore.keys.keys}: what it was measured with is gone")
    }

    @ParameterizedTest
    @CsvSource("false", "true")
    fun `a StrongBox that fails is not used this time, and asked again the next`(saysWhy: Boolean) = runTest {
        keystore.hasStrongBox = true
        val thrown = if (saysWhy) StrongBoxUnavailableException() else ProviderException("Keystore key generation failed")
        openOnPhone().use { lock ->
            keystore.strongBoxFailure = { thrown }
            lock.enrol()
            keystore.strongBoxFailure = null
            assertEquals(SecurityLevel.TRUSTED_ENVIRONMENT, lock.securityLevel())
            lock.unlock().use { assertTrue(it.change(RIGHT, "264831") is PinChange.Changed) }
            assertEquals(SecurityLevel.STRONGBOX, lock.securityLevel())
        }
    }

    @Test
    fun `while the phone is locked the PIN waits, the status does not, and no try is lost`() = runTest {
        openOnPhone().use { lock ->
            lock.enrol()
            keystore.isPhoneLocked = true
            val busy = NoVerdictCause.DeviceKey(DeviceKeyFault.BUSY)
            repeat(3) { assertEquals(PinOutcome.NoVerdict(busy), lock.verify(RIGHT)) }
            assertEquals(LockStatus.Ready(triesLeft = 4), lock.refresh())
            keystore.isPhoneLocked = false
            lock.unlock().close()
        }
        keystore.isPhoneLocked = true
        openOnPhone().use { assertEquals(LockStatus.Ready(triesLeft = 4), it.status.value) }
    }

    @Test
    fun `a key that was deleted is told, and is damage when the app is started again`() = runTest {
        openOnPhone().use { lock ->
            lock.enrol()
            keystore.lose(pinKey())
            assertEquals(gone, lock.verify(RIGHT))
            assertEquals(LockStatus.Ready(triesLeft = 4), lock.refresh(), "no try was lost")
        }
        openOnPhone().use { lock ->
            assertEquals(LockReason.DATA_DAMAGED, (lock.status.value as LockStatus.Locked).reason)
        }
    }

    @Test
    fun `a key that the phone has invalidated is told with every try`() = runTest {
        openOnPhone().use { lock ->
            lock.enrol()
            keystore.invalidate(pinKey())
            assertEquals(gone, lock.verify(RIGHT))
        }
        // The key is still listed, so only its use shows the fault.
        openOnPhone().use { lock ->
            repeat(3) { assertEquals(gone, lock.verify(RIGHT)) }
            assertEquals(LockStatus.Ready(triesLeft = 4), lock.refresh())
        }
    }

    @Test
    fun `a phone without a keystore is told`() = runTest {
        keystore.close()
        openOnPhone().use { lock ->
            assertEquals(LockStatus.Busy, lock.status.value)
            assertEquals(DeviceKeyFault.NO_HARDWARE, assertThrows<LockException.DeviceKey> { lock.enrol() }.fault)
        }
    }

    @Test
    fun `without a boot count no PIN is taken`() = runTest {
        settings.global.clear()
        openOnPhone().use { lock -> assertThrows<LockException.Platform> { lock.enrol() } }
        settings.global["boot_count"] = 7
        openOnPhone().use { it.enrol() }
    }

    @Test
    fun `what is no context is told`() = runTest {
        assertThrows<LockException.Platform> { WalletLock.open(file, Platform.android("no context")) }
        openOnPhone().close()
    }

    @Test
    fun `threads use it at once`() = runBlocking {
        openOnPhone(policy = Policy.DEFAULT).use { lock ->
            lock.enrol()
            val tries = List(4) { async(Dispatchers.IO) { lock.verify(RIGHT) } }
            assertEquals(emptyList<PinOutcome>(), tries.awaitAll().filterNot { it is PinOutcome.Right })
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh())
        }
    }
}
