package dev.walletlock

import java.lang.ref.PhantomReference
import java.lang.ref.ReferenceQueue
import java.util.concurrent.ConcurrentHashMap

/**
 * Frees the native resources of objects that an app dropped without closing them. It does so when the app makes the next
 * object of such a kind: it has no thread of its own, and Android has no cleaner before Android 13.
 */
internal object LeakReaper {
    private class PhantomHandle(owner: Any, val resource: AutoCloseable) : PhantomReference<Any>(owner, queue)

    private val queue = ReferenceQueue<Any>()
    private val handles: MutableSet<PhantomHandle> = ConcurrentHashMap.newKeySet()

    /**
     * Closes [resource] once the garbage collector has found that nobody holds [owner] any more, also if it was closed
     * before. The resource must not hold its owner.
     */
    fun watch(owner: Any, resource: AutoCloseable) {
        reap()
        handles += PhantomHandle(owner, resource)
    }

    private fun reap() {
        while (true) {
            val handle = queue.poll() as PhantomHandle? ?: return
            handles -= handle
            handle.resource.close()
        }
    }
}
