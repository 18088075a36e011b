package dev.walletlock.phone

import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import android.view.Choreographer
import dev.walletlock.fakes.FakeClock
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowChoreographer
import org.robolectric.shadows.ShadowPausedLooper
import org.robolectric.util.ReflectionHelpers

/** Runs the main thread's messages and frames in order: in real time, plus the time that was skipped. */
class MainLoop(private val clock: FakeClock) {
    /** What the system does after the messages of a round. Returns how long the next round may wait, in milliseconds. */
    var system: () -> Long = { IDLE_MS }

    /** Called with what the app's code threw: on a phone that would have ended the app's process. */
    var onCrash: (Throwable) -> Unit = {}

    /** How far the phone's clocks are ahead of the real time, in milliseconds. */
    var skippedMs = 0L
        private set
    private val main = Looper.getMainLooper()
    private val handler = Handler(main)
    private val looper = Shadow.extract<ShadowPausedLooper>(main)
    private val startNs = System.nanoTime()
    private val startUptimeMs = SystemClock.uptimeMillis()
    private var lastRealMs = 0L

    init {
        ShadowChoreographer.setPaused(true)
        ShadowChoreographer.setFrameDelay(Duration.ofMillis(FRAME_MS))
    }

    /** Runs rounds until the process ends. */
    fun run() {
        while (true) round()
    }

    /** Catches up with real time, lets the system do its part, and waits until there is something to do. */
    fun round() {
        val realMs = realMs()
        clock.advanceMs(realMs - lastRealMs)
        lastRealMs = realMs
        guarded {
            val behindMs = startUptimeMs + realMs + skippedMs - SystemClock.uptimeMillis()
            if (behindMs > 0) shadowOf(main).idleFor(Duration.ofMillis(behindMs)) else shadowOf(main).idle()
        }
        var waitMs = IDLE_MS
        guarded { waitMs = system() }
        val nextMs = shadowOf(main).nextScheduledTaskTime.toMillis()
        if (nextMs > 0) waitMs = minOf(waitMs, nextMs - startUptimeMs - realMs() - skippedMs)
        // While the choreographer is paused, no message in the queue announces its next frame.
        if (ReflectionHelpers.getField(Choreographer.getInstance(), "mFrameScheduled")) waitMs = minOf(waitMs, FRAME_MS)
        if (waitMs > 0) looper.poll(waitMs)
    }

    /** Moves all clocks forward by [ms] milliseconds. The next round runs everything that became due meanwhile. */
    fun skip(ms: Long) {
        skippedMs += ms
        clock.advanceMs(ms)
    }

    /** Runs [act] on the main thread and waits for it, 20 seconds at most. */
    fun <T> onMain(act: () -> T): T {
        if (Looper.myLooper() === main) return act()
        val done = CompletableFuture<T>()
        handler.post {
            try {
                done.complete(act())
            } catch (thrown: Throwable) {
                done.completeExceptionally(thrown)
                throw thrown
            }
        }
        return done.get(PATIENCE_S, TimeUnit.SECONDS)
    }

    /** Starts the next round now. On any thread. */
    fun wake() {
        handler.post {}
    }

    private fun guarded(act: () -> Unit) {
        try {
            act()
        } catch (thrown: Throwable) {
            onCrash(thrown)
        }
    }

    private fun realMs() = (System.nanoTime() - startNs) / NS_A_MS

    private companion object {
        const val FRAME_MS = 16L
        const val IDLE_MS = 1_000L
        const val NS_A_MS = 1_000_000
        const val PATIENCE_S = 20L
    }
}
