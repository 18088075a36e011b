package dev.walletlock.android

import android.os.SystemClock

/**
 * The app has opened a screen of another app, such as a picker or the camera, and waits for its answer. While the exemption
 * lasts, [AutoLock] does not lock because of that. It ends when a screen of the app is shown again, or after its time. For
 * the main thread only.
 */
internal object Exemption {
    private var endMs = 0L

    /** Milliseconds left, by `SystemClock.elapsedRealtime()`, which goes on while the phone sleeps. 0: there is none. */
    val leftMs: Long get() = (endMs - SystemClock.elapsedRealtime()).coerceAtLeast(0)

    fun begin(forMs: Long) {
        endMs = SystemClock.elapsedRealtime() + forMs
    }

    fun end() {
        endMs = 0
    }
}
