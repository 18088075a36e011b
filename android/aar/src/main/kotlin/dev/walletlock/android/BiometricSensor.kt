@file:Suppress("DEPRECATION") // older Androids have nothing else

package dev.walletlock.android

import android.content.Context
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.hardware.fingerprint.FingerprintManager
import android.os.Build
import dev.walletlock.SensorAvailability

// Nothing in here may be reached below Android 9 (API 28).

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
        // Counts weak ones too. The prompt, which is bound to a cipher, does not.
        manager.canAuthenticate()
    }
    return availabilityOf(said)
}

/** By `BiometricManager.BIOMETRIC_ERROR_*`. */
internal fun availabilityOf(code: Int): SensorAvailability = when (code) {
    BiometricManager.BIOMETRIC_SUCCESS -> SensorAvailability.READY
    BiometricManager.BIOMETRIC_ERROR_NONE_ENROLLED -> SensorAvailability.NONE_ENROLLED
    // A sensor that is not to be trusted until an update comes is as good as none.
    BiometricManager.BIOMETRIC_ERROR_NO_HARDWARE, BiometricManager.BIOMETRIC_ERROR_SECURITY_UPDATE_REQUIRED ->
        SensorAvailability.NO_HARDWARE
    // Out of order; or newer than we are.
    else -> SensorAvailability.BUSY
}

/** Android 9 has strong biometrics other than fingers on some phones, and does not tell of them. */
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
