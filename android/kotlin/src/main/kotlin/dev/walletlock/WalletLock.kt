package dev.walletlock

import dev.walletlock.ffi.Enrolment as NativeEnrolment
import dev.walletlock.ffi.PinEntry as NativeEntry
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
 * The lock of one wallet: it checks the PIN, counts failures, makes people wait, and keeps what is protected.
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
 * **Threads.** Safe to use from any. Suspend functions work on a background dispatcher and may be called from the main
 * thread; the others take microseconds, but for [close].
 *
 * **Cancellation.** A call that has begun runs to its end: a cancelled try is counted, and settled, like any other. Only
 * the wait for a person at a biometric prompt is cut short. A session that nobody waits for any more is closed. A call
 * cancelled before it began changes nothing.
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
 * Nothing is destroyed by [lockNow], which ends every session; by the `close` of a [Session], which ends that one; or by
 * [close], which ends the sessions of this lock and lets go of the file.
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

    /** Handles alone: a session that the app has lost is freed by itself. */
    private val sessions = mutableSetOf<SessionHandle>()

    /** Written with [sessions] held. */
    @Volatile
    internal var isClosed: Boolean = false
        private set

    /**
     * What the person is told now. It follows every call and every event, and counts a cooldown down by itself, a new
     * value each second, until the lock is ready again. After [close] it stays as it was.
     */
    public val status: StateFlow<LockStatus> get() = watch.flow

    /**
     * Whether the wallet is open: whether any session lives, those of other [WalletLock]s of the same file included. It becomes
     * false by itself when the last one's time is over; after [close] it is false.
     *
     * ```
     * scope.launch { lock.isOpen.collect { if (!it) showLockScreen(lock.lastSessionEnd) } }
     * ```
     *
     * [lockNow] is told at once, a session that is closed a moment later, in the background. The end by time is told within a
     * moment while the phone is awake, and within ten seconds after it has slept. What the
     * session guards is closed from that time on in any case, told or not.
     */
    public val isOpen: StateFlow<Boolean> get() = sessionWatch.isOpen

    /** Why the session that ended last did so. Null: none has ended since the lock was opened. */
    public val lastSessionEnd: SessionEnd? get() = sessionWatch.lastEnd

    /**
     * Every journal line, just after it was written; also those that another [WalletLock] of the same file causes.
     *
     * It never ends and never waits: who begins to collect later, or falls more than 64 events behind, misses some. The
     * journal has them all.
     */
    public val events: Flow<Event> = eventFlow.asSharedFlow()

    /** Reads [status] anew. Worth calling when the app comes back to the foreground. */
    public suspend fun refresh(): LockStatus = dispatcher.call { watch.refresh().also { sessionWatch.refresh() } }

    /**
     * Looks again at a wallet that is damaged, busy, or fails with [LockException.Storage], and returns what it is now: the
     * keystore or the disk may have had a hiccup. What is damaged for good stays so. It changes nothing.
     */
    public suspend fun recheck(): LockStatus = call { handle.overUniffi { it.recheck() }.toPublic() }

    /**
     * Reserves the memory that checking a PIN takes (tens of megabytes). Call it when the PIN pad opens: without it the
     * first try takes longer.
     */
    public suspend fun prepare(): Unit = call { backend.prepare(handle) }

    /** Gives back what [prepare] reserved. Call it when the PIN pad closes. */
    public suspend fun releaseMemory(): Unit = call { backend.releaseMemory(handle) }

    /**
     * How good the PIN in [entry] is, every reason against it named. The entry keeps its digits.
     *
     * Whether it was used before is not told here, only by [Access.changePin].
     */
    @JvmOverloads
    public suspend fun judgePin(entry: PinEntry, personal: List<Personal> = emptyList()): Judgement =
        call { withPin(entry) { lock, digits -> lock.judgePin(digits, personal.toNative()) }.toPublic() }

    /**
     * Sets the first PIN and opens the wallet. The entry is empty afterwards, unless the PIN was forbidden.
     *
     * @param personal what others know of this person: no PIN may be made of it. Used now and kept nowhere.
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
     * Checks the PIN in [entry] and leaves the entry empty. A right one opens the wallet: close the session after use.
     *
     * The try is counted on the disk before it is checked, so ending the app does not save it.
     */
    public suspend fun verifyPin(entry: PinEntry): PinOutcome =
        call(unwanted = { (it as? PinOutcome.Right)?.session?.close() }) {
            backend.verifyPin(handle, entry.handle, ::register)
        }

    /**
     * Whether biometrics may be used now for [request], and if not, why. Nothing is shown and nothing counted; ask it to
     * decide what the screen offers.
     *
     * @throws LockException.Invalid if amount, currency or payee is out of range.
     */
    @JvmOverloads
    public suspend fun biometricAvailability(
        request: BiometricRequest = BiometricRequest.UNLOCK,
    ): BiometricAvailability = call { backend.biometricAvailability(handle, request) }

    /**
     * Asks the person for a finger or face, waits until the phone has an answer, and opens the wallet, or confirms the
     * payment of [request]: close the session after use. What opens it is a key that the phone's keystore lets be used
     * for one recognised person; whoever makes the prompt say yes without it has nothing.
     *
     * One prompt is shown at a time, whichever [WalletLock] of the file asks; for a second one there is
     * [NoVerdictCause.TryAgain]. It does not take a thread of the lock's dispatcher while it waits.
     *
     * **Cancellation** takes the prompt away, as [cancelBiometrics] and [close] do. Who was recognised before that is
     * counted and in the journal, and the session is closed. It is not guaranteed that the prompt has left the screen
     * when the caller is back: the phone does that in its own time.
     *
     * @throws LockException.Invalid if amount, currency or payee is out of range.
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
     * Removes the wallet for its owner: destroys the PIN, the keys, every item and the journal, once the PIN in [entry] is
     * proven. There is no way back. The lock is as new afterwards: [LockStatus.Unconfigured].
     */
    public suspend fun remove(entry: PinEntry): Removal =
        call { withPin(entry) { lock, digits -> lock.remove(digits) }.toPublic() }

    /**
     * Wipes the wallet: destroys the PIN, the keys and every item at once, without asking for the PIN. For an order of the
     * provider, or when the phone is lost. There is no way back. Whoever runs the app could delete its data as well.
     *
     * Every session ends. The lock is [LockStatus.Wiped] afterwards, whatever copy of its file is put back; the journal
     * stays. What is damaged is wiped too, its journal with it. Cut short, or told by an exception that the phone did not
     * answer, half a wipe is a wipe: nothing opens any more, and the rest goes when the lock is opened again.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun wipe(): Unit = call { handle.overUniffi { it.wipe() } }

    /**
     * Ends every session at once. For 'lock now', and when the app goes to the background. Needs no coroutine.
     *
     * @param screenWentOff whether that is why: then [lastSessionEnd] is [SessionEnd.SCREEN_OFF], else [SessionEnd.LOCKED].
     */
    @JvmOverloads
    public fun lockNow(screenWentOff: Boolean = false) {
        translating { if (screenWentOff) backend.screenWentOff(handle) else backend.lockNow(handle) }
        sessionWatch.allEnded(if (screenWentOff) SessionEnd.SCREEN_OFF else SessionEnd.LOCKED)
        // Whoever locks may be about to switch the phone off. What cannot be saved is waited for once more.
        if (status.value is LockStatus.CoolingDown) scope.launch { runCatching { saveTime() } }
    }

    /**
     * Saves what is left of a wait. While an app runs, that is done once a minute, and by [lockNow]; what passes while no app
     * runs is lost when the phone is switched off, but for the time that the phone has been on again. So call it
     * from a job that runs every hour or so: then a wait of a day ends also on a phone that is switched off each
     * night. Nothing is done while nothing is waited for.
     */
    public suspend fun saveTime(): Unit = call { handle.overUniffi { it.saveTime() } }

    /** The policy in force. It may be stricter than the one given to [open]: see there. */
    public suspend fun policy(): Policy = call { Policy.resolved(handle.overUniffi { it.policy() }) }

    /**
     * What keeps the keys of this wallet: an app may want less of a wallet whose keys are only software.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun securityLevel(): SecurityLevel = call { handle.overUniffi { it.securityLevel() }.toPublic() }

    /**
     * Whether an older copy of the file, put back, is found out. Chosen when the first PIN was set, by how fast this
     * phone's keystore is.
     *
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun rollbackProtection(): RollbackProtection =
        call { handle.overUniffi { it.rollbackProtection() }.toPublic() }

    /**
     * What to remind the person of now, or null. Asking counts as reminding: whatever they do with it, the next comes
     * in a week at the earliest.
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
     * Ends its sessions and lets go of the file. A second call does nothing; every other call on the lock or its
     * sessions throws [LockException.Closed] from then on.
     *
     * It does not wait: a prompt is taken away, a call that is under way finishes first, and the file is let go with it.
     * Otherwise closing the file takes a few milliseconds, now. While the phone is just making a key for it, that is left to
     * a background thread, and who opens the file meanwhile waits for it.
     * Another [WalletLock] of the same file is not touched.
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

    /** Runs [block] in the background, then brings [status] up to date. */
    internal suspend fun <T> call(unwanted: (T) -> Unit = {}, block: () -> T): T =
        dispatcher.call(unwanted) { refreshing(block) }

    /** The same for what waits for a person at a prompt. The block gets the id of that prompt. */
    internal suspend fun <T> callWithPrompt(unwanted: (T) -> Unit = {}, block: (Long) -> T): T =
        prompts.call(unwanted) { prompt -> refreshing { block(prompt) } }

    /** The same for what both backends have. */
    internal suspend fun <T> callBackend(unwanted: (T) -> Unit = {}, block: (UnlockPath) -> T): T =
        call(unwanted) { block(backend) }

    internal fun isLive(session: SessionHandle): Boolean = translating { backend.isLive(session) }

    /** A second time it does nothing. */
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

    /** From here on closing the lock closes the session. It may be closed already: then nobody gets it. */
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
            // The lock was closed, which took the prompt away. Or there is a defect: then the prompt goes when its time is
            // over.
            return
        }
    }

    private inline fun <T> withPin(entry: PinEntry, block: (NativeLock, NativeEntry) -> T): T =
        entry.handle.overUniffi { digits -> handle.overUniffi { block(it, digits) } }

    private fun openNative(file: File, platform: Platform, policy: Policy) {
        handle = backend.open(file.path, policy.text, platform, ::onEvent)
        try {
            watch = StatusWatch(scope) { translating { backend.status(handle) } }
            sessionWatch = SessionWatch(file.canonicalFile, scope) { translating { backend.openSessions(handle) } }
        } catch (fault: LockException) {
            scope.cancel()
            handle.close()
            throw fault
        }
        // What comes after the PIN needs it. If it cannot be started, that says so.
        scope.launch { runCatching(NativeLibrary::startJna) }
    }

    private fun onEvent(event: Event) {
        // A try that is being checked counts as failed already. Whoever watches should hear of it when it is.
        if (event.kind != JournalKind.PIN_TRIED && ::sessionWatch.isInitialized) {
            watch.tryRefresh()
            sessionWatch.refresh()
        }
        eventFlow.tryEmit(event)
    }

    /** Where locks are opened. */
    public companion object {
        /**
         * Opens the lock that is kept in the file [path], or begins a new one there. Its folder must exist, and be the
         * app's own; on Android, one that is never backed up (`Context.noBackupFilesDir`).
         *
         * Two files are two wallets, whatever they are called; one that is moved while it is closed finds its keys. Of two
         * copies of one file a process opens one. Within a process a file may be opened any number of
         * times; all share one lock, and the [platform] and [policy] of the first stay until the last is closed.
         *
         * @param policy what the app asks for. A stricter one than that in force takes effect now; an easier one, and one
         *   that would leave no try to someone who has tries left, with the next right PIN.
         * @param dispatcher where all work is done, the platform's parts included; but for waiting for a person at a
         *   biometric prompt, which is done in the background beside it.
         * @throws LockException.InUse while another process has the file open.
         * @throws LockException.NewerVersion when a newer version of Walletlock wrote it.
         * @throws LockException.Policy when the policy is not valid.
         * @throws LockException.Platform or [LockException.Storage] when the phone did not answer: trying again may help.
         *   Damaged data and a keystore that does not answer are none of these: the lock opens, and its status says so
         *   ([LockStatus.Busy] of the keystore, and [recheck] looks again).
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
         * The one lock of the file [path] in this process: opened by the first call, and given to every other one. This is
         * what an app needs that has one wallet, or one for each account:
         *
         * ```
         * val lock = WalletLock.shared(File(folder, "wallet.db"), platform)
         * ```
         *
         * Calls at the same time open it once. A call that fails leaves nothing behind: the next one opens again. Who
         * closes the lock closes it for everyone, and the next call opens it anew; an app need not close it at all.
         *
         * From Java: `FromJava.future(c -> WalletLock.shared(file, platform, c))`.
         *
         * @param platform as for [open], [policy] and [dispatcher] too: those of the call that opens it stay.
         * @param onOpened runs once for each lock that is opened, before anyone has it. If it throws, the lock is closed
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

        /** Enough to read while a PIN is being checked; few enough that a burst of calls leaves threads to others. */
        private const val CALLS_AT_ONCE = 4
    }
}
