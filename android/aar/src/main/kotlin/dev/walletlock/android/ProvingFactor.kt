package dev.walletlock.android

import dev.walletlock.CodeRequest
import dev.walletlock.FactorKind
import dev.walletlock.FactorOutcome
import dev.walletlock.GuardedAction
import dev.walletlock.LockException
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryWay
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.WayKind
import dev.walletlock.WayState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The second factor of a session that was just opened: a code of the authenticator app, or one that the provider sends. [action]: what
 * it is needed for. Null: for everything.
 */
internal class ProvingFactor(private val lock: WalletLock, private val action: GuardedAction?) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private val sent = CodeInSession()
    var onChange: () -> Unit = {}

    /** The way of the factor in force. Null: not known yet. */
    var way: RecoveryWay? = null
        private set
    var isBusy = false
        private set
    var note: GetBackNote? = null
        private set
    var notes = 0
        private set

    /** The factor was right. */
    var isRight = false
        private set

    /** The session has ended, or there is no such factor any more. */
    var isOver = false
        private set

    fun take(open: Session) {
        session?.close()
        session = open
        refresh()
    }

    fun takeSession(): Session? = session.also { session = null }

    /** Reads again which factor there is, and what can be done. */
    fun refresh() {
        val open = session ?: return
        scope.launch {
            try {
                learn(open)
            } catch (_: LockException) {
                isOver = !open.isLive
            }
            onChange()
        }
    }

    private suspend fun learn(open: Session) {
        if (!open.access.needsSecondFactor(action)) {
            isRight = true
            return
        }
        val kind = if (open.access.secondFactor().inForce == FactorKind.SMS) WayKind.SMS else WayKind.AUTHENTICATOR
        val known = lock.recovery.progress().ways.firstOrNull { it.kind == kind }
        // What was sent, proven or tried too often for getting back in is counted apart from this session.
        val state = if (kind == WayKind.SMS) sent.stateBySms(lock) else WayState.Available
        way = RecoveryWay(kind, known?.channel, known?.mask.orEmpty(), isStale = false, state)
    }

    /** Has a code sent. */
    fun send() {
        val channel = way?.channel ?: return
        call { open ->
            when (val request = open.access.sendCode(channel)) {
                is CodeRequest.Asked -> {
                    val what = carried(lock, ProofRequest(request.request, isAnswered = false))
                    val isSent = what == Carried.LATER || what == Carried.TAKEN
                    sent.asked(request, isSent)
                    if (!isSent) say(what.note)
                }
                is CodeRequest.NotYet -> {
                    sent.asked(request, isSent = false)
                    say(GetBackNote.Wait(request.leftMs))
                }
                is CodeRequest.NoCode -> say(GetBackNote.NoCode)
            }
        }
    }

    /** The 6 digits were typed. [entry] is empty afterwards. */
    fun typed(entry: PinEntry) {
        val code = entry.handedOver()
        val isRunning = call { open ->
            code.use {
                val channel = way?.channel
                if (channel == null) tried(open.access.proveSecondFactor(it)) else handIn(open.access.proveSmsFactor(channel, it))
            }
        }
        if (!isRunning) code.close()
    }

    private suspend fun handIn(request: CodeRequest): Unit = when (request) {
        is CodeRequest.Asked -> when (val what = carried(lock, ProofRequest(request.request, isAnswered = true))) {
            Carried.TAKEN -> isRight = true
            else -> say(what.note)
        }
        is CodeRequest.NotYet -> say(GetBackNote.Wait(request.leftMs))
        is CodeRequest.NoCode -> say(GetBackNote.NoCode)
    }

    private fun tried(what: FactorOutcome): Unit = when (what) {
        is FactorOutcome.Right -> isRight = true
        is FactorOutcome.Wrong ->
            say(if (what.waitMs > 0) GetBackNote.Wait(what.waitMs) else GetBackNote.WrongFactor(what.triesLeft))
        is FactorOutcome.Waiting -> say(GetBackNote.Wait(what.leftMs))
        is FactorOutcome.NotACode, is FactorOutcome.NotSetUp, is FactorOutcome.NotEnough -> say(GetBackNote.WrongCode)
    }

    private val Carried.note: GetBackNote
        get() = when (this) {
            Carried.TAKEN, Carried.LATER -> GetBackNote.Later
            Carried.REFUSED -> GetBackNote.WrongCode
            Carried.NOT_REACHED -> GetBackNote.NotReached
            Carried.NOT_TAKEN -> GetBackNote.WrongAnswer
        }

    private fun say(why: GetBackNote) {
        note = why
        notes++
    }

    /** Runs one call at a time, and reads afterwards what can be done. Returns whether it runs. */
    private fun call(block: suspend (Session) -> Unit): Boolean {
        val open = session
        if (isBusy || open == null) return false
        isBusy = true
        note = null
        onChange()
        scope.launch {
            try {
                block(open)
                if (!isRight) learn(open)
            } catch (_: LockException.SessionEnded) {
                isOver = true
            } catch (fault: LockException) {
                say(GetBackNote.Failed(LockTrouble.of(fault)))
            }
            isBusy = false
            onChange()
        }
        return true
    }

    override fun close() {
        onChange = {}
        scope.cancel()
        takeSession()?.close()
    }
}
