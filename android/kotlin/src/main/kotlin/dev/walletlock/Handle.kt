package dev.walletlock

import dev.walletlock.ffi.Disposable
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

/** The handle of a generated object that needs no calls over JNI. */
internal fun <T : Disposable> handleOf(native: T): Handle<T> = Handle(0, free = {}, lazyOf(native))

/**
 * A native object. It is freed once it is closed and the last call on it has ended, over JNI or over uniffi.
 *
 * @param number a counted reference to the object, for calls over JNI.
 * @param free releases that reference.
 * @param generated the generated object, which has a reference of its own. Over JNI it is made when a call needs it.
 */
internal class Handle<T : Disposable>(
    val number: Long,
    private val free: (Long) -> Unit,
    val generated: Lazy<T>,
) : AutoCloseable {
    /** How many calls are running, plus one until [close]. */
    private val holds = AtomicInteger(1)

    private val isClosed = AtomicBoolean()

    /** Makes a call over JNI with the object's number. */
    inline fun <R> overJni(block: (Long) -> R): R {
        begin()
        try {
            return block(number)
        } finally {
            end()
        }
    }

    /** Makes a call on the generated object. That needs JNA: this waits for JNA to start, and throws if it cannot. */
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
