package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.os.CancellationSignal
import android.os.Handler
import android.os.Looper
import dev.walletlock.BiometricAnswer
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricPrompt
import dev.walletlock.Biometrics
import dev.walletlock.SensorAvailability
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import javax.crypto.Cipher
import kotlin.concurrent.thread

/**
 * The biometric prompt of the phone, from Android 9 (API 28) on. It asks for a strong biometric and never for the
 * phone's own PIN, pattern or password.
 *
 * The prompt is bound to one use of a key in the keystore. A success callback of the system alone is not believed: the
 * keystore itself must let the key be used, or the prompt ends without a verdict.
 *
 * The prompt belongs to no Activity, so a rotation does not end it. One prompt is shown at a time. A second one ends
 * without a verdict, so that nobody can swap what the person reads.
 *
 * @param context any context of the app: its application context is used. The app has to be in front when a prompt is
 *   shown.
 */
public class AndroidBiometrics(context: Context) : Biometrics {
    private val context = context.applicationContext ?: context
    private val main = Handler(Looper.getMainLooper())
    private val current = AtomicReference<Shown?>()

    /** Runs keystore calls one after another, never on the main thread. An idle thread ends after [IDLE_S]. */
    private val worker = ThreadPoolExecutor(0, 1, IDLE_S, TimeUnit.SECONDS, LinkedBlockingQueue()) {
        Thread(it, "walletlock-biometrics").apply { isDaemon = true }
    }

    override fun availability(): SensorAvailability =
        if (isSupported()) strongBiometrics(context) else SensorAvailability.NOT_SUPPORTED

    override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
        val shown = Shown(prompt, answer)
        when {
            !isSupported() -> worker.execute { answer.ended(BiometricEnd.NO_HARDWARE) }
            !current.compareAndSet(null, shown) -> worker.execute { answer.ended(BiometricEnd.NO_VERDICT) }
            else -> shown.begin()
        }
    }

    override fun dismiss() {
        current.getAndSet(null)?.takeAway()
    }

    /** Below Android 9 (API 28) the classes of the prompt do not exist. */
    private fun isSupported() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P

    /** One prompt. The caller that removes it from [current] gives the answer; every other answer is dropped. */
    private inner class Shown(private val prompt: BiometricPrompt, private val answer: BiometricAnswer) : SystemAnswer {
        private val cancel = CancellationSignal()

        // Ends the prompt on a thread of its own: the worker may hang, and for the main thread the receiver may be too slow.
        private val whenTimeIsOver = Runnable { thread(isDaemon = true) { ended(BiometricEnd.TIMED_OUT) } }

        private fun isShown() = current.get() === this

        private fun isMineToAnswer() = current.compareAndSet(this, null)

        fun begin() {
            main.postDelayed(whenTimeIsOver, prompt.timeoutMs)
            worker.execute {
                try {
                    if (isShown()) showSystemPrompt(context, prompt, makeCipher(prompt), cancel, worker, this)
                } catch (thrown: Exception) {
                    ended(endOf(thrown))
                }
            }
        }

        override fun recognised(cipher: Cipher) {
            if (!isMineToAnswer()) return
            // After a real success the system has already ended the prompt. If other code forged this callback, the prompt
            // is still on the screen, and this takes it away.
            takeAway()
            val output = try {
                finishCipher(cipher, prompt)
            } catch (_: Exception) {
                // The keystore refused: the sensor recognised nobody, or another key wrote the input.
                return answer.ended(BiometricEnd.NO_VERDICT)
            }
            answer.authenticated(output)
        }

        override fun notRecognised() {
            if (isShown()) answer.notRecognised()
        }

        override fun ended(end: BiometricEnd) {
            if (!isMineToAnswer()) return
            takeAway()
            answer.ended(end)
        }

        fun takeAway() {
            main.removeCallbacks(whenTimeIsOver)
            cancel.cancel()
        }
    }
}

private const val IDLE_S = 10L
