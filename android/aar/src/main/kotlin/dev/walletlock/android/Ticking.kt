package dev.walletlock.android

import android.os.SystemClock
import android.view.View

/**
 * Counts down what was read a moment ago, while [view] is shown: calls [onTick] once a second. The lock is not asked again for
 * each second, because reading it uses the phone's keystore.
 */
internal class Ticking(private val view: View, private val onTick: () -> Unit) : View.OnAttachStateChangeListener {
    private var readAt = SystemClock.elapsedRealtime()
    private var isRunning = false
    private val tick = Runnable { onTickNow() }

    /** How long ago [restart] was called, in milliseconds. */
    val passedMs: Long get() = SystemClock.elapsedRealtime() - readAt

    init {
        view.addOnAttachStateChangeListener(this)
    }

    /** What is shown from now on was read just now. [runs]: whether there is something in it that counts down. */
    fun restart(runs: Boolean) {
        readAt = SystemClock.elapsedRealtime()
        isRunning = runs
        goOn()
    }

    /** How much is left now of a wait that was [readMs] long when it was read. Null stays null. */
    fun left(readMs: Long?): Long? = readMs?.let { (it - passedMs).coerceAtLeast(0) }

    private fun onTickNow() {
        if (view.isShown) onTick()
        goOn()
    }

    private fun goOn() {
        view.removeCallbacks(tick)
        if (isRunning && view.isAttachedToWindow) view.postDelayed(tick, SECOND_MS)
    }

    override fun onViewAttachedToWindow(attached: View): Unit = goOn()

    override fun onViewDetachedFromWindow(detached: View) {
        view.removeCallbacks(tick)
    }

    private companion object {
        const val SECOND_MS = 1_000L
    }
}
