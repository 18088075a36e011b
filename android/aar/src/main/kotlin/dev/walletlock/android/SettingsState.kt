package dev.walletlock.android

import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricChange
import dev.walletlock.BiometricDenial
import dev.walletlock.Channel
import dev.walletlock.HealthLine
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import dev.walletlock.LockException
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentsState
import dev.walletlock.RecoveryStatus
import dev.walletlock.RollbackProtection
import dev.walletlock.SecondFactor
import dev.walletlock.SecurityLevel
import dev.walletlock.SensorAvailability
import dev.walletlock.Session
import dev.walletlock.Unfreezing
import dev.walletlock.WalletLock

/** What the settings show about a wallet, and what they change in it. */
internal class SettingsState(lock: WalletLock) : SessionWork(lock) {
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

    /** Null: not known yet. */
    var policy: SettingsPolicy? = null
        private set

    /** What is known about the recovery code and escrow. Null: not known yet. */
    var recovery: RecoveryStatus? = null
        private set

    /** The channels, in the owner's order. Null: not known yet. */
    var channels: List<Channel>? = null
        private set

    /** Null: not known yet. */
    var secondFactor: SecondFactor? = null
        private set

    /** Whether there is something to put in order after a recovery. */
    var hasTasks = false
        private set

    /** What each single loss would mean. Null: not known yet. */
    var health: List<HealthLine>? = null
        private set

    /** Whether there are limits on payments: without one nothing can be paid. */
    var hasLimits = false
        private set
    var hasCards = false
        private set

    /** Whether something was closed or switched off that can be brought back. */
    var isSomethingOff = false
        private set

    /** Who has frozen payments, and which. Null: not known yet. */
    var payments: PaymentsState? = null
        private set

    /** After a panic, when the person wants payments to go on: after how long the PIN alone does that. Null: that is not asked. */
    var unfreezeWaitsMs: Long? = null
        private set

    /** The newest first. */
    var journal: List<JournalEntry> = emptyList()
        private set

    /** Whether the journal has more lines. */
    val hasMore: Boolean get() = below != null

    /** Whether the person is being asked to switch escrow on (true) or off (false). Null: nothing is asked. */
    var asksEscrow: Boolean? = null
        private set

    /** Whether a change of escrow waits. */
    val isEscrowPending: Boolean get() = recovery?.pendingEscrow != null
    private var below: Long? = null

    override suspend fun load(open: Session) {
        look()
        level = lock.securityLevel()
        rollback = lock.rollbackProtection()
        policy = SettingsPolicy.of(lock.policy())
        journal = emptyList()
        below = null
        read(open)
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

    fun withdrawCode() = reported { it.access.withdrawRecoveryCode() }

    /** Cancels the change of the recovery code that waits. */
    fun cancelCode() = reported { it.access.cancelRecoveryCodeChange() }

    /** Asks the person whether to switch escrow on or off. [isOn]: null asks nothing. */
    fun askEscrow(isOn: Boolean?) {
        asksEscrow = isOn
        onChange()
    }

    /** The answer to the question that [askEscrow] asked. */
    fun answerEscrow(doIt: Boolean) {
        val isOn = asksEscrow ?: return
        askEscrow(null)
        if (doIt) reported { it.access.switchEscrow(isOn) }
    }

    /** Cancels the change of escrow that waits. */
    fun cancelEscrow() = reported { it.access.cancelEscrowChange() }

    /**
     * Stops payments, or those through one [channel], which needs no PIN; or lets them go on. Only the provider ends a freeze of its own:
     * it is asked to.
     */
    fun switchFreeze(isOn: Boolean, channel: PaymentChannel? = null) {
        if (!isOn) return change { unfreeze(it, channel) }
        work {
            lock.payments.freeze(channel)
            reportFreeze(lock)
            look()
        }
    }

    private suspend fun unfreeze(open: Session, channel: PaymentChannel?) {
        val unfreezing = open.access.unfreeze(channel)
        unfreezeWaitsMs = (unfreezing as? Unfreezing.Waits)?.leftMs
        if (unfreezing is Unfreezing.Waits || channel != null || !lock.provider.state().isFrozen) return
        said = wordsOfProvider()
    }

    private suspend fun wordsOfProvider(): PinNote? {
        val words =
            if (LockScreens.provider == null) R.string.walletlock_frozen_by_provider else wordsAfter(ProviderCall.UNFREEZE, lock)
        return words?.let { PinNote.Provider(it) }
    }

    /** After a panic: enters the second factor, which lets payments go on at once. */
    fun unfreezeByFactor() {
        unfreezeWaitsMs = null
        changeAfterFactor { unfreeze(it, channel = null) }
    }

    /** After a panic: asks the provider to let payments go on. */
    fun unfreezeByProvider() {
        unfreezeWaitsMs = null
        change { said = wordsOfProvider() }
    }

    /** Leaves payments stopped. */
    fun leaveFrozen() {
        unfreezeWaitsMs = null
        onChange()
    }

    /** A change of a way back in, of which the provider is told. */
    private fun reported(wish: suspend (Session) -> Unit) = change { open ->
        wish(open)
        reportChange(lock)
    }

    override suspend fun look() {
        readFinger()
        recovery = lock.recovery.status()
        payments = lock.payments.state()
        val open = session ?: return
        channels = open.access.channels()
        secondFactor = open.access.secondFactor()
        health = open.access.health()
        hasLimits = open.limits.all().isNotEmpty()
        hasCards = open.cards.all().isNotEmpty()
        isSomethingOff = open.access.switchedOff().isNotEmpty()
        hasTasks = open.access.checklist().any { !it.isDone }
    }

    fun lockNow() {
        closeSession()
        try {
            lock.lockNow()
        } catch (fault: LockException) {
            onTrouble(LockTrouble.of(fault))
        }
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
