package dev.walletlock.android

import android.app.Application
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch

/**
 * Whether the wallet of a [LockGuard] is open, and the session that the guard keeps. For the main thread only.
 *
 * @param onChange is called when [state] changes.
 */
internal class GuardedWallet(private val application: Application, private val onChange: () -> Unit) : AutoCloseable {
    enum class State { OPENING, NO_PIN, LOCKED, OPEN }

    private val main = Handler(Looper.getMainLooper())
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var following: Job? = null
    private var lock: WalletLock? = null
    private var didNotOpen = false
    private var pinSinceMs: Long? = null

    /** The kept session has ended, and [refresh] waits for the lock to say whether another session is open. */
    private var isRefreshing = false
    private val kept = MutableStateFlow<Session?>(null)

    var state: State = State.OPENING
        private set

    val session: StateFlow<Session?> = kept.asStateFlow()

    /** Opens the lock and follows it, unless that was done already. */
    fun begin() {
        if (following == null) follow()
    }

    private fun follow() {
        following?.cancel()
        didNotOpen = false
        following = scope.launch {
            val opened = try {
                LockScreens.source(application)
            } catch (_: LockException) {
                // The lock screen shows why, and tries to open it again.
                didNotOpen = true
                return@launch update()
            }
            lock = opened
            launch { opened.isOpen.collect { update() } }
            launch { opened.status.collect { update() } }
        }
    }

    /** Determines [state] anew, and calls [onChange] if it is another one. */
    fun update() {
        val before = state
        state = stateNow()
        if (kept.value?.isLive == false) kept.value = null
        if (state == before) return
        pinSinceMs = null
        onChange()
    }

    private fun stateNow(): State {
        if (kept.value?.isLive == true || lock?.isOpen?.value == true && !isRefreshing) return State.OPEN
        val lock = lock ?: return if (didNotOpen) State.LOCKED else State.OPENING
        val isNew = state == State.NO_PIN
        return when (lock.status.value) {
            is LockStatus.Unconfigured -> State.NO_PIN
            is LockStatus.Wiped -> if (isNew) State.NO_PIN else State.LOCKED
            else -> if (isNew && !isPinSettled()) State.NO_PIN else State.LOCKED
        }
    }

    /**
     * When a first PIN is set, the lock's status changes a moment before its session is open. The state stays
     * [State.NO_PIN] for [PIN_SETTLES_MS], so that no lock screen is started in between.
     */
    private fun isPinSettled(): Boolean {
        val since = pinSinceMs ?: SystemClock.elapsedRealtime().also {
            pinSinceMs = it
            main.postDelayed(::update, PIN_SETTLES_MS)
        }
        return SystemClock.elapsedRealtime() - since >= PIN_SETTLES_MS
    }

    /** Reads the lock anew: a session may have ended while the phone slept, and the lock reports that some seconds late. */
    fun refresh() {
        val lock = lock ?: return
        isRefreshing = kept.value?.isLive == false
        scope.launch {
            try {
                lock.refresh()
            } catch (_: LockException) {
                follow()
            }
            isRefreshing = false
            update()
        }
    }

    /** Takes over [session], and closes the session that was kept before. */
    fun keep(session: Session) {
        val before = kept.value
        if (before !== session) before?.close()
        kept.value = session.takeIf { it.isLive }
        // If the app has closed the lock, the session comes from a new one.
        follow()
        update()
    }

    fun lockNow() {
        try {
            lock?.lockNow()
        } catch (_: LockException.Closed) {
            follow()
        }
        update()
    }

    /** Called when the lock screen found no PIN, or the person has read that everything was erased. */
    fun goOnWithoutPin() {
        state = State.NO_PIN
        if (lock == null) follow() else onChange()
    }

    /** Stops following the lock, closes the kept session, and sets [state] to open, so that nothing stays covered. */
    override fun close() {
        scope.cancel()
        main.removeCallbacksAndMessages(null)
        state = State.OPEN
        kept.value?.close()
        kept.value = null
    }

    private companion object {
        /** The lock reads its status, then its sessions. Between the two a slow phone takes some milliseconds. Our own choice. */
        const val PIN_SETTLES_MS = 500L
    }
}
