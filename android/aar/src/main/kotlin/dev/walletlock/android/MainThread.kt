package dev.walletlock.android

import android.os.Handler
import android.os.Looper
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher

/** Where views live. What is there already goes on at once. */
internal object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() != handler.looper

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
