package dev.walletlock.android

import android.content.DialogInterface
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricPrompt
import android.hardware.biometrics.BiometricPrompt.AuthenticationCallback
import android.hardware.biometrics.BiometricPrompt.AuthenticationResult
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.os.Build
import android.os.CancellationSignal
import dev.walletlock.BiometricEnd
import dev.walletlock.SensorAvailability
import dev.walletlock.fakes.FakeAndroidKeyStore
import dev.walletlock.fakes.FakePerson
import java.util.concurrent.Executor
import javax.crypto.Cipher
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/**
 * Android's biometric prompt, answered by a [FakePerson] where the real one calls the system. All code before that call is
 * Android's own, so it refuses what the real prompt refuses.
 */
@Implements(BiometricPrompt::class)
class ShadowBiometricPrompt {
    @RealObject
    private lateinit var real: BiometricPrompt

    @Implementation
    fun authenticateInternal(
        crypto: CryptoObject,
        cancel: CancellationSignal,
        executor: Executor,
        callback: AuthenticationCallback,
        @Suppress("UNUSED_PARAMETER") userId: Int,
    ) {
        // The real prompt reads the keystore's operation from the cipher, so the cipher must have begun one.
        val cipher = checkNotNull(crypto.cipher) { "a cipher is what a lock asks for" }
        phone.keystore.requireBegun(cipher)
        // The real prompt would return here, and never answer.
        check(!cancel.isCanceled) { "a prompt that was cancelled before" }
        val shown = ShownPrompt(real, crypto, cipher, cancel, executor, callback)
        last = shown
        cancel.setOnCancelListener { if (phone.person.remove(shown)) shown.fails(CANCELED) }
        phone.person.show(shown)
    }

    /** A prompt that was shown. */
    class ShownPrompt(
        val prompt: BiometricPrompt,
        val crypto: CryptoObject,
        val cipher: Cipher,
        val cancel: CancellationSignal,
        private val executor: Executor,
        val callback: AuthenticationCallback,
    ) : FakePerson.Prompt {
        override fun recognised() {
            phone.keystore.authenticate(cipher)
            executor.execute { callback.onAuthenticationSucceeded(AuthenticationResult(crypto, BY_BIOMETRIC)) }
        }

        override fun notRecognised() = executor.execute { callback.onAuthenticationFailed() }

        override fun pinChosen() {
            val button = ReflectionHelpers.getField<Any>(prompt, "mNegativeButtonInfo")
            val listener = ReflectionHelpers.getField<DialogInterface.OnClickListener>(button, "listener")
            ReflectionHelpers.getField<Executor>(button, "executor")
                .execute { listener.onClick(null, DialogInterface.BUTTON_NEGATIVE) }
        }

        override fun ended(end: BiometricEnd) = fails(CODES.getValue(end))

        fun fails(code: Int) = executor.execute { callback.onAuthenticationError(code, "in words for the person") }
    }

    companion object {
        private const val BY_BIOMETRIC = BiometricPrompt.AUTHENTICATION_RESULT_TYPE_BIOMETRIC
        private const val CANCELED = 5
        private val CODES = mapOf(
            BiometricEnd.NO_VERDICT to 2,
            BiometricEnd.TIMED_OUT to 3,
            BiometricEnd.CANCELLED_BY_SYSTEM to CANCELED,
            BiometricEnd.LOCKED_OUT to 7,
            BiometricEnd.LOCKED_OUT_FOR_GOOD to 9,
            BiometricEnd.CANCELLED_BY_PERSON to 10,
            BiometricEnd.NONE_ENROLLED to 11,
            BiometricEnd.NO_HARDWARE to 12,
        )

        /** The phone that shows the prompt. */
        lateinit var phone: FakedPhone

        /** The prompt that was shown last, if any. */
        @Volatile
        var last: ShownPrompt? = null
    }
}

/** A phone: its keystore, and the person who uses it. */
class FakedPhone(val keystore: FakeAndroidKeyStore, val person: FakePerson)

/** Each method throws if the API level that Android reports does not have it. */
@Implements(BiometricPrompt.Builder::class)
class ShadowPromptBuilder {
    @RealObject
    private lateinit var real: BiometricPrompt.Builder

    @Implementation
    fun setConfirmationRequired(isRequired: Boolean): BiometricPrompt.Builder {
        since(Build.VERSION_CODES.Q)
        return really("setConfirmationRequired", ClassParameter.from(Boolean::class.javaPrimitiveType, isRequired))
    }

    @Implementation
    fun setAllowedAuthenticators(authenticators: Int): BiometricPrompt.Builder {
        since(Build.VERSION_CODES.R)
        return really("setAllowedAuthenticators", ClassParameter.from(Int::class.javaPrimitiveType, authenticators))
    }

    private fun really(name: String, argument: ClassParameter<*>): BiometricPrompt.Builder =
        Shadow.directlyOn(real, BiometricPrompt.Builder::class.java, name, argument)
}

/** What the system reports about the sensor. Robolectric's own shadow knows only whether there is a sensor. */
@Implements(BiometricManager::class)
class ShadowSensor {
    @Implementation
    fun canAuthenticate(): Int {
        since(Build.VERSION_CODES.Q)
        return CODES.getValue(ShadowBiometricPrompt.phone.person.availability)
    }

    @Implementation
    fun canAuthenticate(authenticators: Int): Int {
        since(Build.VERSION_CODES.R)
        check(authenticators == BiometricManager.Authenticators.BIOMETRIC_STRONG) { "a weak one will not do" }
        return canAuthenticate()
    }

    private companion object {
        val CODES = mapOf(
            SensorAvailability.READY to 0,
            SensorAvailability.BUSY to 1,
            SensorAvailability.NONE_ENROLLED to 11,
            SensorAvailability.NO_HARDWARE to 12,
        )
    }
}

/** Throws, as a call of a missing method does, if the API level is below [sdk]. */
private fun since(sdk: Int) {
    if (Build.VERSION.SDK_INT < sdk) throw NoSuchMethodError("since API $sdk")
}
