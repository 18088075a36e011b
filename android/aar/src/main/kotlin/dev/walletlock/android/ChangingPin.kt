package dev.walletlock.android

import dev.walletlock.Access
import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricDenial
import dev.walletlock.GuardedAction
import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinChange
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.android.ChangePinSteps.Step
import kotlinx.coroutines.launch

/**
 * One attempt to change the PIN, or to set, replace or remove the wipe PIN. The [session] is the one that the current PIN
 * opened: a change of the PIN ends all others.
 *
 * The current PIN is checked as soon as it is typed, so that a wrong one is reported at once. The lock checks it again with
 * the change; until then it is kept in native memory.
 */
internal class ChangingPin(lock: WalletLock, val ofWipePin: Boolean = false) : ChoosingPin(lock) {
    override val steps = ChangePinSteps(ofWipePin)
    private var current: PinEntry? = null

    /** Whether the last wrong PIN wipes the wallet. False until it is known. */
    var erasesLast = false
        private set

    /** Whether the session needs the second factor before it changes a PIN. [takeSession] gives it to the screen that asks for it. */
    var needsFactor = false
        private set

    /** Called when [needsFactor] becomes true. Null: nobody asks for the factor, so the lock refuses the change. */
    var onFactorNeeded: (() -> Unit)? = null

    /** How many digits the current PIN has: a wipe PIN must have as many. 0: not known yet. */
    val currentLength: Int get() = current?.length ?: 0

    init {
        scope.launch {
            erasesLast = lock.lastTryErases()
            if (erasesLast) onChange()
        }
    }

    override fun typed(entry: PinEntry, personal: List<Personal>) {
        when (steps.step) {
            Step.CURRENT -> check(entry)
            Step.CHOOSE -> choose(entry.handedOver()) { refusalOf(it, personal) }
            Step.AGAIN -> entry.handedOver().use { repeat(it, personal) }
            else -> entry.clear()
        }
    }

    private fun check(entry: PinEntry) {
        if (!steps.check()) return
        val pin = entry.handedOver()
        keepCurrent(pin)
        closeSession()
        onChange()
        scope.launch {
            try {
                val outcome = pin.duplicate().use { lock.verifyPin(it) }
                val open = (outcome as? PinOutcome.Right)?.session
                session = open
                val asks = onFactorNeeded
                needsFactor = asks != null && open?.asksSecondFactor(GuardedAction.CHANGE_PIN) == true
                if (needsFactor) return@launch asks?.invoke() ?: Unit
                checked(outcome as? Refusal)
            } catch (fault: LockException) {
                steps.notChecked(LockTrouble.of(fault))
            }
            if (steps.step == Step.CURRENT) forgetAll()
            onChange()
        }
    }

    /** The second factor was right in [open]. Null: it was not, so the person begins again. */
    fun factorProven(open: Session?) {
        needsFactor = false
        session = open
        scope.launch {
            try {
                if (open == null) over() else checked(null)
            } catch (fault: LockException) {
                steps.notChecked(LockTrouble.of(fault))
            }
            if (steps.step == Step.CURRENT) forgetAll()
            onChange()
        }
    }

    private suspend fun checked(refusal: Refusal?) =
        steps.checked(refusal, hasWipePin = ofWipePin && session?.access?.hasWipePin() == true)

    private suspend fun refusalOf(pin: PinEntry, personal: List<Personal>): PinNote? {
        if (current?.matches(pin) == true) return PinNote.SameAsCurrent
        // A wipe PIN opens nothing, so it may be easy to guess. The call that sets it checks all else.
        return if (ofWipePin) null else findingsOn(pin, personal)
    }

    private fun repeat(again: PinEntry, personal: List<Personal>) {
        val pin = first ?: return forget()
        val isSame = pin.matches(again)
        scope.launch {
            val isFingerOn = isSame && isFingerOn()
            if (first !== pin) return@launch
            val isDecided = steps.repeated(isSame, isFingerOn)
            if (!isSame) keepFirst(null)
            onChange()
            if (isDecided) change(personal, keepsFinger = true)
            onChange()
        }
    }

    /** A wallet that takes no PIN now cannot say whether biometrics are on. Then this is false, and the change says why. */
    private suspend fun isFingerOn(): Boolean = try {
        when (val availability = lock.biometricAvailability()) {
            is BiometricAvailability.Available -> true
            is BiometricAvailability.Denied -> availability.reason !in OFF
        }
    } catch (_: LockException) {
        false
    }

    /** The person has decided whether biometrics stay on: makes the change. */
    fun answer(keepsFinger: Boolean, personal: List<Personal>) {
        if (!steps.answered()) return
        onChange()
        scope.launch {
            change(personal, keepsFinger)
            onChange()
        }
    }

    private suspend fun change(personal: List<Personal>, keepsFinger: Boolean) {
        val new = first ?: return over()
        change { access, old ->
            if (ofWipePin) access.setWipePin(old, new) else access.changePin(old, new, personal, keepsFinger)
        }
    }

    fun understood() {
        steps.understood()
        onChange()
    }

    fun replace() {
        steps.replace()
        onChange()
    }

    fun remove() {
        if (!steps.remove()) return
        onChange()
        scope.launch {
            change { access, old -> access.clearWipePin(old) }
            onChange()
        }
    }

    private suspend fun change(call: suspend (Access, PinEntry) -> PinChange) {
        val open = session
        val old = current
        if (open == null || old == null) return over()
        try {
            // The call clears the entry that it gets, so it gets a copy. If the new PIN is forbidden, the person can choose
            // another one without typing the current PIN again.
            steps.changed(old.duplicate().use { call(open.access, it) })
        } catch (_: LockException.SessionEnded) {
            return over()
        } catch (_: LockException.PinNeeded) {
            return over()
        } catch (_: LockException.LimitReached) {
            return over(PinNote.ManyProposals)
        } catch (fault: LockException) {
            steps.notChanged(LockTrouble.of(fault))
        }
        keepFirst(null)
        if (steps.step == Step.DONE) keepCurrent(null)
        if (steps.step == Step.CURRENT) forgetAll()
    }

    private fun over(why: PinNote = PinNote.AskedAgain) {
        steps.sessionOver(why)
        forgetAll()
    }

    /** Clears both PINs, and closes the session. */
    private fun forgetAll() {
        keepFirst(null)
        keepCurrent(null)
        closeSession()
    }

    override fun back(): Boolean = steps.back().also {
        if (steps.step == Step.CHOOSE) keepFirst(null)
        if (it) onChange()
    }

    /** While another screen asks for the second factor, the current PIN is kept: the person goes on with it. */
    override fun forget() {
        if (needsFactor) return
        steps.forget()
        if (steps.step == Step.CURRENT) forgetAll()
        onChange()
    }

    private fun keepCurrent(pin: PinEntry?) {
        current?.close()
        current = pin
    }

    override fun close() {
        keepCurrent(null)
        super.close()
    }

    private companion object {
        /** The person is not asked about biometrics then: they are off or not supported, or the lock cannot say (`LOCKED`). */
        val OFF = setOf(
            BiometricDenial.SWITCHED_OFF,
            BiometricDenial.ENROLMENT_CHANGED,
            BiometricDenial.OFF_AFTER_FAILURES,
            BiometricDenial.NOT_SUPPORTED,
            BiometricDenial.LOCKED,
        )
    }
}
