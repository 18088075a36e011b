package dev.walletlock.android

import dev.walletlock.CodeRequest
import dev.walletlock.Contact
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryWay
import dev.walletlock.Remedy
import dev.walletlock.WalletLock
import dev.walletlock.WayKind
import dev.walletlock.android.GetBackSteps.Page
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** One attempt to get back in: what is proven so far, and the calls that prove more. In memory only. Survives a rotation. */
internal class GettingBack(val lock: WalletLock) : AutoCloseable {
    val steps = GetBackSteps()
    var onChange: () -> Unit = {}
    private val scope = CoroutineScope(SupervisorJob() + MainThread)

    /** Whether the provider keeps the key, and the app can ask it. */
    var canAskEscrow = false
        private set

    /** Whether the wallet is gone: the person starts anew. */
    val isGone: Boolean get() = lock.status.value.let { it is LockStatus.Unconfigured || it is LockStatus.Wiped }

    /** The ways that this app can use, in the owner's order. */
    val ways: List<RecoveryWay>
        get() = steps.progress?.ways.orEmpty().filter {
            LockScreens.proofs != null || it.kind == WayKind.RECOVERY_CODE || it.kind == WayKind.AUTHENTICATOR
        }

    /** Former channels whose change may be paused. */
    val former: List<RecoveryWay> get() = steps.progress?.former.orEmpty().takeIf { LockScreens.proofs != null }.orEmpty()

    /** Ways that may cancel what was proven. */
    val waysToCancel: List<RecoveryWay>
        get() {
            val onPhone = steps.progress?.canBeCancelledHere == true
            return ways.filter { it.kind != WayKind.RECOVERY_CODE && (onPhone || it.kind == WayKind.PERSON) }
        }

    val standing: Standing? get() = steps.progress?.let { standing(it, ways, canAskEscrow) }

    /** Whom the person can turn to. */
    val contacts: List<Contact>
        get() = when (val status = lock.status.value) {
            is LockStatus.Locked -> status.remedies
            is LockStatus.CoolingDown -> status.remedies
            else -> emptyList()
        }.mapNotNull { (it as? Remedy.Ask)?.contact }

    init {
        refresh()
    }

    /** Reads again what can be done. */
    fun refresh() {
        scope.launch {
            quietly { learn() }
            onChange()
        }
    }

    private suspend fun learn() {
        val hasEscrow = lock.recovery.status().hasEscrow
        canAskEscrow = hasEscrow == true && LockScreens.escrow != null
        steps.learned(lock.recovery.progress())
    }

    fun choose(way: RecoveryWay) {
        if (steps.isBusy) return
        if (steps.choose(way)) send() else onChange()
    }

    /** Has a code sent for the page that is shown. */
    fun send() {
        val page = steps.page as? Page.Code ?: return
        val channel = page.way.channel ?: return
        call {
            when (val request = lock.recovery.sendCode(channel)) {
                is CodeRequest.Asked -> steps.sent(carried(lock, ProofRequest(request.request, isAnswered = false)))
                else -> steps.notAsked(request)
            }
        }
    }

    /** The 6 digits were typed. [entry] is empty afterwards. */
    fun typed(entry: PinEntry) {
        val page = steps.page as? Page.Code ?: return entry.clear()
        val code = entry.handedOver()
        val isRunning = call {
            code.use {
                val channel = page.way.channel
                when {
                    channel != null -> handIn(byLink = false) { ask(channel, it, page.aim) }
                    page.aim == Aim.CANCEL -> steps.tried(lock.recovery.cancelByAuthenticator(it))
                    else -> steps.tried(lock.recovery.proveAuthenticator(it))
                }
            }
        }
        if (!isRunning) code.close()
    }

    /** The person says that the link in the mail was opened. */
    fun linkOpened() {
        val page = steps.page as? Page.Code ?: return
        val channel = page.way.channel ?: return
        call { handIn(byLink = true) { ask(channel, null, page.aim) } }
    }

    private suspend fun ask(channel: String, code: PinEntry?, aim: Aim) = when (aim) {
        Aim.PROVE -> lock.recovery.prove(channel, code)
        Aim.CANCEL -> lock.recovery.cancel(channel, code)
        Aim.PAUSE -> lock.recovery.pauseChannelChange(channel, code)
    }

    /** Asks a person at the provider, or another device. */
    fun askPerson() {
        val page = steps.page as? Page.Person ?: return
        call { handIn(byLink = false) { if (page.aim == Aim.CANCEL) lock.recovery.cancel() else lock.recovery.proveElsewhere() } }
    }

    private suspend fun handIn(byLink: Boolean, make: suspend () -> CodeRequest) {
        when (val request = make()) {
            is CodeRequest.Asked -> steps.proved(carried(lock, ProofRequest(request.request, isAnswered = true)), byLink)
            else -> steps.notAsked(request)
        }
    }

    /** Asks the provider for more tries for the PIN. [then]: the provider has given them. */
    fun askForTries(then: () -> Unit) {
        call {
            val words = wordsAfter(ProviderCall.UNLOCK, lock)
            steps.over(words?.let { GetBackNote.Provider(it) })
            if (words == null) then()
        }
    }

    /** Erases everything. */
    fun startAnew() {
        call {
            lock.wipe()
            steps.over(null)
        }
    }

    /** Runs one call at a time, and reads afterwards what can be done. Returns whether it runs. */
    private fun call(block: suspend () -> Unit): Boolean {
        if (!steps.begin()) return false
        onChange()
        scope.launch {
            try {
                block()
            } catch (fault: LockException) {
                steps.over(GetBackNote.Failed(LockTrouble.of(fault)))
            }
            if (!isGone) quietly { learn() }
            onChange()
        }
        return true
    }

    fun back(): Boolean = steps.back().also { if (it) onChange() }

    override fun close() {
        onChange = {}
        scope.cancel()
    }
}
