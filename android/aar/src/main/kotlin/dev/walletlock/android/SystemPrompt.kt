package dev.walletlock.android

import android.content.Context
import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt as AndroidPrompt
import android.os.Build
import android.os.CancellationSignal
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricPurpose
import java.util.concurrent.Executor
import javax.crypto.Cipher

// Android's own prompt. Nothing in this file may be called below Android 9 (API 28).

/** Receives the callbacks of the system's prompt. */
internal interface SystemAnswer {
    /** The system says that the person was recognised for this cipher. Only using it shows whether the keystore agrees. */
    fun recognised(cipher: Cipher)

    fun notRecognised()

    fun ended(end: BiometricEnd)
}

/** Shows the prompt. If it throws (Android's exceptions included), the prompt was not shown. */
internal fun showSystemPrompt(
    context: Context,
    prompt: BiometricPrompt,
    cipher: Cipher,
    cancel: CancellationSignal,
    executor: Executor,
    answer: SystemAnswer,
) {
    val words = context.promptWords(prompt.purpose)
    val builder = AndroidPrompt.Builder(context)
        .setTitle(words.title)
        .setDescription(words.body)
        .setNegativeButton(words.button, executor) { _, _ -> answer.ended(BiometricEnd.CANCELLED_BY_PERSON) }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
        // The camera may see a face by chance. So switching biometrics on, and paying, need a touch as well.
        builder.setConfirmationRequired(prompt.purpose !is BiometricPurpose.Unlock)
    }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
        // Before Android 11, a prompt with a cipher and without the phone's own PIN always asked for a strong biometric.
        builder.setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG)
    }
    builder.build().authenticate(AndroidPrompt.CryptoObject(cipher), cancel, executor, Callback(cipher, answer))
}

private class Callback(private val cipher: Cipher, private val answer: SystemAnswer) :
    AndroidPrompt.AuthenticationCallback() {

    override fun onAuthenticationSucceeded(result: AndroidPrompt.AuthenticationResult?) {
        val isOurs = result?.cryptoObject?.cipher === cipher
        if (isOurs) answer.recognised(cipher) else answer.ended(BiometricEnd.NO_VERDICT)
    }

    override fun onAuthenticationFailed() = answer.notRecognised()

    override fun onAuthenticationError(code: Int, message: CharSequence?) = answer.ended(endOf(code))
}

/** Maps `BiometricPrompt.BIOMETRIC_ERROR_*`. */
internal fun endOf(code: Int): BiometricEnd = when (code) {
    AndroidPrompt.BIOMETRIC_ERROR_TIMEOUT -> BiometricEnd.TIMED_OUT
    AndroidPrompt.BIOMETRIC_ERROR_CANCELED -> BiometricEnd.CANCELLED_BY_SYSTEM
    AndroidPrompt.BIOMETRIC_ERROR_USER_CANCELED, NEGATIVE_BUTTON, POWER_PRESSED -> BiometricEnd.CANCELLED_BY_PERSON
    AndroidPrompt.BIOMETRIC_ERROR_LOCKOUT -> BiometricEnd.LOCKED_OUT
    AndroidPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT -> BiometricEnd.LOCKED_OUT_FOR_GOOD
    // Without a screen lock nobody can be enrolled.
    AndroidPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS, AndroidPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL, RE_ENROL ->
        BiometricEnd.NONE_ENROLLED
    // A sensor that Android does not trust before a security update counts as no sensor.
    AndroidPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT, AndroidPrompt.BIOMETRIC_ERROR_SECURITY_UPDATE_REQUIRED ->
        BiometricEnd.NO_HARDWARE
    AndroidPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE,
    AndroidPrompt.BIOMETRIC_ERROR_UNABLE_TO_PROCESS,
    AndroidPrompt.BIOMETRIC_ERROR_NO_SPACE,
    AndroidPrompt.BIOMETRIC_ERROR_VENDOR,
    -> BiometricEnd.NO_VERDICT
    // The camera is switched off, or it is a code of Identity Check (not used here), or a code newer than this library.
    else -> BiometricEnd.NO_VERDICT
}

/** Codes that Android's class hides, but some phones report: AOSP's BiometricConstants. */
private const val NEGATIVE_BUTTON = 13
private const val RE_ENROL = 16
private const val POWER_PRESSED = 19
