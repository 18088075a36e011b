package dev.walletlock.demo

import dev.walletlock.BiometricAnswer
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOperation
import dev.walletlock.BiometricPrompt
import dev.walletlock.Biometrics
import dev.walletlock.DeviceKeyException
import dev.walletlock.SensorAvailability
import java.nio.ByteBuffer
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import kotlin.concurrent.thread
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

/** What someone does at the sensor while a prompt is on the screen. */
internal enum class Touch {
    /** The owner's finger, which the phone knows. */
    OWNER,

    /** A finger that the phone does not know. */
    STRANGER,

    /** The prompt's button "Use PIN". */
    USE_PIN,

    /** No finger: a hooked app calls the callback for 'recognised' with bytes of its own. */
    HOOK,
}

/** The person at the sensor. [does] says what that person does next, and may suspend for any time. */
internal fun interface Person {
    suspend fun does(prompt: BiometricPrompt): Touch
}

/**
 * A fingerprint sensor: insecure. It believes what [Person] says about the finger, and its keys are in a plain file. On
 * a phone the sensor's own hardware recognises the finger, and tells the hardware that keeps the key.
 */
internal class InsecureSensor(private val keys: InsecureFileDeviceKey) : Biometrics {
    private class Shown(val prompt: BiometricPrompt, val answer: BiometricAnswer, val key: SecretKey)

    private val screen = MutableStateFlow<Shown?>(null)
    private var strangersInARow = 0

    override fun availability() = SensorAvailability.READY

    override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
        val key = try {
            keys.biometricKey(prompt.alias)
        } catch (_: DeviceKeyException) {
            // On another thread: a prompt never answers inside `show`.
            thread(isDaemon = true) { answer.ended(BiometricEnd.KEY_INVALIDATED) }
            return
        }
        screen.value = Shown(prompt, answer, key)
    }

    override fun dismiss() {
        screen.value = null
    }

    /** Waits until a prompt is on the screen, or until none is. False if that has not happened after [FOR_LONG_MS]. */
    suspend fun awaitPrompt(isShown: Boolean): Boolean =
        withTimeoutOrNull(FOR_LONG_MS) { screen.map { it != null }.first { it == isShown } } != null

    /** Another finger is added in the phone's settings. */
    fun enrolAnother() = keys.enrolmentChanged()

    /** Runs [call]; meanwhile [person] is at the sensor and answers each prompt. */
    suspend fun <T> facing(person: Person, call: suspend () -> T): T = coroutineScope {
        val hand = launch {
            screen.filterNotNull().collect { shown ->
                while (screen.value === shown) shown.meets(person.does(shown.prompt))
            }
        }
        try {
            call()
        } finally {
            hand.cancel()
        }
    }

    private fun Shown.meets(touch: Touch) = when (touch) {
        Touch.OWNER -> {
            strangersInARow = 0
            over { handOver(used()) }
        }
        Touch.STRANGER -> {
            answer.notRecognised()
            // Android's sensors also lock out then, for half a minute. This one only reports the lockout.
            if (++strangersInARow % MOST_IN_A_ROW == 0) over { answer.ended(BiometricEnd.LOCKED_OUT) } else Unit
        }
        Touch.USE_PIN -> over { answer.ended(BiometricEnd.CANCELLED_BY_PERSON) }
        Touch.HOOK -> over { handOver(ByteArray(prompt.operation.outputBytes) { 1 }) }
    }

    private fun Shown.over(answer: () -> Unit) {
        if (screen.compareAndSet(this, null)) answer()
    }

    private fun Shown.used(): ByteArray {
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        if (prompt.operation == BiometricOperation.WRAP) {
            cipher.init(Cipher.ENCRYPT_MODE, key)
            return cipher.iv + cipher.doFinal(prompt.input)
        }
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, prompt.input, 0, IV_BYTES))
        return cipher.doFinal(prompt.input, IV_BYTES, prompt.input.size - IV_BYTES)
    }

    private fun Shown.handOver(output: ByteArray) {
        val direct = ByteBuffer.allocateDirect(output.size)
        direct.put(output)
        direct.flip()
        output.fill(0)
        answer.authenticated(direct)
    }

    private companion object {
        const val MOST_IN_A_ROW = 5
        const val IV_BYTES = 12
        const val FOR_LONG_MS = 60_000L
        const val TAG_BITS = 128
    }
}
