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
 * One person's going at a lock: the digits typed so far, the try that is under way, and the session it gave until
 * somebody takes it. In memory only.
 *
 * Keep one where it outlives a rotation, such as in a `ViewModel`, and give it to each new [PinPadView]: no digit and no
 * outcome is lost then, and none is ever written down. Close it when the person is done; what nobody took is closed too.
 *
 * For the main thread only.
 *
 * @property lock what is to be opened. It stays the app's: closing this does not close it.
 */
public class Unlocking(public val lock: WalletLock) : AutoCloseable {
    internal val entry = PinEntry()

    /** How many digits the try has that is being checked: the entry itself is empty by then. Null: none is. */
    internal var checking: Int? = null
        private set

    /** What became of the last try, until the next digit. */
    internal var answer: Answer? = null
        private set

    internal var onChange: () -> Unit = {}

    /** Whether the screen should offer a finger or face: one would do now. */
    internal var offersBiometrics: Boolean = false
        private set

    /** After each try, and after each prompt, once [onChange] was told. */
    internal var onSettled: () -> Unit = {}

    /** When a PIN could not be checked, once the others were told. */
    internal var onTrouble: (LockTrouble) -> Unit = {}
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private var asking: Job? = null
    private var wasAsked = false
    private var isClosed = false

    init {
        inBackground { lock.prepare() }
    }

    internal sealed interface Answer {
        /** What of it was the phone's failing. */
        val trouble: LockTrouble?
            get() = when (this) {
                is Refused -> (refusal as? PinOutcome.NoVerdict)?.let { LockTrouble.of(it.cause) }
                is Fault -> fault
                is NotByBiometrics -> null
            }

        class Refused(val refusal: Refusal) : Answer

        /** A fault. */
        class Fault(val fault: LockTrouble) : Answer

        /** No finger or face opened it: the PIN is next. */
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

    /** Clears what was typed: when the person looks away. */
    internal fun clear() {
        if (isClosed || entry.length == 0 || checking != null) return
        entry.clear()
        onChange()
    }

    /** Checks what was typed, unless a try is under way already. Nobody is asked for a finger any more. */
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
     * Looks whether a finger or face would do now. If so, it is asked for, but only once for each [Unlocking]; from then
     * on the person asks for it.
     */
    internal fun offerBiometrics() = asking {
        when (val availability = lock.biometricAvailability()) {
            is BiometricAvailability.Available -> {
                offersBiometrics = true
                if (!wasAsked) ask()
            }
            is BiometricAvailability.Denied -> {
                offersBiometrics = false
                // The person has asked for an answer that is shown already, and not for this one.
                answer = answer ?: Answer.NotByBiometrics(BiometricOutcome.Denied(availability.reason))
            }
        }
    }

    /** Asks for a finger or face, unless that is under way already. */
    internal fun askBiometrics() = asking { ask() }

    /** Takes away the prompt, if any. What is left of it opens nothing. */
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

    /** One after another: one that was stopped may not have left the screen yet. */
    private fun asking(call: suspend () -> Unit) {
        if (isBusy() || asking?.isActive == true) return
        val before = asking
        val next = scope.launch(start = CoroutineStart.LAZY) {
            before?.join()
            try {
                call()
            } catch (_: LockException) {
                // The PIN says what is the matter.
                offersBiometrics = false
            }
            onChange()
            onSettled()
        }
        // What it calls may come back here before it returns.
        asking = next
        next.start()
    }

    /** The session of a right PIN, finger or face, once. It is the caller's then, to be closed after use. */
    public fun takeSession(): Session? = session.also { session = null }

    /**
     * Clears the digits, takes away the prompt for a finger or face, and closes a session that nobody took. A try that is
     * under way is settled, and then closed too.
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

    /** What makes the lock faster, but does not decide anything: that it failed is no news. */
    private fun inBackground(call: suspend () -> Unit) {
        CoroutineScope(MainThread).launch {
            try {
                call()
            } catch (_: LockException) {
                return@launch
            }
        }
    }

    private companion object {
        /** Where another prompt would end as the last one did. */
        val HOPELESS = setOf(
            BiometricEnd.LOCKED_OUT,
            BiometricEnd.LOCKED_OUT_FOR_GOOD,
            BiometricEnd.NONE_ENROLLED,
            BiometricEnd.NO_HARDWARE,
        )
    }
}
