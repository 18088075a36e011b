package dev.walletlock.android

import dev.walletlock.LockStatus
import dev.walletlock.PinEntry
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Where the pad's digits go, and what checks them: an [Unlocking] that the app keeps; an [Unlocking] that is made for a bound
 * lock while the pad is on the screen; or, without a lock, nothing, and the digits are in the pad's own entry.
 */
internal class PadBinding(private val onStatus: () -> Unit, private val onChange: () -> Unit) {
    private val own = lazy(LazyThreadSafetyMode.NONE) { PinEntry() }
    private var lock: WalletLock? = null
    private var following: CoroutineScope? = null
    var onTrouble: (LockTrouble) -> Unit = {}

    var unlocking: Unlocking? = null
        private set

    /** The lock's status. Null: there is no lock, or the status is not known yet. */
    var status: LockStatus? = null
        private set

    /** Whether the last wrong PIN wipes the wallet. */
    val erasesLast: Boolean get() = unlocking?.erasesLast == true

    /** The recovery code whose groups are typed here in place of a PIN. Null: a PIN is typed. */
    var code: TypedCode? = null

    val entry: PinEntry get() = unlocking?.entry ?: own.value

    /** How many digits are typed. Counting does not create the pad's own entry. */
    val typed: Int
        get() = code?.typed ?: unlocking?.entry?.length ?: if (own.isInitialized()) own.value.length else 0

    val isReady: Boolean get() = unlocking?.checking == null && status?.takesPin != false

    fun bind(lock: WalletLock?, unlocking: Unlocking?) {
        unfollow()
        this.lock = lock
        this.unlocking = unlocking
        status = null
    }

    fun type(digit: Int): Boolean = unlocking?.type(digit) ?: entry.push(digit)

    fun erase() {
        code?.erase() ?: unlocking?.erase() ?: entry.pop()
    }

    fun clear() {
        code?.clear() ?: unlocking?.clear() ?: entry.clear()
    }

    /** Called when the pad comes on the screen, and when it is bound while it is there. */
    fun follow() {
        val going = unlocking ?: Unlocking(lock ?: return).also { unlocking = it }
        going.onChange = onChange
        going.onTrouble = { onTrouble(it) }
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch {
            going.lock.status.collect {
                status = it
                if (!it.takesPin) going.clear()
                onStatus()
            }
        }
    }

    fun unfollow() {
        following?.cancel()
        following = null
        val going = unlocking ?: return
        // Another pad may already have taken over this Unlocking.
        if (going.onChange === onChange) {
            going.onChange = {}
            going.onTrouble = {}
        }
        if (lock == null) return
        // follow() has made this Unlocking for the pad alone.
        going.close()
        unlocking = null
    }

    /** Clears the pad's own entry. */
    fun forget() {
        if (own.isInitialized()) own.value.clear()
    }
}
