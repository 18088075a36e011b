package dev.walletlock

import android.content.ContentResolver
import android.content.Context
import android.security.KeyStoreException
import android.security.keystore.BackendBusyException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import dev.walletlock.fakes.FakeAndroidKeyStore
import dev.walletlock.fakes.FakeAndroidKeyStore.Call
import dev.walletlock.fakes.FakeAndroidKeyStore.Lie
import dev.walletlock.fakes.FakeProvider
import java.io.IOException
import java.security.InvalidKeyException
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.MethodSource

/** Whatever a phone's keystore throws, at any call: the lock reports the right fault, and loses no key and no attempt. */
@Tag("jni")
class KeystoreFaultsTest : OnAndroid() {
    /** An exception to throw, and the fault that it means for a call that uses a key. */
    class Thrown(private val name: String, val fault: DeviceKeyFault, val make: () -> Exception) {
        /** The fault that it means for a call that uses no key. */
        val faultWithoutKey = if (fault == DeviceKeyFault.GONE) DeviceKeyFault.FAILED else fault

        override fun toString() = name
    }

    private val context = Context(ContentResolver().apply { global["boot_count"] = 7 }, null)

    private suspend fun open() = WalletLock.open(file, Platform.android(context), STRICT)

    @ParameterizedTest
    @MethodSource("everything")
    fun `a call that uses a key tells what is the matter with it`(thrown: Thrown) = runBlocking {
        open().use { lock ->
            lock.enrol()
            val keys = keystore.keys
            for (call in listOf(Call.GET_KEY, Call.MAC_INIT, Call.MAC_FINAL)) {
                keystore.fail(call, thrown = thrown.make)
                assertEquals(thrown.fault, faultOf { lock.verify(RIGHT) }, "$call")
                keystore.recover()
            }
            keystore.fail(Call.LOAD, thrown = thrown.make)
            assertEquals(thrown.faultWithoutKey, faultOf { lock.verify(RIGHT) }, "no key can be asked for")
            keystore.recover()
            keystore.fail(Call.KEY_INFO, thrown = thrown.make)
            assertEquals(thrown.fault, faultOf { lock.securityLevel() })
            keystore.recover()
            lock.unlock().close()
            assertEquals(keys.keys.filter { "/pin/" in it }, keystore.keys.keys.filter { "/pin/" in it })
        }
        assertUnchanged()
    }

    @ParameterizedTest
    @MethodSource("everything")
    fun `a request that cannot be signed tells why, and leaves no key`(thrown: Thrown) = runBlocking {
        val provider = FakeProvider({ ClockReading(1, 0, System.currentTimeMillis()) })
        WalletLock.open(file, Platform.android(context), provider.policy()).use { lock ->
            lock.enrol()
            for ((call, fault) in listOf(
                Call.GENERATE_KEY_PAIR to thrown.faultWithoutKey,
                Call.GET_CERTIFICATE to thrown.fault,
                Call.SIGNATURE_INIT to thrown.fault,
                Call.SIGNATURE_SIGN to thrown.fault,
            )) {
                keystore.fail(call, thrown = thrown.make)
                assertEquals(fault, faultOf { lock.provider.register() }, "$call")
                keystore.recover()
                assertEquals(emptyList<String>(), keystore.keys.filterValues { it.algorithm == "EC" }.keys.toList(), "$call")
            }
            assertEquals(null, provider.answer(lock.provider.register()).refusal)
        }
    }

    @ParameterizedTest
    @MethodSource("everything")
    fun `that a key is gone is not believed when it is said once`(thrown: Thrown) = runBlocking {
        open().use { lock ->
            lock.enrol()
            val told = thrown.fault.takeIf { it != DeviceKeyFault.GONE }
            keystore.fail(Call.KEY_INFO, times = 1, thrown = thrown.make)
            assertEquals(told, faultOf { lock.securityLevel() })
            for (call in listOf(Call.GET_KEY, Call.MAC_INIT, Call.MAC_FINAL)) {
                keystore.fail(call, times = 1, thrown = thrown.make)
                assertEquals(told, faultOf { lock.verify(RIGHT).close() }, "$call")
                keystore.recover()
            }
        }
        assertUnchanged()
    }

    @ParameterizedTest
    @MethodSource("everything")
    fun `no other call says that a key is gone`(thrown: Thrown) = runBlocking {
        val expected = thrown.faultWithoutKey
        open().use { lock ->
            for (call in listOf(Call.CONTAINS_ALIAS, Call.GENERATE_KEY)) {
                keystore.fail(call, thrown = thrown.make)
                assertEquals(expected, faultOf { lock.enrol() }, "$call")
                keystore.recover()
            }
            lock.enrol()
        }
        keystore.fail(Call.ALIASES, times = 1, thrown = thrown.make)
        open().use { it.assertBusyThenRecovers(expected) }
        assertUnchanged()
        keystore.fail(Call.DELETE_ENTRY, thrown = thrown.make)
        // The previous seal key must be deleted before the PIN is checked. If that fails, there is no attempt.
        open().use { lock -> assertEquals(expected, faultOf { lock.verify(RIGHT).close() }) }
        keystore.recover()
        assertUnchanged()
    }

