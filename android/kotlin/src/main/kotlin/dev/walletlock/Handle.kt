package dev.walletlock

import dev.walletlock.ffi.Disposable

/**
 * A native object that is freed once it was closed and the last call on it has ended.
 *
 * The generated code guards the object a call is made on; this guards those passed as arguments too.
 */
internal class Handle<T : Disposable>(private val native: T) {
    /** Calls under way, and one for being open. */
    private var holds = 1
    private var isClosed = false

    fun <R> use(block: (T) -> R): R {
        synchronized(this) {
            if (isClosed) throw LockException.Closed()
            holds++
        }
        try {
            return block(native)
        } finally {
            release()
        }
    }

    fun close() {
        synchronized(this) {
            if (isClosed) return
            isClosed = true
        }
        release()
    }

    private fun release() {
        val isLast = synchronized(this) { --holds == 0 }
        if (isLast) native.destroy()
    }
}
