package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * One attempt to set or change a PIN. It holds the first entry of the new PIN. It also holds the session, until [takeSession]
 * gives it away. All is in memory only. The views do not survive a rotation, but this does. For the main thread only.
 */
internal abstract class ChoosingPin(val lock: WalletLock) : AutoCloseable {
    abstract val steps: ChoosingPinSteps<*>
    var onChange: () -> Unit = {}
    protected val scope = CoroutineScope(SupervisorJob() + MainThread)
    protected var session: Session? = null
    protected var first: PinEntry? = null
        private set
    private var isClosed = false

    init {
        // Reserves memory, so that the call that sets or checks a PIN is faster. It decides nothing.
        scope.launch { quietly { lock.prepare() } }
    }

    /** [entry] was typed to its end: it is empty afterwards. */
    abstract fun typed(entry: PinEntry, personal: List<Personal>)

    /** Goes one step back. False: the person leaves the screen instead. */
    abstract fun back(): Boolean

    /** The screen is not visible any more: clears the digits. A call that is running goes on. */
    abstract fun forget()

    /** Keeps [pin] as the first entry. [judge] returns why it may not be set; null: it may. */
    protected fun choose(pin: PinEntry, judge: suspend (PinEntry) -> PinNote?) {
        keepFirst(pin)
        scope.launch {
            val refusal = try {
                judge(pin)
            } catch (fault: LockException) {
                PinNote.Failed(LockTrouble.of(fault))
            }
            // Another first entry was typed meanwhile, or this one was cleared.
            if (first !== pin) return@launch
            steps.chosen(refusal)
            if (refusal != null) keepFirst(null)
            onChange()
        }
    }

    /** Why [pin] may not be set. Null: it may. */
    protected suspend fun findingsOn(pin: PinEntry, personal: List<Personal>): PinNote? {
        val judgement = lock.judgePin(pin, personal)
        return if (judgement.allowed) null else PinNote.Forbidden(judgement.findings)
    }

    /** Gives the session, once. The caller closes it after use. Null: there is none. */
    fun takeSession(): Session? = session.also { session = null }

    protected fun closeSession() {
        takeSession()?.close()
    }

    protected fun keepFirst(pin: PinEntry?) {
        first?.close()
        first = pin
    }

    /** Clears the digits, and closes the session. A call that is running goes to its end; a session that it opens is closed. */
    override fun close() {
        if (isClosed) return
        isClosed = true
        onChange = {}
        scope.cancel()
        keepFirst(null)
        closeSession()
        CoroutineScope(MainThread).launch { quietly { lock.releaseMemory() } }
    }
}

/** Moves the digits into a new entry, which the caller closes. This entry is empty afterwards. */
internal fun PinEntry.handedOver(): PinEntry = duplicate().also { clear() }

/** Runs a call that decides nothing, and ignores its fault: a call that decides something reports such a fault itself. */
internal suspend fun quietly(call: suspend () -> Unit) {
    try {
        call()
    } catch (_: LockException) {
        return
    }
}