    @ParameterizedTest
    @EnumSource(Lie::class)
    fun `a call that answers as if nothing were there is not believed`(lie: Lie) = runBlocking {
        open().use { lock ->
            lock.enrol()
            for (times in listOf(1, 2, FakeAndroidKeyStore.UNTIL_TOLD)) {
                keystore.lie(lie, times)
                val fault = if (lie == Lie.NULL_KEY) DeviceKeyFault.FAILED else null
                assertEquals(fault, faultOf { lock.verify(RIGHT).close() }, "$lie $times")
                keystore.recover()
                lock.unlock().close()
            }
        }
        for (times in listOf(1, FakeAndroidKeyStore.UNTIL_TOLD)) {
            keystore.lie(lie, times)
            open().use { lock ->
                val fault = when {
                    lie == Lie.NULL_ALIASES || lie == Lie.NULL_KEY -> DeviceKeyFault.FAILED
                    // The keystore denies the PIN's key, but also the probe key just made, so it is not believed.
                    lie == Lie.NO_SUCH_ALIAS && times != 1 -> DeviceKeyFault.BUSY
                    else -> null
                }
                if (fault == null) {
                    assertEquals(LockStatus.Ready(triesLeft = 4), lock.status.value)
                } else {
                    lock.assertBusyThenRecovers(fault)
                }
            }
            keystore.recover()
            assertUnchanged()
        }
    }

    @Test
    fun `a keystore that has no key at all, the one just made neither, is not believed`() = runBlocking {
        open().use { lock ->
            lock.enrol()
            keystore.lie(Lie.NULL_KEY)
            keystore.lie(Lie.NO_SUCH_ALIAS)
            assertEquals(DeviceKeyFault.BUSY, faultOf { lock.verify(RIGHT) })
            assertEquals(LockStatus.Ready(triesLeft = 4), lock.refresh(), "no try was lost")
            keystore.recover()
            lock.unlock().close()
        }
        assertUnchanged()
    }

    /** Checks that the wallet is unchanged: all attempts are left, and the right PIN opens it. */
    private suspend fun assertUnchanged() = open().use { lock ->
        assertEquals(LockStatus.Ready(triesLeft = 4), lock.status.value)
        lock.unlock().close()
    }

    /** Checks a lock that was opened while the keystore did not answer: it is `Busy`, and `recheck` is enough to recover. */
    private suspend fun WalletLock.assertBusyThenRecovers(fault: DeviceKeyFault) {
        assertEquals(LockStatus.Busy, status.value)
        assertEquals(fault, faultOf { verify(RIGHT) })
        assertEquals(LockStatus.Busy, status.value)
        keystore.recover()
        assertEquals(LockStatus.Ready(triesLeft = 4), recheck())
        unlock().close()
    }

    private fun PinOutcome.close() = also { (it as? PinOutcome.Right)?.session?.close() }

    private suspend fun faultOf(call: suspend () -> Any?): DeviceKeyFault? =
        try {
            ((call() as? PinOutcome.NoVerdict)?.cause as? NoVerdictCause.DeviceKey)?.fault
        } catch (thrown: LockException.DeviceKey) {
            thrown.fault
        }

    private companion object {
        @JvmStatic
        fun everything(): List<Thrown> = listOf(
            Thrown("ProviderException", DeviceKeyFault.FAILED) { ProviderException("Keystore operation failed") },
            Thrown("IllegalStateException", DeviceKeyFault.FAILED) { IllegalStateException() },
            Thrown("NullPointerException", DeviceKeyFault.FAILED) { NullPointerException() },
            Thrown("InvalidKeyException", DeviceKeyFault.FAILED) { InvalidKeyException("Keystore operation failed") },
            Thrown("UnrecoverableKeyException", DeviceKeyFault.FAILED) { UnrecoverableKeyException() },
            Thrown("UnrecoverableKeyException of an invalidated key", DeviceKeyFault.GONE) {
                UnrecoverableKeyException().apply { initCause(KeyPermanentlyInvalidatedException()) }
            },
            Thrown("KeyPermanentlyInvalidatedException", DeviceKeyFault.GONE) { KeyPermanentlyInvalidatedException() },
            Thrown("UserNotAuthenticatedException", DeviceKeyFault.BUSY) { UserNotAuthenticatedException() },
            Thrown("BackendBusyException", DeviceKeyFault.BUSY) { BackendBusyException() },
            Thrown("StrongBoxUnavailableException", DeviceKeyFault.FAILED) { StrongBoxUnavailableException() },
        ) + (1..17).map { code ->
            val fault = when (code) {
                // User authentication is needed; the keystore is not ready yet; other apps began too many operations.
                2, 3, 15 -> DeviceKeyFault.BUSY
                // The key does not exist; the key is corrupted.
                6, 7 -> DeviceKeyFault.GONE
                else -> DeviceKeyFault.FAILED
            }
            Thrown("KeyStoreException $code", fault) { wrapped(KeyStoreException(code, false)) }
        } + listOf(4, 10, 16, 17).map { code ->
            Thrown("KeyStoreException $code that passes", DeviceKeyFault.BUSY) { wrapped(KeyStoreException(code, true)) }
        }

        /** Wraps [inner] as AOSP's KeyStoreCryptoOperationUtils does. */
        fun wrapped(inner: Exception) = ProviderException("Keystore operation failed", IOException(inner))
    }
}
