package dev.walletlock

import dev.walletlock.ffi.Enrolment as NativeEnrolment
import dev.walletlock.ffi.PinEntry as NativeEntry
import dev.walletlock.ffi.Session as NativeSession
import dev.walletlock.ffi.WalletLock as NativeLock
import java.io.File
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.launch

/**
 * The lock of one wallet: it checks the PIN, counts failures, enforces waits, and keeps the protected items.
 *
 * ```
 * val lock = WalletLock.open(File(folder, "wallet.db"), platform)
 * scope.launch { lock.status.collect { render(it) } }
 *
 * when (val outcome = lock.verifyPin(entry)) {
 *     is PinOutcome.Right -> outcome.session.use { it.vault.read("card-token") }
 *     is PinOutcome.Wrong -> shake(outcome.triesLeft, outcome.cooldown)
 *     is PinOutcome.Locked -> show(outcome.status)
 *     is PinOutcome.NoVerdict -> retryLater(outcome.cause)
 * }
 * ```
 *
 * **Threads.** Safe to use from any thread. Suspend functions work on a background dispatcher and may be called from the main
 * thread; the others take microseconds, except [close].
 *
 * **Cancellation.** A call that has begun runs to its end: a cancelled try counts, and its outcome is recorded, like that of
 * any other. Only the wait for a person at a biometric prompt is cut short. If the caller was cancelled, the session of the
 * call is closed. A call that is cancelled before it begins changes nothing.
 *
 * **Errors.** Wrong PINs and locks are outcomes. Faults are a [LockException], from every function.
 *
 * **What destroys what.** The words mean the same in every name and every text of this library:
 *
 * - [remove]: the owner, with the PIN, destroys everything. The lock is as new afterwards.
 * - [wipe]: everything is destroyed without the PIN: by this call, by the wipe PIN ([Access.setWipePin]), or after too many
 *   wrong PINs if the policy says so. [status] says [LockStatus.Wiped] afterwards, and the journal stays.
 * - [delete][Vault.delete]: one item of the vault is destroyed.
 * - clear: the digits of an entry are forgotten ([PinEntry.clear]), or the wipe PIN is no longer set
 *   ([Access.clearWipePin]). The wallet keeps everything.
 *
 * [Access.withdrawRecoveryCode] destroys nothing but the code. Neither do the other calls about it: [Recovery.enterCode] and
 * [Rescue.finish] keep what the wallet keeps.
 *
 * Nothing is destroyed by [lockNow], which ends every session; by the `close` of a [Session], which ends that one; or by
 * [close], which ends the sessions of this lock and closes the file.
 *
 * From Java, see [FromJava].
 */
