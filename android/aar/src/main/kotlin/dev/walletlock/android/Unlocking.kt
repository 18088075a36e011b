package dev.walletlock.android

import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.LockException
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * One person's attempt to open a lock. It holds the digits typed so far, the try that is being checked, and the session that
 * the try gave, until somebody takes it. In memory only.
 *
 * Keep it where it survives a rotation, such as in a `ViewModel`, and give it to each new [PinPadView]. Then no digit and no
 * outcome is lost, and none is saved anywhere. Close it when the person is done; a session that nobody took is closed too.
 *
 * For the main thread only.
 *
 * @property lock the lock to open. Closing this does not close the lock.
 */
public class Unlocking(public val lock: WalletLock) : AutoCloseable {
    internal val entry = PinEntry()

    /** How many digits the PIN has that is being checked: the entry itself is empty by then. Null: none is being checked. */
    internal var checking: Int? = null
        private set

    /** The outcome of the last try or prompt, until the next digit. */
    internal var answer: Answer? = null
        private set

    internal var onChange: () -> Unit = {}

    /** Whether the screen should offer a finger or face now. */
    internal var offersBiometrics: Boolean = false
        private set

    /** Whether the last wrong PIN wipes the wallet. False until it is known. */
    internal var erasesLast: Boolean = false
        private set

    /** Called after each try and each prompt, after [onChange]. */
    internal var onSettled: () -> Unit = {}

    /** Called when a PIN could not be checked, after [onChange] and [onSettled]. */
    internal var onTrouble: (LockTrouble) -> Unit = {}
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private var asking: Job? = null
    private var wasAsked = false
    private var isClosed = false

    init {
        inBackground { lock.prepare() }
        inBackground {
            erasesLast = lock.lastTryErases()
            if (erasesLast) onChange()
        }
    }

    internal sealed interface Answer {
        /** The fault of the phone that caused this answer. Null: no fault did. */
        val trouble: LockTrouble?
            get() = when (this) {
                is Refused -> (refusal as? PinOutcome.NoVerdict)?.let { LockTrouble.of(it.cause) }
                is Fault -> fault
                is NotByBiometrics -> null
            }

        class Refused(val refusal: Refusal) : Answer

        /** The call failed. */
        class Fault(val fault: LockTrouble) : Answer

        /** No finger or face opened the wallet, so the person enters the PIN next. */
        class NotByBiometrics(val outcome: BiometricOutcome) : Answer
    }

    internal fun type(digit: Int): Boolean {
        if (isBusy()) return false
        answer = null
        return entry.push(digit).also { onChange() }
    }

    internal fun erase(): Boolean {
        if (isBusy()) return false
        answer = null
        return entry.pop().also { onChange() }
    }

    /** Clears what was typed, for when the screen is not visible any more. */
    internal fun clear() {
        if (isClosed || entry.length == 0 || checking != null) return
        entry.clear()
        onChange()
    }

    /** Checks what was typed, unless a try is being checked already. Takes the biometric prompt away. */
    internal fun check() {
        if (isBusy()) return
        stopAsking()
        checking = entry.length
        answer = null
        onChange()
        scope.launch {
            val given = try {
                when (val outcome = lock.verifyPin(entry)) {
                    is PinOutcome.Right -> null.also { session = outcome.session }
                    is Refusal -> Answer.Refused(outcome)
                }
            } catch (fault: LockException) {
                Answer.Fault(LockTrouble.of(fault))
            }
            checking = null
            answer = given
            onChange()
            onSettled()
            given?.trouble?.let(onTrouble)
        }
    }

    /**
     * Finds out whether biometrics may be used now. If so, shows the prompt, but only once for each [Unlocking]; after that
     * the person has to ask for it.
     */
    internal fun offerBiometrics() = asking {
        when (val availability = lock.biometricAvailability()) {
            is BiometricAvailability.Available -> {
                offersBiometrics = true
                if (!wasAsked) ask()
            }
            is BiometricAvailability.Denied -> {
                offersBiometrics = false
                // An answer that is shown already stays: the person asked for it, and did not ask whether biometrics may be used.
                answer = answer ?: Answer.NotByBiometrics(BiometricOutcome.Denied(availability.reason))
            }
        }
    }

    /** Shows the prompt for a finger or face, unless one is shown already. */
    internal fun askBiometrics() = asking { ask() }

    /** Whether a prompt is shown, or its outcome is not settled yet. */
    internal val isAsking: Boolean get() = asking?.isActive == true

    /** Takes away the prompt, if any. An answer that comes after that opens nothing. */
    internal fun stopAsking() {
        asking?.cancel()
    }

    private suspend fun ask() {
        wasAsked = true
        answer = null
        onChange()
        val outcome = lock.verifyBiometrics()
        if (outcome is BiometricOutcome.Unlocked) {
            session = outcome.session
            return
        }
        answer = Answer.NotByBiometrics(outcome)
        val isAvailable = lock.biometricAvailability() is BiometricAvailability.Available
        offersBiometrics = isAvailable && (outcome as? BiometricOutcome.Ended)?.end !in HOPELESS
    }

    /** Runs one call after another: a prompt that was stopped may still be on the screen. */
    private fun asking(call: suspend () -> Unit) {
        if (isBusy() || isAsking) return
        val before = asking
        val next = scope.launch(start = CoroutineStart.LAZY) {
            before?.join()
            try {
                call()
            } catch (_: LockException) {
                // Nothing is said here: if the fault lasts, checking the PIN fails too, and says why.
                offersBiometrics = false
            }
            onChange()
            onSettled()
        }
        // Set before the start: the call may run at once, and its callbacks may call this function again.
        asking = next
        next.start()
    }

    /** Gives the session of a right PIN, finger or face, once. The caller closes it after use. Null: there is none. */
    public fun takeSession(): Session? = session.also { session = null }

    /**
     * Clears the digits, takes away the prompt for a finger or face, and closes a session that nobody took. A try that is
     * being checked runs to its end and is counted; its session is closed then.
     */
    override fun close() {
        if (isClosed) return
        isClosed = true
        onChange = {}
        onSettled = {}
        onTrouble = {}
        scope.cancel()
        takeSession()?.close()
        entry.close()
        inBackground { lock.releaseMemory() }
    }

    private fun isBusy() = isClosed || checking != null || session != null

    /** For calls that only make the lock faster and decide nothing: a fault in them is ignored. */
    private fun inBackground(call: suspend () -> Unit) {
        CoroutineScope(MainThread).launch {
            try {
                call()
            } catch (_: LockException) {
                return@launch
            }
        }
    }

    internal companion object {
        /** Ends after which another prompt would end in the same way, so the screen does not offer one. */
        val HOPELESS = setOf(
            BiometricEnd.LOCKED_OUT,
            BiometricEnd.LOCKED_OUT_FOR_GOOD,
            BiometricEnd.NONE_ENROLLED,
            BiometricEnd.NO_HARDWARE,
        )
    }
}
