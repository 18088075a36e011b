package dev.walletlock

import java.nio.ByteBuffer
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.Semaphore

/**
 * A biometric prompt that is answered by the test alone. Its key needs no keystore, so another process has the same key: to
 * wrap it pads the input, to unwrap it cuts the padding off. Strict: it takes one prompt at a time.
 */
class Prompter : Biometrics {
    class Shown(val prompt: BiometricPrompt, val answer: BiometricAnswer) {
        /** What the key returns for the input. */
        fun output(): ByteBuffer =
            ByteBuffer.allocateDirect(prompt.operation.outputBytes).also { output ->
                val used = prompt.input.copyOf(prompt.operation.outputBytes)
                output.duplicate().put(used)
            }

        fun touches() = answer.authenticated(output())
    }

    /** The prompts that the test has not taken yet. */
    val shown = LinkedBlockingQueue<Shown>()

    /** One permit for each call of [dismiss]. */
    val dismissals = Semaphore(0)

    @Volatile
    var onAvailability: () -> Unit = {}

    @Volatile
    var onShow: (Shown) -> Unit = { shown.put(it) }

    @Volatile
    var onDismiss: () -> Unit = {}

    override fun availability(): SensorAvailability {
        onAvailability()
        return SensorAvailability.READY
    }

    override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
        check(shown.isEmpty()) { "one prompt at a time" }
        onShow(Shown(prompt, answer))
    }

    override fun dismiss() {
        dismissals.release()
        onDismiss()
    }
}

/** Whether the whole buffer is zero, whatever its position and limit. */
val ByteBuffer.isZero: Boolean get() = (0 until capacity()).all { get(it) == 0.toByte() }
