package dev.walletlock.android

import android.os.Handler
import android.os.Looper
import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryChange
import dev.walletlock.RecoveryCode
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.android.MakeCodeSteps.Step
import kotlinx.coroutines.launch

/** One attempt to make a recovery code. It holds the code until it is set, and the session, in memory only. */
internal class MakingCode(lock: WalletLock) : ChoosingPin(lock) {
    override val steps = MakeCodeSteps()
    var confirming: CodeToConfirm? = null
        private set

    /** Whether the code is kept when it is set, for the sheet: [takeKept]. */
    var keepsCode = false
    private var kept: RecoveryCode? = null

    /** Called when the second factor is needed: the session is to be handed to the screen that asks for it, and comes back. */
    var onFactorNeeded: () -> Unit = {}

    /** Whether the person wants what needs the second factor, and was not asked yet. */
    var needsFactor = false
        private set

    /** Called when the PIN has to be entered: there is no session, or the session is too old to make or set a code. */
    var onPinNeeded: () -> Unit = {}

    /** Whether the person wants what needs the PIN, and was not asked yet. */
    var needsPin = false
        private set

    /** Whether there is a session to give away. */
    val hasSession: Boolean get() = session != null

    /** Whether the wallet has a code already. False until it is known. */
    var replaces = false
        private set
    /** Whether the person wants the change that waits cancelled. */
    private var cancels = false
    private val main = Handler(Looper.getMainLooper())
    private val useAgain = Runnable(::useSession)

    /** The digits that are typed now. Null: none are. */
    val typing: TypedCode? get() = confirming?.typing?.takeIf { steps.step == Step.ASK }

    init {
        scope.launch {
            quietly { replaces = lock.recovery.status().hasCode == true }
            if (replaces) onChange()
        }
        scope.launch { lock.isOpen.collect { if (!it && session?.isLive != true) ended() } }
    }

    /** Takes over [open], which the PIN has opened, and goes on with what needed it. */
    fun take(open: Session) {
        if (session !== open) closeSession()
        session = open
        needsPin = false
        needsFactor = false
        if (steps.step == Step.MAKING) create()
        if (steps.step == Step.SETTING) set()
        if (cancels) cancel()
        onChange()
    }

    /** The person did not enter the PIN. */
    fun giveUp() {
        needsPin = false
        needsFactor = false
        cancels = false
        steps.notMade(null)
        steps.notSet(null)
        onChange()
    }

    fun make() {
        if (!steps.make()) return
        onChange()
        create()
    }

    private fun create() = call { open ->
        val code = open.access.createRecoveryCode()
        drop()
        confirming = CodeToConfirm(code, ::onTyped)
        steps.made()
        main.postDelayed(useAgain, USE_EACH_MS)
    }

    fun written() {
        confirming?.restart()
        steps.written()
        onChange()
    }

    private fun onTyped(isRight: Boolean) {
        val asked = confirming ?: return
        if (steps.typed(isRight, asked.code.isConfirmed, asked.group)) set()
        onChange()
    }

    private fun set() = call { open ->
        val code = confirming?.code ?: return@call steps.notSet(null)
        val change = open.access.setRecoveryCode(code)
        steps.set(change)
        if (change !is RecoveryChange.NotConfirmed) reportChange(lock)
        if (keepsCode && change !is RecoveryChange.NotConfirmed) keep()
        drop()
    }

    private fun keep() {
        kept?.close()
        kept = confirming?.takeCode()
        confirming = null
    }

    /** Gives the code that was set, once. The caller closes it. Null: none was, or it is not kept. */
    fun takeKept(): RecoveryCode? = kept.also { kept = null }

    fun understood() {
        steps.understood()
        onChange()
    }

    /** Cancels the change that waits. */
    fun cancel() {
        cancels = true
        call { open ->
            open.access.cancelRecoveryCodeChange()
            reportChange(lock)
            takeKept()?.close()
            cancels = false
            steps.understood()
        }
    }

    private fun call(block: suspend (Session) -> Unit) {
        val open = session?.takeIf { it.isLive } ?: return askForPin()
        scope.launch {
            try {
                block(open)
            } catch (_: LockException.PinNeeded) {
                return@launch askForPin()
            } catch (_: LockException.SecondFactorNeeded) {
                return@launch askForFactor()
            } catch (_: LockException.SessionEnded) {
                return@launch askForPin()
            } catch (fault: LockException) {
                val why = PinNote.Failed(LockTrouble.of(fault))
                steps.notMade(why)
                steps.notSet(why)
                steps.notCancelled(why)
                cancels = false
            }
            onChange()
        }
    }

    private fun askForFactor() {
        needsFactor = true
        onChange()
        onFactorNeeded()
    }

    private fun askForPin() {
        needsPin = true
        onChange()
        onPinNeeded()
    }

    /**
     * Uses the session now and then while the code is written down: that takes longer than a session lives without use, and the
     * first code of a wallet counts at once only in the session in which the PIN was set. The session still ends after the
     * policy's time in any case, and when the wallet is locked.
     */
    private fun useSession() {
        val open = session ?: return
        scope.launch { quietly { open.vault.names() } }
        main.postDelayed(useAgain, USE_EACH_MS)
    }

    private fun ended() {
        closeSession()
        steps.sessionOver()
        if (steps.step == Step.WHY) drop()
        onChange()
    }

    /** The code is not needed any more. */
    private fun drop() {
        main.removeCallbacks(useAgain)
        confirming?.close()
        confirming = null
    }

    /** No PIN is chosen here. */
    override fun typed(entry: PinEntry, personal: List<Personal>): Unit = entry.clear()

    override fun back(): Boolean = steps.back().also {
        if (steps.step == Step.WHY) drop()
        confirming?.forget()
        if (it) onChange()
    }

    /** The digits are cleared. The code stays: the person may be printing it. */
    override fun forget() {
        confirming?.forget()
        onChange()
    }

    override fun close() {
        drop()
        takeKept()?.close()
        super.close()
    }

    private companion object {
        /** Our own choice: far below the time without use that our presets give, which is two minutes. */
        const val USE_EACH_MS = 10_000L
    }
}
