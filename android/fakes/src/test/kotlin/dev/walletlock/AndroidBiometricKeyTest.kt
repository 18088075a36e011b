package dev.walletlock

import android.content.ContentResolver
import android.content.Context
import android.os.Build
import android.os.SystemClock
import dev.walletlock.fakes.FakeAndroidKeyStore
import java.nio.ByteBuffer
import java.security.Key
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The key that the Rust code makes for biometrics, in a fake of Android's keystore. */
@Tag("jni")
class AndroidBiometricKeyTest : LockTest() {
    private val keystore = FakeAndroidKeyStore()
    private val context = Context(ContentResolver().apply { global["boot_count"] = 7 }, null)

    /** If [isOwner], the sensor recognises the person and the key is used. Otherwise the prompt only claims success. */
    private inner class AnsweringPrompt(private val isOwner: Boolean = true) : Biometrics {
        override fun availability() = SensorAvailability.READY

        override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
            val key = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }.getKey(prompt.alias, null)
            val output = ByteBuffer.allocateDirect(prompt.operation.outputBytes)
            output.put(if (isOwner) used(key, prompt) else ByteArray(32))
            answer.authenticated(output.flip())
        }

        private fun used(key: Key, prompt: BiometricPrompt): ByteArray {
            val cipher = Cipher.getInstance("AES/GCM/NoPadding")
            if (prompt.operation == BiometricOperation.WRAP) {
                cipher.init(Cipher.ENCRYPT_MODE, key)
                keystore.authenticate(cipher)
                return cipher.iv + cipher.doFinal(prompt.input)
            }
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(128, prompt.input, 0, 12))
            keystore.authenticate(cipher)
            return cipher.doFinal(prompt.input, 12, 48)
        }

        override fun dismiss() = Unit
    }

    private suspend fun openOnPhone(biometrics: Biometrics = AnsweringPrompt()) =
        WalletLock.open(file, Platform.android(context, biometrics), STRICT)

    private suspend fun openWithFinger() = openOnPhone().also { lock ->
        lock.enrol()
        lock.unlock().use { assertEquals(BiometricChange.Done, it.access.enableBiometrics()) }
    }

    private fun biometricKeys() = keystore.keys.filterKeys { "/biometric/" in it }.values.toList()

    @BeforeEach
    fun begin() {
        keystore.install()
        Build.VERSION.SDK_INT = 35
    }

    @AfterEach
    fun end() = keystore.close()

    @ParameterizedTest
    @CsvSource("24, false, false", "28, false, false", "28, true, true", "29, true, true", "30, true, true", "35, true, true")
    fun `a finger opens the wallet by a key that asks for one each time`(
        sdk: Int,
        hasStrongBox: Boolean,
        isInStrongBox: Boolean,
    ) = runBlocking {
        Build.VERSION.SDK_INT = sdk
        keystore.hasStrongBox = hasStrongBox
        openWithFinger().use { lock ->
            (lock.verifyBiometrics() as BiometricOutcome.Unlocked).session.close()
            // There is no other key: the one that measured the StrongBox was deleted.
            val expected = FakeAndroidKeyStore.KeySpec(
                algorithm = "AES",
                bits = 256,
                isInStrongBox = isInStrongBox,
                isUnlockedDeviceRequired = false,
                isUserAuthenticationRequired = true,
                isInvalidatedByBiometricEnrollment = true,
            )
            assertEquals(listOf(expected), biometricKeys())
            lock.unlock().use { assertEquals(true, it.access.disableBiometrics()) }
        }
        assertEquals(emptyList<Any>(), biometricKeys())
        assertEquals(0, keystore.openOperations, "a phone's keystore has few at a time")
    }

    @Test
    fun `a StrongBox that is slow is not used for it either`() = runBlocking {
        keystore.hasStrongBox = true
        keystore.stopwatch = FakeAndroidKeyStore.Stopwatch { SystemClock.nowMs += it }
        keystore.strongBoxTakesMs = 250
        openWithFinger().close()
        assertEquals(listOf(false), biometricKeys().map { it.isInStrongBox })
    }

    @Test
    fun `a prompt that only says 'recognised' opens nothing`() = runBlocking {
        openWithFinger().close()
        openOnPhone(AnsweringPrompt(isOwner = false)).use { lock ->
            assertEquals(BiometricOutcome.NotRecognised, lock.verifyBiometrics())
            assertEquals(0, lock.openSessions)
        }
    }
}
