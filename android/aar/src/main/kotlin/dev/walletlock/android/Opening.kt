package dev.walletlock.android

import android.content.Context
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** What of the lock's screen outlives a rotation, in memory. */
internal class Opening(private val context: Context, private val source: suspend (Context) -> WalletLock) {
    var onChange: () -> Unit = {}
    var unlocking: Unlocking? = null
        private set
    var isTrouble: Boolean = false
        private set
    private val scope = CoroutineScope(SupervisorJob() + MainThread)

    init {
        open()
    }

    fun open() {
        isTrouble = false
        scope.launch {
            try {
                unlocking = Unlocking(source(context))
            } catch (_: LockException) {
                isTrouble = true
            }
            onChange()
        }
    }

    fun close() {
        onChange = {}
        scope.cancel()
        unlocking?.close()
    }
}
