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
 * The prompt is bound to one use of a key in the keystore. That the system says yes counts for nothing: the keystore
 * itself must let the key be used, or there is no verdict.
 *
 * It belongs to no screen, so turning the phone changes nothing. One prompt is shown at a time: while it is, another
 * one ends without a verdict, so that nobody can swap what the person reads.
 *
 * @param context any of the app's: the application's is used. The app has to be in front when a prompt is shown.
 */
public class AndroidBiometrics(context: Context) : Biometrics {
    private val context = context.applicationContext ?: context
    private val main = Handler(Looper.getMainLooper())
    private val current = AtomicReference<Shown?>()

    /** The keystore's work, one after another and never on the main thread; no thread is left when nobody asks. */
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

    /** Before that, not even the classes are there. */
    private fun isSupported() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P

    /** Whoever takes it out of [current] gives the answer, and nobody else. */
    private inner class Shown(private val prompt: BiometricPrompt, private val answer: BiometricAnswer) : SystemAnswer {
        private val cancel = CancellationSignal()

        // Not on the worker: that may be what hangs. Not on the main thread: what hears of it may take its time.
        private val whenTimeIsOver = Runnable { thread(isDaemon = true) { ended(BiometricEnd.TIMED_OUT) } }

        private fun isShown() = current.get() === this

        private fun isMineToAnswer() = current.compareAndSet(this, null)

        fun begin() {
            main.postDelayed(whenTimeIsOver, prompt.timeoutMs)
            worker.execute {
                try {
                    if (isShown()) showSystemPrompt(context, prompt, begun(prompt), cancel, worker, this)
                } catch (thrown: Exception) {
                    ended(endOf(thrown))
                }
            }
        }

        override fun recognised(cipher: Cipher) {
            if (!isMineToAnswer()) return
            // It is over for the system too, unless somebody else speaks in its name.
            takeAway()
            val output = try {
                finished(cipher, prompt)
            } catch (_: Exception) {
                // The sensor saw nobody, whatever the system says; or the input is none of this key's.
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
