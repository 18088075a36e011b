package dev.walletlock

import dev.walletlock.ffi.Disposable
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

/**
 * A native object that is freed once it was closed and the last call on it has ended, whichever way the call went.
 *
 * @param number a hold of it for calls over JNI.
 * @param free lets that hold go.
 * @param generated the generated object, which has a hold of its own. Over JNI it is made when a call needs it.
 */
internal class Handle<T : Disposable>(
    val number: Long,
    private val free: (Long) -> Unit,
    val generated: Lazy<T>,
) : AutoCloseable {
    /** Calls under way, and one for being open. */
    private val holds = AtomicInteger(1)

    private val isClosed = AtomicBoolean()

    /** Makes a call with the object's number. */
    inline fun <R> overJni(block: (Long) -> R): R {
        begin()
        try {
            return block(number)
        } finally {
            end()
        }
    }

    /** Makes a call on the generated object. JNA has to run for that: waits for it, and throws if it cannot. */
    inline fun <R> overUniffi(block: (T) -> R): R {
        begin()
        try {
            NativeLibrary.startJna()
            return block(generated.value)
        } finally {
            end()
        }
    }

    override fun close() {
        if (isClosed.compareAndSet(false, true)) end()
    }

    fun begin() {
        do {
            val now = holds.get()
            if (isClosed.get() || now == 0) throw LockException.Closed()
        } while (!holds.compareAndSet(now, now + 1))
    }

    fun end() {
        if (holds.decrementAndGet() > 0) return
        if (generated.isInitialized()) generated.value.destroy()
        free(number)
    }
}
