package dev.walletlock.android

import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricChange
import dev.walletlock.BiometricDenial
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import dev.walletlock.LockException
import dev.walletlock.RecoveryStatus
import dev.walletlock.RollbackProtection
import dev.walletlock.SecurityLevel
import dev.walletlock.SensorAvailability
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import org.json.JSONObject

/**
 * What the settings show about a wallet, and what they change in it. It is in memory only, and outlives the views. For the
 * main thread only.
 */
internal class SettingsState(val lock: WalletLock) : AutoCloseable {
    var onChange: () -> Unit = {}

    /** Called when a change needs the PIN, or when the session has ended. */
    var onPinNeeded: () -> Unit = {}
    var onTrouble: (LockTrouble) -> Unit = {}

    /** Whether a finger or face opens the wallet. Null: not known yet. */
    var isFingerOn: Boolean? = null
        private set

    /** Why biometrics are off, if that is not the person's own choice. Null: they are on, or off by choice. */
    var whyOff: BiometricDenial? = null
        private set
    var sensor: SensorAvailability? = null
        private set
    var level: SecurityLevel? = null
        private set
    var rollback: RollbackProtection? = null
        private set
    var sessionTimes: SessionTimes? = null
        private set

    /** What is known about the recovery code. Null: not known yet. */
    var recovery: RecoveryStatus? = null
        private set

    /** Whether payments are frozen. Null: not known yet. */
    var isFrozen: Boolean? = null
        private set

    /** The newest first. */
    var journal: List<JournalEntry> = emptyList()
        private set

    /** Whether the journal has more lines. */
    val hasMore: Boolean get() = below != null

    /** Why the last call failed, or the last change was not made. Null: there is nothing to say. */
    var said: PinNote? = null
        private set
    var isBusy = false
        private set
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private var below: Long? = null
    private var current: Job? = null

    /** A change that the person wants, while it waits for the PIN. Null: none waits. */
    private var wanted: (suspend (Session) -> Unit)? = null

    /** How long a session lives without use, and in any case, in seconds, by the policy. */
    class SessionTimes(val idleS: Long, val absoluteS: Long)

    /** Whether there is a live session. */
    val isOpen: Boolean get() = session?.isLive == true

    /** Whether a change waits for the PIN. */
    val needsPin: Boolean get() = wanted != null

    init {
        scope.launch { lock.isOpen.collect { if (!it) ended() } }
    }

    private fun ended() {
        session?.close() ?: return
        session = null
        onPinNeeded()
    }

    /** Takes over [open], and makes the change that waits for it, if any. */
    fun take(open: Session) {
        session?.close()
        session = open
        LockGuard.share(open)
        load()
    }

    private fun load() = work(waits = true) {
        val open = session ?: return@work
        look()
        level = lock.securityLevel()
        rollback = lock.rollbackProtection()
        sessionTimes = JSONObject(lock.policy().json).getJSONObject("session").let {
            SessionTimes(it.getLong("idle_s"), it.getLong("absolute_s"))
        }
        journal = emptyList()
        below = null
        read(open)
        wanted?.let { make(open, it) }
    }

    private suspend fun readFinger() {
        sensor = lock.sensorAvailability()
        val reason = (lock.biometricAvailability() as? BiometricAvailability.Denied)?.reason
        isFingerOn = reason !in OFF
        whyOff = reason.takeIf { isFingerOn == false && it != BiometricDenial.SWITCHED_OFF }
    }

    fun showMore() = work { session?.let { read(it) } }

    /** Reads the next page. Leaves out the lines that say that a try began: the line of its outcome says more. */
    private suspend fun read(open: Session) {
        val page = open.journal.page(JournalQuery(limit = LINES, below = below))
        journal = journal + page.entries.filter { it.kind != JournalKind.PIN_TRIED }
        below = page.next
    }

    fun switchFinger(isOn: Boolean) = change { open ->
        if (isOn) {
            val change = open.access.enableBiometrics()
            said = if (change is BiometricChange.Done) null else PinNote.BiometricsNotSwitchedOn(change)
        } else {
            open.access.disableBiometrics()
        }
    }

    fun withdrawCode() = change { it.access.withdrawRecoveryCode() }

    /** Cancels the change of the recovery code that waits. */
    fun cancelCode() = change { it.access.cancelRecoveryCodeChange() }

    /** Stops payments, which needs no PIN; or lets them go on. Only the provider ends a freeze of its own: it is asked to. */
    fun switchFreeze(isOn: Boolean) {
        if (isOn) {
            return work {
                lock.freeze()
                look()
            }
        }
        change { open ->
            open.access.unfreeze()
            if (!lock.provider.state().isFrozen) return@change
            val words =
                if (LockScreens.provider == null) R.string.walletlock_frozen_by_provider else wordsAfter(ProviderCall.UNFREEZE, lock)
            said = words?.let { PinNote.Provider(it) }
        }
    }

    /** Makes a change now, or once the person has entered the PIN. */
    private fun change(wish: suspend (Session) -> Unit) = work {
        wanted = wish
        val open = session ?: return@work onPinNeeded()
        make(open, wish)
    }

    private suspend fun make(open: Session, wish: suspend (Session) -> Unit) {
        try {
            wish(open)
            wanted = null
        } catch (_: LockException.PinNeeded) {
            onPinNeeded()
        } catch (ended: LockException.SessionEnded) {
            throw ended
        } catch (fault: LockException) {
            // Forget the failed change: otherwise the next session would make it, when nobody asks for it any more.
            wanted = null
            throw fault
        }
        look()
    }

    /** Reads again what may have changed on another screen, or in the phone's own settings. */
    fun lookAgain() = work { look() }

    private suspend fun look() {
        readFinger()
        recovery = lock.recovery.status()
        isFrozen = lock.provider.state().isFrozen
    }

    /** Drops the change that waits for the PIN: the person did not enter it. */
    fun giveUp() {
        wanted = null
        onChange()
    }

    fun lockNow() {
        session?.close()
        session = null
        try {
            lock.lockNow()
        } catch (fault: LockException) {
            onTrouble(LockTrouble.of(fault))
        }
    }

    /** Runs one call after another. While a call runs, a button is ignored; a call that [waits] runs after it. */
    private fun work(waits: Boolean = false, call: suspend () -> Unit) {
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
                val trouble = LockTrouble.of(fault)
                said = PinNote.Failed(trouble)
                onTrouble(trouble)
            }
            isBusy = false
            onChange()
        }
    }

    override fun close() {
        onChange = {}
        onPinNeeded = {}
        onTrouble = {}
        scope.cancel()
        // If the PIN was changed, all other sessions have ended. A guard keeps this one, so that the app stays open.
        session?.let { LockGuard.keepOrClose(it) }
        session = null
    }

    private companion object {
        const val LINES = 20

        /** The reasons that mean that biometrics are off, and not only denied for now. */
        val OFF = setOf(
            BiometricDenial.SWITCHED_OFF,
            BiometricDenial.ENROLMENT_CHANGED,
            BiometricDenial.OFF_AFTER_FAILURES,
            BiometricDenial.NOT_SUPPORTED,
        )
    }
}
