@file:Suppress("DEPRECATION") // older Android versions have no other calls

package dev.walletlock.android

import android.content.Context
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.hardware.fingerprint.FingerprintManager
import android.os.Build
import dev.walletlock.SensorAvailability

// Nothing in this file may be called below Android 9 (API 28).

/** Whether a strong biometric can be asked for. */
internal fun strongBiometrics(context: Context): SensorAvailability =
    try {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) byManager(context) else byFingerprint(context)
    } catch (_: SecurityException) {
        // The app took the permission out of its manifest.
        SensorAvailability.NOT_SUPPORTED
    }

private fun byManager(context: Context): SensorAvailability {
    val manager = context.getSystemService(BiometricManager::class.java) ?: return SensorAvailability.NO_HARDWARE
    val said = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
        manager.canAuthenticate(BiometricManager.Authenticators.BIOMETRIC_STRONG)
    } else {
        // This counts weak biometrics too. The prompt refuses them, because it is bound to a cipher.
        manager.canAuthenticate()
    }
    return availabilityOf(said)
}

/** Maps `BiometricManager.BIOMETRIC_SUCCESS` and `BIOMETRIC_ERROR_*`. */
internal fun availabilityOf(code: Int): SensorAvailability = when (code) {
    BiometricManager.BIOMETRIC_SUCCESS -> SensorAvailability.READY
    BiometricManager.BIOMETRIC_ERROR_NONE_ENROLLED -> SensorAvailability.NONE_ENROLLED
    // A sensor that Android does not trust before a security update counts as no sensor.
    BiometricManager.BIOMETRIC_ERROR_NO_HARDWARE, BiometricManager.BIOMETRIC_ERROR_SECURITY_UPDATE_REQUIRED ->
        SensorAvailability.NO_HARDWARE
    // The sensor is unavailable now, or the code is newer than this library.
    else -> SensorAvailability.BUSY
}

/** For Android 9. Some of its phones have other strong biometrics than fingerprints, but no call reports those. */
private fun byFingerprint(context: Context): SensorAvailability {
    val hasSensor = context.packageManager.hasSystemFeature(PackageManager.FEATURE_FINGERPRINT)
    val manager = if (hasSensor) context.getSystemService(FingerprintManager::class.java) else null
    return when {
        manager == null -> SensorAvailability.NO_HARDWARE
        !manager.isHardwareDetected -> SensorAvailability.BUSY
        !manager.hasEnrolledFingerprints() -> SensorAvailability.NONE_ENROLLED
        else -> SensorAvailability.READY
    }
}
