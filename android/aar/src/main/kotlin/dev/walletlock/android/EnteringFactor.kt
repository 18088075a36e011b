package dev.walletlock.android

import dev.walletlock.CodeRequest
import dev.walletlock.FactorKind
import dev.walletlock.FactorOutcome
import dev.walletlock.LockException
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryWay
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.WayKind
import dev.walletlock.WayState

/** One attempt to get the second factor right in a session. */
internal class EnteringFactor(lock: WalletLock) : SessionWork(lock) {
    /** Null: not known yet, or there is none. */
    var factor: FactorKind? = null
        private set

    /** The phone number to which a code is sent. Null: the factor is an authenticator app. */
    var way: RecoveryWay? = null
        private set

    private val sent = CodeInSession()

    /** Counts what was [said], so that the page says each of them once. */
    var saidTimes = 0
        private set

    override suspend fun load(open: Session): Unit = look()

    override suspend fun look() {
        val open = session ?: return
        factor = open.access.secondFactor().inForce
        // Without a second factor there is nothing to prove.
        if (factor == null) isDone = true
        val ways = if (factor == FactorKind.SMS) lock.recovery.progress().ways else emptyList()
        way = ways.firstOrNull { it.kind == WayKind.SMS && it.channel != null }?.copy(state = sent.stateBySms(lock))
    }

    /** Has a code sent. */
    fun send() = once { open ->
        val channel = way?.channel ?: return@once
        val request = open.access.sendCode(channel)
        val note = carriedCode(lock, request, isAnswered = false)
        sent.asked(request, isSent = note == null)
        tell(note)
        look()
    }

    /** Tries the code in [entry], which is empty afterwards. */
    fun enter(entry: PinEntry) {
        if (isBusy) return entry.clear()
        val code = entry.handedOver()
        once { open ->
            code.use { if (factor == FactorKind.SMS) enterSms(open, it) else enterApp(open, it) }
            look()
        }
    }

    private suspend fun enterApp(open: Session, code: PinEntry) {
        val outcome = open.access.proveSecondFactor(code)
        if (outcome is FactorOutcome.Right) isDone = true
        tell(noteOf(outcome))
    }

    private suspend fun enterSms(open: Session, code: PinEntry) {
        val channel = way?.channel ?: return
        val note = carriedCode(lock, open.access.proveSmsFactor(channel, code), isAnswered = true)
        if (note == null) isDone = true
        tell(note)
    }

    private fun tell(note: PinNote?) {
        said = note
        saidTimes++
    }

    override fun wordsOf(fault: LockException): PinNote? =
        PinNote.Text(R.string.walletlock_check_no_code).takeIf { fault is LockException.WrongState }

    /** Whether a code was sent that is still valid. */
    val isSent: Boolean get() = way?.state is WayState.Sent
}

/** Why a code of the authenticator was not accepted. Null: it was right. */
internal fun noteOf(outcome: FactorOutcome): PinNote? = when (outcome) {
    is FactorOutcome.Right -> null
    is FactorOutcome.Wrong -> if (outcome.waitMs > 0) factorWaits(outcome.waitMs) else PinNote.FactorWrong(outcome.triesLeft)
    is FactorOutcome.Waiting -> factorWaits(outcome.leftMs)
    is FactorOutcome.NotSetUp, is FactorOutcome.NotACode, is FactorOutcome.NotEnough -> PinNote.Text(R.string.walletlock_check_wrong)
}

private fun factorWaits(ms: Long) = PinNote.Wait(R.string.walletlock_factor_waits, ms)

/**
 * Has the app carry a request about a code, if one was made. Returns what to say then. Null: the provider has agreed; or, if nothing
 * answers the request, has it.
 */
internal suspend fun carriedCode(lock: WalletLock, made: CodeRequest, isAnswered: Boolean): PinNote? = when (made) {
    is CodeRequest.NotYet -> PinNote.Wait(R.string.walletlock_check_not_yet, made.leftMs)
    is CodeRequest.NoCode -> PinNote.Text(R.string.walletlock_check_no_code)
    is CodeRequest.Asked -> when (carried(lock, ProofRequest(made.request, isAnswered))) {
        Carried.TAKEN -> null
        Carried.LATER -> if (isAnswered) PinNote.Text(R.string.walletlock_check_later) else null
        Carried.REFUSED, Carried.NOT_TAKEN -> PinNote.Text(R.string.walletlock_check_wrong)
        Carried.NOT_REACHED -> PinNote.Text(R.string.walletlock_provider_not_reached)
    }
}
