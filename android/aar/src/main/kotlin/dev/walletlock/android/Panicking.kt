package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.PanicOutcome
import dev.walletlock.PinEntry
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Stopping everything in a panic. In memory only. Survives a rotation. For the main thread only. */
internal class Panicking(val lock: WalletLock, private var session: Session?) : AutoCloseable {
    enum class Step {
        /** The person reads what it does. */
        EXPLAIN,

        /** The PIN is asked for. */
        PIN,

        /** Everything is stopped. */
        STOPPED,

        /** Payments are stopped, without the PIN. */
        FROZEN,
    }

    var onChange: () -> Unit = {}
    var step = Step.EXPLAIN
        private set
    var isBusy = false
        private set

    /** Why the last call did not lead on. Null: it did, or there was none. */
    var note: PinNote? = null
        private set

    /** Counts the notes, so that the screen says each of them once. */
    var notes = 0
        private set
    private val scope = CoroutineScope(SupervisorJob() + MainThread)

    init {
        scope.launch { quietly { lock.prepare() } }
    }

    /** Stops everything: at once in the session, if there is one; otherwise the PIN is asked for. */
    fun begin() = call {
        val open = session?.takeIf { it.isLive }
        if (open == null) {
            step = Step.PIN
            return@call
        }
        try {
            open.payments.panicFreeze()
            stopped(Step.STOPPED)
        } catch (_: LockException.SessionEnded) {
            step = Step.PIN
        } catch (_: LockException.PinNeeded) {
            step = Step.PIN
        }
    }

    /** Stops everything with the PIN in [entry], which is empty afterwards. */
    fun enter(entry: PinEntry) {
        if (isBusy) return entry.clear()
        val typed = entry.handedOver()
        call {
            when (val outcome = typed.use { lock.payments.panicFreeze(it) }) {
                is PanicOutcome.Frozen -> stopped(Step.STOPPED)
                is Refusal -> say(PinNote.Refused(outcome))
            }
        }
    }

    /** Stops payments, for which no PIN is needed. */
    fun freeze() = call {
        lock.payments.freeze()
        stopped(Step.FROZEN)
    }

    private fun stopped(how: Step) {
        step = how
        reportFreeze(lock)
    }

    /** Goes back to the explanation. False: it is there already, or everything is stopped. */
    fun back(): Boolean {
        if (step != Step.PIN || isBusy) return isBusy
        step = Step.EXPLAIN
        note = null
        onChange()
        return true
    }

    /** Gives the session back: nothing was stopped. */
    fun takeSession(): Session? = session.also { session = null }

    private fun say(why: PinNote) {
        note = why
        notes++
    }

    private fun call(block: suspend () -> Unit) {
        if (isBusy) return
        isBusy = true
        note = null
        onChange()
        scope.launch {
            try {
                block()
            } catch (fault: LockException) {
                say(PinNote.Failed(LockTrouble.of(fault)))
            }
            isBusy = false
            onChange()
        }
    }

    override fun close() {
        onChange = {}
        scope.cancel()
        takeSession()?.let { LockGuard.keepOrClose(it) }
    }
}
