package dev.walletlock

import java.lang.ref.PhantomReference
import java.lang.ref.ReferenceQueue
import java.util.concurrent.ConcurrentHashMap

/**
 * Frees what an app has lost without closing it, when it makes the next of its kind: no thread waits for that, and the
 * platform's own cleaner is not there before Android 13.
 */
internal object Lost {
    private class Trace(owner: Any, val left: AutoCloseable) : PhantomReference<Any>(owner, queue)

    private val queue = ReferenceQueue<Any>()
    private val traces: MutableSet<Trace> = ConcurrentHashMap.newKeySet()

    /** Closes what [owner] leaves behind, once that is lost, also if it was closed before. It must not hold the owner. */
    fun watch(owner: Any, left: AutoCloseable) {
        tidyUp()
        traces += Trace(owner, left)
    }

    private fun tidyUp() {
        while (true) {
            val trace = queue.poll() as Trace? ?: return
            traces -= trace
            trace.left.close()
        }
    }
}