public class WalletLock private constructor(private val dispatcher: CoroutineDispatcher) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + dispatcher)
    private val eventFlow = MutableSharedFlow<Event>(extraBufferCapacity = 64, onBufferOverflow = BufferOverflow.DROP_OLDEST)
    private val backend = NativeLibrary.unlockPath
    private val prompts = Prompts(::takeAway)
    @Volatile private lateinit var handle: LockHandle
    @Volatile private lateinit var watch: StatusWatch
    @Volatile private lateinit var sessionWatch: SessionWatch
    @Volatile private var biometrics: Biometrics? = null

    /** Handles and not [Session] objects, so that [LeakReaper] can free a session that the app has dropped. */
    private val sessions = mutableSetOf<SessionHandle>()

    /** Written while the monitor of [sessions] is held. */
    @Volatile
    internal var isClosed: Boolean = false
        private set

    /**
     * The status of the lock now. It is updated after every call and every event. While a time in it counts down, there is a
     * new value each second, or each minute if a day or more is left. After [close] it stays as it was.
     */
    public val status: StateFlow<LockStatus> get() = watch.flow

    /**
     * Whether the wallet is open: whether any session is live, also one of another [WalletLock] of the same file. It becomes
     * false by itself when the time of the last session is over; after [close] it is false.
     *
     * ```
     * scope.launch { lock.isOpen.collect { if (!it) showLockScreen(lock.lastSessionEnd) } }
     * ```
     *
     * After [lockNow] it changes at once. After a session was closed, it changes a moment later, in the background. After the
     * end of a session's time it changes within a moment while the phone is awake, and within ten seconds after it has slept.
     * The calls on that session fail from the end of its time on, even while this is still true.
     */
    public val isOpen: StateFlow<Boolean> get() = sessionWatch.isOpen

    /** Why the last session ended. Null: none has ended since the lock was opened. */
    public val lastSessionEnd: SessionEnd? get() = sessionWatch.lastEnd

    /**
     * Every journal line, just after it was written; also those that another [WalletLock] of the same file causes.
     *
     * The flow never ends, and never waits for its collectors. A collector that begins later, or is more than 64 events
     * behind, misses some. The journal has all of them.
     */
    public val events: Flow<Event> = eventFlow.asSharedFlow()

    /** Gets the owner back in when the PIN is forgotten, or the wallet is locked or damaged. */
    public val recovery: Recovery = Recovery(this)

    /** Carries signed words between the wallet and its provider, the backend of the app. */
    public val provider: Provider = Provider(this)

    /** Asks for payments and confirms them, also while no session is open; and stops them. */
    public val payments: Payments = Payments(this)

    /** What the owner is to be told, also while the wallet is locked. */
    public val alerts: Alerts = Alerts(this)

    /** Reads [status] and [isOpen] anew. Call it when the app comes back to the foreground. */
    public suspend fun refresh(): LockStatus = dispatcher.call { watch.refresh().also { sessionWatch.refresh() } }

    /**
     * Looks again at a wallet that is damaged, busy, or fails with [LockException.Storage], and returns its status now: the
     * keystore or the disk may have failed only for a moment. Real damage stays, because this repairs nothing.
     */
    public suspend fun recheck(): LockStatus = call { handle.overUniffi { it.recheck() }.toPublic() }

    /**
     * Reserves the memory that checking a PIN takes (tens of megabytes). Call it when the PIN pad opens: otherwise the first
     * try takes longer.
     */
    public suspend fun prepare(): Unit = call { backend.prepare(handle) }

    /** Gives back what [prepare] reserved. Call it when the PIN pad closes. */
    public suspend fun releaseMemory(): Unit = call { backend.releaseMemory(handle) }

    /**
     * How good the PIN in [entry] is, with every reason against it. The entry keeps its digits.
     *
     * This does not say whether the PIN was used before; only [Access.changePin] does.
     */
    @JvmOverloads
    public suspend fun judgePin(entry: PinEntry, personal: List<Personal> = emptyList()): Judgement =
        call { withPin(entry) { lock, digits -> lock.judgePin(digits, personal.toNative()) }.toPublic() }

    /**
     * Sets the first PIN and opens the wallet. The entry is empty afterwards, unless the PIN was forbidden.
     *
     * @param personal what others know about this person, so that no PIN is made of it. Used during the call, not stored.
     * @throws LockException.WrongState unless the status is [LockStatus.Unconfigured] or [LockStatus.Wiped].
     */
    @JvmOverloads
    public suspend fun enrol(entry: PinEntry, personal: List<Personal> = emptyList()): Enrolment =
        call(unwanted = { (it as? Enrolment.Enrolled)?.session?.close() }) {
            when (val enrolment = withPin(entry) { lock, digits -> lock.enrol(digits, personal.toNative()) }) {
                is NativeEnrolment.Enrolled -> Enrolment.Enrolled(register(backend.adopt(enrolment.session)))
                is NativeEnrolment.Forbidden -> Enrolment.Forbidden(enrolment.findings.toPublic())
            }
        }

    /**
     * Checks the PIN in [entry] and leaves the entry empty. A right PIN opens the wallet: close the session after use.
     *
     * The try is counted on the disk before it is checked, so a guesser cannot save a try by killing the app.
     */
    public suspend fun verifyPin(entry: PinEntry): PinOutcome =
        call(unwanted = { (it as? PinOutcome.Right)?.session?.close() }) {
            backend.verifyPin(handle, entry.handle, ::register)
        }

    /**
     * Whether biometrics may open the wallet now, and if not, why. It shows and counts nothing. Use it to decide what the screen
     * offers.
     */
    @JvmOverloads
    public suspend fun biometricAvailability(
        request: BiometricRequest = BiometricRequest.UNLOCK,
    ): BiometricAvailability = call { backend.biometricAvailability(handle, request) }

    /**
     * Whether this phone can ask for a finger or face now, no matter whether the person has switched biometrics on. Use it to
     * decide whether a screen offers that. [SensorAvailability.NOT_SUPPORTED] if the lock was opened without [Biometrics].
     */
    public suspend fun sensorAvailability(): SensorAvailability = dispatcher.call {
        try {
            biometrics?.availability() ?: SensorAvailability.NOT_SUPPORTED
        } catch (_: RuntimeException) {
            // The app's own part failed. (In other calls the native side reports that as LockException.Platform.)
            SensorAvailability.BUSY
        }
    }

    /**
     * Asks the person for a finger or face, waits until the phone has an answer, and opens the wallet. Close the session after
     * use. The wallet is opened with a key of the phone's keystore. The keystore allows its use only after the sensor has
     * recognised a person. Code that forges a success of the prompt gains nothing. [Payments.confirmBiometrics] confirms payments.
     *
     * One prompt is shown at a time, whichever [WalletLock] of the file asks; a second call gets [NoVerdictCause.TryAgain].
     * It does not take a thread of the lock's dispatcher while it waits.
     *
     * **Cancellation** takes the prompt away, as [cancelBiometrics] and [close] do. If a person was recognised before that,
     * it is counted and in the journal, and the session is closed. It is not guaranteed that the prompt has left the screen
     * when this returns: the phone removes it in its own time.
     */
    @JvmOverloads
    public suspend fun verifyBiometrics(request: BiometricRequest = BiometricRequest.UNLOCK): BiometricOutcome =
        callWithPrompt(unwanted = { (it as? BiometricOutcome.Unlocked)?.session?.close() }) { prompt ->
            backend.verifyBiometrics(handle, request, prompt, ::register)
        }

    /**
     * Takes away the prompt that a call on this lock, or on a session of it, shows or is about to show, if any; the call
     * ends as [BiometricEnd.CANCELLED_BY_SYSTEM]. A prompt that another [WalletLock] of the file shows stays. Needs no
     * coroutine.
     */
    public fun cancelBiometrics(): Unit = prompts.callOff()

    /**
     * Removes the wallet for its owner: checks the PIN in [entry], and if it is right, destroys the PIN, the keys, every item
     * and the journal. There is no way back. The lock is as new afterwards: [LockStatus.Unconfigured].
     */
    public suspend fun remove(entry: PinEntry): Removal =
        call { withPin(entry) { lock, digits -> lock.remove(digits) }.toPublic() }

    /**
     * Wipes the wallet: destroys the PIN, the keys and every item at once, without asking for the PIN. Use it when the
     * provider orders it, or when the phone is lost. There is no way back. It gives nobody new power: anyone who can run the
     * app's code could delete its data as well.
     *
     * Every session ends. The lock is [LockStatus.Wiped] afterwards, even if an older copy of its file is put back; the
     * journal stays. A damaged wallet is wiped too, and its journal with it. If the wipe is interrupted, or throws because the
     * phone did not answer, it still counts as soon as its first step is done: nothing opens any more, and the rest is
     * destroyed when the lock is opened again.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun wipe(): Unit = call { handle.overUniffi { it.wipe() } }

    /**
     * Ends every session at once, and takes away the biometric prompt. For a 'lock now' button, and when the app goes to the
     * background. Needs no coroutine.
     *
     * @param screenWentOff whether the reason is that the screen went off: then [lastSessionEnd] is [SessionEnd.SCREEN_OFF],
     *   else [SessionEnd.LOCKED].
     */
    @JvmOverloads
    public fun lockNow(screenWentOff: Boolean = false) {
        translating { if (screenWentOff) backend.screenWentOff(handle) else backend.lockNow(handle) }
        sessionWatch.allEnded(if (screenWentOff) SessionEnd.SCREEN_OFF else SessionEnd.LOCKED)
        // The phone may be switched off next. If saving fails, the unsaved part of the wait has to be waited again.
        if (status.value is LockStatus.CoolingDown) scope.launch { runCatching { saveTime() } }
    }

    /**
     * Locks the wallet for its owner, without any proof: for a phone that someone else may hold soon. The recovery code clears it,
     * and so does the provider's grant. Every session ends. If nothing that was set up could clear the lock, payments are frozen
     * instead.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun lockAsOwner(): OwnerLock = call { handle.overUniffi { it.lockAsOwner() }.byName() }

    /**
     * Saves how much of a wait is left. While the app runs, that is done once a minute, and by [lockNow]. Time that passes
     * while the app does not run is lost when the phone is switched off; only the time since the phone is on again counts. So
     * call this from a job that runs every hour or so: then a wait of a day also ends on a phone that is switched off each
     * night. It also saves how much of the provider's allowance is used up, and brings [status] up to date when the allowance ends:
     * [status] does not poll for that.
     */
    public suspend fun saveTime(): Unit = call { handle.overUniffi { it.saveTime() } }

    /** The policy in force. It may be stricter than the policy that was passed to [open], which says why. */
    public suspend fun policy(): Policy = call { Policy.resolved(handle.overUniffi { it.policy() }) }

    /**
     * What keeps the keys of this wallet: an app may allow less to a wallet whose keys are kept only by software.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun securityLevel(): SecurityLevel = call { handle.overUniffi { it.securityLevel() }.toPublic() }

    /**
     * Whether the lock notices that an older copy of the file was put back. This was decided when the first PIN was set, by
     * how fast this phone's keystore is.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun rollbackProtection(): RollbackProtection =
        call { handle.overUniffi { it.rollbackProtection() }.toPublic() }

    /**
     * What to remind the person of now. Null: nothing. Asking counts as reminding: the next reminder comes in a week at the
     * earliest, whether the person follows this one or not.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun takeReminder(): Reminder? = call { handle.overUniffi { it.takeReminder() }?.toPublic() }

    /**
     * Checks that no line of the journal was changed, removed or added behind the lock's back. Takes time in proportion
     * to the journal's length. Needs no session.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun verifyJournal(): Chain = call { handle.overUniffi { it.verifyJournal() }.toPublic() }

    /**
     * Ends its sessions and closes the file. A second call does nothing; every other call on the lock or its sessions throws
     * [LockException.Closed] from then on.
     *
     * It does not wait for running calls: it takes a prompt away, and the file is closed when the last running call has ended.
     * If none runs, closing the file takes a few milliseconds in this call. While the phone is just making a key for the
     * wallet, a background thread closes the file, and a call that opens the file meanwhile waits for that. Another
     * [WalletLock] of the same file is not touched.
     */
    override fun close() {
        val open = synchronized(sessions) {
            if (isClosed) return
            isClosed = true
            sessions.toList()
        }
        scope.cancel()
        prompts.close()
        open.forEach(::end)
        sessionWatch.close()
        watch.whileIdle(handle::close)
    }

    /** Says nothing about the wallet. */
    override fun toString(): String = "WalletLock"

    /** Like [call], for calls on the generated object that no other function here makes. */
    internal suspend fun <T> callNative(unwanted: (T) -> Unit = {}, block: (NativeLock) -> T): T =
        call(unwanted) { handle.overUniffi(block) }

    /** Like [callNative], for calls that wait for a person at a prompt. The block gets the id of that prompt. */
    internal suspend fun <T> callNativeWithPrompt(block: (NativeLock, Long) -> T): T =
        callWithPrompt { prompt -> handle.overUniffi { block(it, prompt) } }

    /** The session that a call over uniffi has opened. */
    internal fun opened(session: NativeSession): Session = register(backend.adopt(session))

    /** Runs [block] in the background, then brings [status] up to date. */
    internal suspend fun <T> call(unwanted: (T) -> Unit = {}, block: () -> T): T =
        dispatcher.call(unwanted) { refreshing(block) }

    /** Like [call], for calls that wait for a person at a prompt. The block gets the id of that prompt. */
    internal suspend fun <T> callWithPrompt(unwanted: (T) -> Unit = {}, block: (Long) -> T): T =
        prompts.call(unwanted) { prompt -> refreshing { block(prompt) } }

    /** Like [call], for functions that both backends have. */
    internal suspend fun <T> callBackend(unwanted: (T) -> Unit = {}, block: (UnlockPath) -> T): T =
        call(unwanted) { block(backend) }

    internal fun isLive(session: SessionHandle): Boolean = translating { backend.isLive(session) }

    /** Ends a session. A second call does nothing. */
    internal fun end(session: SessionHandle) {
        try {
            translating { backend.end(session) }
        } catch (_: LockException.Closed) {
            return
        }
        synchronized(sessions) { sessions.remove(session) }
        sessionWatch.refreshSoon()
        session.close()
    }

    /** From here on closing the lock ends [session]. If the lock is closed already, the session is ended and not returned. */
    private fun register(session: SessionHandle): Session {
        val isRegistered = synchronized(sessions) { !isClosed && sessions.add(session) }
        if (!isRegistered) {
            end(session)
            throw LockException.Closed()
        }
        return Session(session, this).also { LeakReaper.watch(it, AutoCloseable { end(session) }) }
    }

    private fun <T> refreshing(block: () -> T): T =
        try {
            block()
        } finally {
            watch.tryRefresh()
            sessionWatch.refresh()
        }

    private fun takeAway(prompt: Long) {
        try {
            translating { backend.cancelBiometrics(handle, prompt) }
        } catch (_: LockException) {
            // The lock was closed, which took the prompt away. Or there is a defect: then the prompt ends when its time is
            // over.
            return
        }
    }

    private inline fun <T> withPin(entry: PinEntry, block: (NativeLock, NativeEntry) -> T): T =
        entry.handle.overUniffi { digits -> handle.overUniffi { block(it, digits) } }

    private fun openNative(file: File, platform: Platform, policy: Policy) {
        handle = backend.open(file.path, policy.text, platform, ::onEvent)
        biometrics = platform.biometrics
        try {
            watch = StatusWatch(scope) { translating { backend.status(handle) } }
            sessionWatch = SessionWatch(file.canonicalFile, scope) { translating { backend.openSessions(handle) } }
        } catch (fault: LockException) {
            scope.cancel()
            handle.close()
            throw fault
        }
        // Calls after the PIN need JNA. If it cannot be started, those calls say so.
        scope.launch { runCatching(NativeLibrary::startJna) }
    }

    private fun onEvent(event: Event) {
        // A try that is being checked counts as failed already. The status must show a failure only when it is one.
        if (event.kind != JournalKind.PIN_TRIED && ::sessionWatch.isInitialized) {
            watch.tryRefresh()
            sessionWatch.refresh()
        }
        eventFlow.tryEmit(event)
    }

    /** Opens locks. */
    public companion object {
        /**
         * Opens the lock that is kept in the file [path], or begins a new one there. Its folder must exist and belong to the
         * app; on Android, it must be one that is never backed up (`Context.noBackupFilesDir`).
         *
         * Two files are two wallets, whatever their names are. A file that is moved while it is closed still finds its keys. Of
         * two copies of one file a process can open only one. Within a process a file may be opened any number of times: all
         * share one lock, and the [platform] and [policy] of the first stay until the last is closed.
         *
         * @param policy what the app asks for. A policy that is stricter than the one in force takes effect now. An easier
         *   policy takes effect with the next right PIN. So does a stricter policy that would lock out someone who has tries
         *   left.
         * @param dispatcher where all work is done, calls to the platform's parts included. Only waiting for a person at a
         *   biometric prompt is done on a background thread beside it.
         * @throws LockException.InUse if another process has the file open, or this process a copy of the file.
         * @throws LockException.NewerVersion if a newer version of Walletlock wrote the file.
         * @throws LockException.Policy if the policy is not valid.
         * @throws LockException.Platform or [LockException.Storage] if the phone did not answer: trying again may help.
         *   Damaged data, or a keystore that does not answer, throws nothing: the lock opens, and its status says so
         *   ([LockStatus.Busy] for the keystore; [recheck] looks again).
         */
        @JvmStatic
        @JvmOverloads
        public suspend fun open(
            path: File,
            platform: Platform,
            policy: Policy = Policy.DEFAULT,
            dispatcher: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(CALLS_AT_ONCE),
        ): WalletLock = dispatcher.call(unwanted = WalletLock::close) {
            WalletLock(dispatcher).apply { openNative(path, platform, policy) }
        }

        /**
         * The one lock of the file [path] in this process. The first call opens it, and all other calls return the same one.
         * This is for an app with one wallet, or one for each account:
         *
         * ```
         * val lock = WalletLock.shared(File(folder, "wallet.db"), platform)
         * ```
         *
         * Calls at the same time open the lock once. A call that fails leaves nothing behind: the next one tries again.
         * Closing the lock closes it for all callers, and the next call opens it anew. An app need not close it at all.
         *
         * From Java: `FromJava.future(c -> WalletLock.shared(file, platform, c))`.
         *
         * @param platform as for [open], and so are [policy] and [dispatcher]. Those of the call that opens the lock stay.
         * @param onOpened runs once for each lock that is opened, before any caller gets it. If it throws, the lock is closed
         *   and the call fails.
         * @throws LockException as [open] does.
         */
        @JvmStatic
        @JvmOverloads
        public suspend fun shared(
            path: File,
            platform: Platform,
            policy: Policy = Policy.DEFAULT,
            dispatcher: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(CALLS_AT_ONCE),
            onOpened: (WalletLock) -> Unit = {},
        ): WalletLock = SharedLocks.of(path, dispatcher) {
            val lock = open(path, platform, policy, dispatcher)
            try {
                onOpened(lock)
            } catch (thrown: Throwable) {
                lock.close()
                throw thrown
            }
            lock
        }

        /** Enough for the lock to answer other calls while it checks a PIN, and few enough that many calls start few threads. */
        private const val CALLS_AT_ONCE = 4
    }
}
