package dev.walletlock.android

import android.content.Context
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch

/** What of the lock's screen outlives a rotation, in memory. */
internal class Opening(private val context: Context, private val source: suspend (Context) -> WalletLock) {
    var onChange: () -> Unit = {}
    var unlocking: Unlocking? = null
        private set

    /** Why it did not open, the last time. */
    var trouble: LockTrouble? = null
        private set

    /** For each time that it did not. */
    var onTrouble: (LockTrouble) -> Unit = {}
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var current: Job? = null

    /** Opens it, unless that is under way, or done. */
    fun open() {
        if (unlocking != null || current?.isActive == true) return
        current = scope.launch {
            val fault = try {
                val lock = source(context)
                // The screen may be gone by now, whatever the source makes of that.
                ensureActive()
                unlocking = Unlocking(lock)
                null
            } catch (fault: LockException) {
                LockTrouble.of(fault)
            }
            trouble = fault
            onChange()
            fault?.let(onTrouble)
        }
    }

    fun close() {
        onChange = {}
        onTrouble = {}
        scope.cancel()
        unlocking?.close()
    }
}
