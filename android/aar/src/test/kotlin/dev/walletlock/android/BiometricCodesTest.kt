@file:Suppress("DEPRECATION") // older Android versions have no other calls

package dev.walletlock.android

import android.content.pm.PackageManager
import android.hardware.fingerprint.FingerprintManager
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import dev.walletlock.BiometricEnd
import dev.walletlock.SensorAvailability
import java.security.InvalidKeyException
import java.security.KeyStoreException
import java.security.UnrecoverableKeyException
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowFingerprintManager

/** The codes by which Android says what is wrong: AOSP's BiometricConstants, and those of Identity Check. */
@RunWith(RobolectricTestRunner::class)
class BiometricCodesTest {
    @get:Rule
    val android = AndroidVersion()

    @Test
    fun `each end of a prompt is told as what it is`() {
        val expected = mapOf(
            BiometricEnd.TIMED_OUT to setOf(3),
            BiometricEnd.CANCELLED_BY_SYSTEM to setOf(5),
            BiometricEnd.LOCKED_OUT to setOf(7),
            BiometricEnd.LOCKED_OUT_FOR_GOOD to setOf(9),
            BiometricEnd.CANCELLED_BY_PERSON to setOf(10, 13, 19),
            BiometricEnd.NONE_ENROLLED to setOf(11, 14, 16),
            BiometricEnd.NO_HARDWARE to setOf(12, 15),
        )
        val codes = (0..30) + listOf(-1, 1_000, 1_001, Int.MIN_VALUE, Int.MAX_VALUE)
        val found = codes.groupBy(::endOf).mapValues { it.value.toSet() }
        assertEquals(expected, found - BiometricEnd.NO_VERDICT)
    }

    /** Exceptions as AOSP's keystore throws them. A keystore that is only busy throws an `UnrecoverableKeyException` too. */
    @Test
    fun `only a key that is gone is told as gone`() {
        val gone = KeyPermanentlyInvalidatedException()
        val ends = listOf(gone, InvalidKeyException(gone), UnrecoverableKeyException().apply { initCause(gone) })
        assertEquals(ends.map { BiometricEnd.KEY_INVALIDATED }, ends.map(::endOf))
        val circle = IllegalStateException()
        circle.initCause(RuntimeException(circle))
        val passing = listOf(
            UnrecoverableKeyException("Failed to obtain information about key").apply { initCause(KeyStoreException()) },
            UnrecoverableKeyException(),
            UserNotAuthenticatedException(),
            InvalidKeyException("Keystore operation failed"),
            circle,
        )
        assertEquals(passing.map { BiometricEnd.NO_VERDICT }, passing.map(::endOf))
    }

    @Test
    fun `only a sensor that is ready is ready`() {
        val expected = mapOf(
            SensorAvailability.READY to setOf(0),
            SensorAvailability.NONE_ENROLLED to setOf(11),
            SensorAvailability.NO_HARDWARE to setOf(12, 15),
        )
        val found = ((-2..30) + 1_000).groupBy(::availabilityOf).mapValues { it.value.toSet() }
        assertEquals(expected, found - SensorAvailability.BUSY)
    }

    @Test
    fun `Android 9 tells of fingers`() {
        android.becomes(28)
        val app = RuntimeEnvironment.getApplication()
        val biometrics = AndroidBiometrics(app)
        assertEquals(SensorAvailability.NO_HARDWARE, biometrics.availability())
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_FINGERPRINT, true)
        assertEquals(SensorAvailability.BUSY, biometrics.availability())
        val sensor = Shadow.extract<ShadowFingerprintManager>(app.getSystemService(FingerprintManager::class.java))
        sensor.setIsHardwareDetected(true)
        assertEquals(SensorAvailability.NONE_ENROLLED, biometrics.availability())
        sensor.setDefaultFingerprints(1)
        assertEquals(SensorAvailability.READY, biometrics.availability())
    }
}
