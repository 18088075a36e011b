package dev.walletlock.android

import android.content.Context

/** The state of the lock screen that survives a rotation, in memory only. The lock screens of one task share it. */
internal class LockScreenState(context: Context) {
    private val lock = OpeningLock<Unlocking>(context, ::Unlocking)
    val unlocking: Unlocking? get() = lock.made

    /** Why the lock did not open, at the last attempt. Null: it opened, or there was none. */
    val trouble: LockTrouble? get() = lock.trouble

    /** The screen that is told of changes: the one on top. */
    var holder: LockActivity? = null
        private set

    /** How many screens use this. */
    private var users = 0

    /** From now on tells [screen] of changes, and no other screen. [onTrouble] is called each time that opening failed. */
    fun tell(screen: LockActivity, onChange: () -> Unit, onTrouble: (LockTrouble) -> Unit) {
        holder = screen
        lock.onChange = {
            onChange()
            trouble?.let(onTrouble)
        }
    }

    /** Stops telling [screen] of changes. */
    fun stopTelling(screen: LockActivity) {
        if (holder !== screen) return
        holder = null
        lock.onChange = {}
        unlocking?.onSettled = {}
    }

    /** Counts one more screen that uses this. Each calls [close] when it goes. */
    fun retain(): LockScreenState = apply { users++ }

    /** Opens the lock, unless it is open or being opened. */
    fun open(): Unit = lock.open()

    /** Called by each screen that has retained this, when it goes. The last call closes [unlocking]. */
    fun close() {
        if (--users == 0) lock.close()
    }
}
