package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
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

    /** After each try, once [onChange] was told. */
    internal var onSettled: () -> Unit = {}
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private var isClosed = false

    init {
        inBackground { lock.prepare() }
    }

    internal sealed interface Answer {
        class Refused(val refusal: Refusal) : Answer

        /** A fault, of which there is nothing to tell but what to do next. */
        object Fault : Answer
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

    /** Wipes what was typed: when the person looks away. */
    internal fun clear() {
        if (isClosed || entry.length == 0 || checking != null) return
        entry.clear()
        onChange()
    }

    /** Checks what was typed, unless a try is under way already. */
    internal fun check() {
        if (isBusy()) return
        checking = entry.length
        answer = null
        onChange()
        scope.launch {
            val outcome = try {
                lock.verifyPin(entry)
            } catch (_: LockException) {
                null
            }
            checking = null
            when (outcome) {
                is PinOutcome.Right -> session = outcome.session
                is Refusal -> answer = Answer.Refused(outcome)
                null -> answer = Answer.Fault
            }
            onChange()
            onSettled()
        }
    }

    /** The session of a right PIN, once. It is the caller's then, to be closed after use. */
    public fun takeSession(): Session? = session.also { session = null }

    /** Wipes the digits and closes a session that nobody took. A try that is under way is settled, and then closed too. */
    override fun close() {
        if (isClosed) return
        isClosed = true
        onChange = {}
        onSettled = {}
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
}
