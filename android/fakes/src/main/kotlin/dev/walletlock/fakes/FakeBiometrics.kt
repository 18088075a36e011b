package dev.walletlock.fakes

import dev.walletlock.BiometricAnswer
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOperation
import dev.walletlock.BiometricPrompt
import dev.walletlock.Biometrics
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.SensorAvailability
import java.nio.ByteBuffer
import java.security.GeneralSecurityException
import java.util.concurrent.Executors
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * A biometric prompt without a screen: the [person] answers it.
 *
 * Strict: it uses only keys that [deviceKey] made for [dev.walletlock.KeyPurpose.BIOMETRIC]. If the key is missing, or an
 * enrolment destroyed it, the prompt ends as [BiometricEnd.KEY_INVALIDATED]. While a prompt is shown, a second one ends without
 * a verdict. Answers come one after another, on one separate thread.
 *
 * @property deviceKey keeps the keys.
 * @property person answers the prompts.
 */
public class FakeBiometrics @JvmOverloads constructor(
    public val deviceKey: FakeDeviceKey,
    public val person: FakePerson = FakePerson(),
) : Biometrics {
    private val answers = Executors.newSingleThreadExecutor { Thread(it, "fake prompt").apply { isDaemon = true } }
    private var current: Shown? = null

    /** The prompt that the person sees on the screen, or null. */
    public val shown: BiometricPrompt? @Synchronized get() = current?.prompt

    /** While not null, every call throws this. */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    init {
        person.onEnrolment = FakePerson.EnrolmentListener(deviceKey::enrolmentChanged)
    }

    override fun availability(): SensorAvailability {
        failure?.let { throw it }
        return person.availability
    }

    override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
        failure?.let { throw it }
        synchronized(this) {
            if (current != null) return later { answer.ended(BiometricEnd.NO_VERDICT) }
            val key = try {
                deviceKey.biometricKey(prompt.alias)
            } catch (fault: DeviceKeyException) {
                val isGone = fault.fault == DeviceKeyFault.GONE
                return later { answer.ended(if (isGone) BiometricEnd.KEY_INVALIDATED else BiometricEnd.NO_VERDICT) }
            }
            // Still under the mutex, so that `dismiss` waits until the person sees the prompt.
            person.show(Shown(prompt, answer, key).also { current = it })
        }
    }

    override fun dismiss() {
        failure?.let { throw it }
        synchronized(this) { current.also { current = null } }?.let(person::remove)
    }

    @Synchronized
    private fun takeAway(shown: Shown): Boolean = (current === shown).also { if (it) current = null }

    private fun later(answer: () -> Unit) = answers.execute(answer)

    private inner class Shown(
        val prompt: BiometricPrompt,
        private val answer: BiometricAnswer,
        private val key: SecretKey,
    ) : FakePerson.Prompt {
        override fun recognised() {
            if (!takeAway(this)) return
            later {
                try {
                    answer.authenticated(used())
                } catch (_: GeneralSecurityException) {
                    answer.ended(BiometricEnd.NO_VERDICT)
                }
            }
        }

        override fun notRecognised() = later { answer.notRecognised() }

        override fun pinChosen() = ended(BiometricEnd.CANCELLED_BY_PERSON)

        override fun ended(end: BiometricEnd) {
            if (takeAway(this)) later { answer.ended(end) }
        }

        private fun used(): ByteBuffer {
            val cipher = Cipher.getInstance(AES_GCM)
            val output = ByteBuffer.allocateDirect(prompt.operation.outputBytes)
            when (prompt.operation) {
                BiometricOperation.WRAP -> {
                    cipher.init(Cipher.ENCRYPT_MODE, key)
                    output.put(cipher.iv)
                    cipher.doFinal(ByteBuffer.wrap(prompt.input), output)
                }
                BiometricOperation.UNWRAP -> {
                    val iv = GCMParameterSpec(TAG_BITS, prompt.input, 0, IV_BYTES)
                    cipher.init(Cipher.DECRYPT_MODE, key, iv)
                    cipher.doFinal(ByteBuffer.wrap(prompt.input, IV_BYTES, prompt.input.size - IV_BYTES), output)
                }
            }
            return output.flip()
        }
    }
}
