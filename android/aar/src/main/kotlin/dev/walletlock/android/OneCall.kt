package dev.walletlock.android

import dev.walletlock.LockException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Makes one call to the lock at a time, and keeps what was wrong with the last one. For the main thread only. */
internal abstract class OneCall<N : Any> : AutoCloseable {
    var onChange: () -> Unit = {}

    /** A call is being made. */
    var isBusy = false
        private set

    /** Why the last call did not lead on. Null: it did, or there was none. */
    var note: N? = null
        private set

    /** Counts the notes, so that the screen says each of them once. */
    var notes = 0
        private set
    protected val scope = CoroutineScope(SupervisorJob() + MainThread)

    /** A call failed with [fault]. */
    protected abstract fun failed(fault: LockException)

    protected fun say(why: N) {
        note = why
        notes++
    }

    protected fun forgetNote() {
        note = null
    }

    /** Makes a call, unless one is being made. */
    protected fun call(block: suspend () -> Unit) {
        if (isBusy) return
        isBusy = true
        note = null
        onChange()
        scope.launch {
            guarded(block)
            isBusy = false
            onChange()
        }
    }

    protected suspend fun guarded(block: suspend () -> Unit) {
        try {
            block()
        } catch (fault: LockException) {
            failed(fault)
        }
    }

    override fun close() {
        onChange = {}
        scope.cancel()
    }
}
