package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * What a page of the settings does with a session: one call after another. A change that needs the PIN or the second factor waits
 * until the person has entered it. It is in memory only, and outlives the views. For the main thread only.
 */
internal abstract class SessionWork(val lock: WalletLock) : AutoCloseable {
    var onChange: () -> Unit = {}

    /** Called when a change needs the PIN, or when the session has ended. */
    var onPinNeeded: () -> Unit = {}

    /** Called when a change needs the second factor. */
    var onFactorNeeded: () -> Unit = {}
    var onTrouble: (LockTrouble) -> Unit = {}

    /** Why the last call failed, or the last change was not made. Null: there is nothing to say. */
    var said: PinNote? = null
        protected set
    var isBusy = false
        private set

    /** Whether the page did what it is for. It is the page's result. */
    var isDone = false
        protected set
    protected var session: Session? = null
        private set
    protected val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var current: Job? = null

    /** A change that the person wants, while it waits for the PIN or the second factor. Null: none waits. */
    private var wanted: (suspend (Session) -> Unit)? = null

    /** Whether there is a live session. */
    val isOpen: Boolean get() = session?.isLive == true

    /** Whether a change waits for the PIN or the second factor. */
    val waits: Boolean get() = wanted != null

    init {
        scope.launch { lock.isOpen.collect { if (!it) ended() } }
    }

    private fun ended() {
        session?.close() ?: return
        session = null
        onEnded()
        onPinNeeded()
    }

    /** The session has ended. */
    protected open fun onEnded() {}

    /** Takes over [open], and makes the change that waits for it, if any. */
    fun take(open: Session) {
        if (session !== open) session?.close()
        session = open
        LockGuard.share(open)
        work(waits = true) {
            val now = session ?: return@work
            load(now)
            wanted?.let { make(now, it) }
        }
    }

    /** Gives the session to another screen, which gives it back. What waits for it goes on waiting. */
    fun handOver(): Session? = session.also { session = null }

    /** Reads everything that the page shows. */
    protected abstract suspend fun load(open: Session)

    /** Reads again what a change, another screen or the phone's settings may have changed. */
    protected abstract suspend fun look()

    /** What to say about a fault that means something on this page. Null: nothing else than what is always said. */
    protected open fun wordsOf(fault: LockException): PinNote? = null

    /** Makes a change now, or once the person has entered the PIN or the second factor. [waits] as in [work]. */
    protected fun change(waits: Boolean = false, wish: suspend (Session) -> Unit) = work(waits) {
        wanted = wish
        val open = session ?: return@work onPinNeeded()
        make(open, wish)
    }

    /** Makes a change once the person has entered the second factor. */
    protected fun changeAfterFactor(wish: suspend (Session) -> Unit) = work {
        wanted = wish
        if (session == null) onPinNeeded() else onFactorNeeded()
    }

    /** Makes a call that is not made again later, such as one with a code that was typed. [waits] as in [work]. */
    protected fun once(waits: Boolean = false, call: suspend (Session) -> Unit) = work(waits) {
        val open = session ?: return@work onPinNeeded()
        call(open)
    }

    private suspend fun make(open: Session, wish: suspend (Session) -> Unit) {
        try {
            wish(open)
            wanted = null
        } catch (_: LockException.PinNeeded) {
            onPinNeeded()
        } catch (_: LockException.SecondFactorNeeded) {
            onFactorNeeded()
        } catch (ended: LockException.SessionEnded) {
            throw ended
        } catch (fault: LockException) {
            // Forget the failed change: otherwise the next session would make it, when nobody asks for it any more.
            wanted = null
            throw fault
        }
        look()
    }

    fun lookAgain() = work { look() }

    /** Drops the change that waits: the person did not enter what it needs. */
    fun giveUp() {
        wanted = null
        onChange()
    }

    /** Runs one call after another. While a call runs, a button is ignored; a call that [waits] runs after it. */
    protected fun work(waits: Boolean = false, call: suspend () -> Unit) {
        if (isBusy && !waits) return
        isBusy = true
        said = null
        onChange()
        val before = current
        current = scope.launch {
            before?.join()
            try {
                call()
            } catch (_: LockException.SessionEnded) {
                onPinNeeded()
            } catch (fault: LockException) {
                say(fault)
            }
            isBusy = false
            onChange()
        }
    }

    protected fun say(fault: LockException) {
        val known = wordsOf(fault)
        if (known != null) {
            said = known
            return
        }
        val trouble = LockTrouble.of(fault)
        said = PinNote.Failed(trouble)
        onTrouble(trouble)
    }

    protected fun closeSession() {
        session?.close()
        session = null
    }

    override fun close() {
        onChange = {}
        onPinNeeded = {}
        onFactorNeeded = {}
        onTrouble = {}
        scope.cancel()
        // If the PIN was changed, all other sessions have ended. A guard keeps this one, so that the app stays open.
        session?.let { LockGuard.keepOrClose(it) }
        session = null
    }
}
