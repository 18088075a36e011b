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

/** Opens the lock of a screen, and keeps what [make] makes of it. Survives a rotation, in memory only. */
internal class OpeningLock<T : AutoCloseable>(private val context: Context, private val make: (WalletLock) -> T) :
    AutoCloseable {
    var onChange: () -> Unit = {}
    var made: T? = null
        private set

    /** Why the lock did not open, at the last attempt. Null: it opened, or there was none. */
    var trouble: LockTrouble? = null
        private set
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var current: Job? = null

    /** Opens the lock, unless it is open or being opened. */
    fun open() {
        if (made != null || current?.isActive == true) return
        current = scope.launch {
            trouble = try {
                val lock = LockScreens.source(context)
                // The screen may be gone by now, and the source may have ignored the cancellation.
                ensureActive()
                made = make(lock)
                null
            } catch (fault: LockException) {
                LockTrouble.of(fault)
            }
            onChange()
        }
    }

    override fun close() {
        onChange = {}
        scope.cancel()
        made?.close()
    }
}
