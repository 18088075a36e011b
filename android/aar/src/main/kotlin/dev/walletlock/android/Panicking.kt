package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.PanicOutcome
import dev.walletlock.PinEntry
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.launch

/** Stopping everything in a panic. In memory only. Survives a rotation. For the main thread only. */
internal class Panicking(val lock: WalletLock, private var session: Session?) : OneCall<PinNote>() {
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

    var step = Step.EXPLAIN
        private set

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
        forgetNote()
        onChange()
        return true
    }

    /** Gives the session back: nothing was stopped. */
    fun takeSession(): Session? = session.also { session = null }

    override fun failed(fault: LockException) = say(PinNote.Failed(LockTrouble.of(fault)))

    override fun close() {
        super.close()
        takeSession()?.let { LockGuard.keepOrClose(it) }
    }
}
