package dev.walletlock.android

import android.os.Handler
import android.os.Looper
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher

/** Dispatches coroutines to the main thread. Code that runs there already goes on at once, without a post. */
internal object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    /** Runs [block] now if this is the main thread; otherwise posts it there. */
    fun run(block: () -> Unit) {
        if (Looper.myLooper() == handler.looper) block() else handler.post(block)
    }

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() != handler.looper

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
