package dev.walletlock.android

import android.os.Handler
import android.os.Looper
import dev.walletlock.ChannelKind
import dev.walletlock.ChannelState
import dev.walletlock.FactorKind
import dev.walletlock.LockException
import dev.walletlock.NewAuthenticator
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryChange
import dev.walletlock.SecondFactor
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.launch

/** What a person does with the second factor. It holds the secret of a new authenticator, in memory only, until that is set. */
internal class FactorWork(lock: WalletLock) : SessionWork(lock) {
    enum class Step { ALL, SECRET, CODE, ASK_REMOVE, IN_FORCE, WAITS, REMOVED }

    var step = Step.ALL
        private set

    /** Null: not known yet. */
    var factor: SecondFactor? = null
        private set

    /** The mask of the phone number that is in force. Null: there is none. */
    var number: String? = null
        private set

    /** Null: not known yet. */
    var policy: SettingsPolicy? = null
        private set

    /** How long the change waits, in milliseconds. */
    var leftMs = 0L
        private set

    /** The new authenticator, while its secret is shown or its code is typed. */
    var new: NewAuthenticator? = null
        private set

    /** Counts the wrong codes, so that the page says each of them once. */
    var wrongCodes = 0
        private set
    private var isConfirmed = false
    private val main = Handler(Looper.getMainLooper())
    private val useAgain = Runnable(::useSession)

    override suspend fun load(open: Session) {
        policy = SettingsPolicy.of(lock.policy())
        look()
    }

    override suspend fun look() {
        val open = session ?: return
        factor = open.access.secondFactor()
        number = open.access.channels().firstOrNull { it.kind == ChannelKind.SMS && it.state is ChannelState.InForce }?.mask
    }

    fun go(to: Step) {
        if (to == Step.ALL) drop()
        // Back to the secret: the app may be on this phone, so the person may leave for it.
        if (to == Step.SECRET) Exemption.begin(SETTING_UP_MS)
        step = to
        said = null
        onChange()
    }

    fun makeAuthenticator() = change { open ->
        val made = open.access.makeAuthenticator()
        drop()
        new = made
        step = Step.SECRET
        Exemption.begin(SETTING_UP_MS)
        main.postDelayed(useAgain, USE_EACH_MS)
    }

    /** Tries the code in [entry], which is empty afterwards, and sets the authenticator. */
    fun confirm(entry: PinEntry) {
        val made = new
        if (isBusy || made == null) return entry.clear()
        val code = entry.handedOver()
        change { open ->
            if (!isConfirmed) isConfirmed = code.use { open.access.confirmAuthenticator(made, it) }
            if (!isConfirmed) {
                wrongCodes++
                said = PinNote.Text(R.string.walletlock_factor_wrong_setup)
                return@change
            }
            changed(open.access.setAuthenticator(made), Step.IN_FORCE)
        }
    }

    fun useSms() = change { changed(it.access.setSmsFactor(), Step.IN_FORCE) }

    fun remove() = change { changed(it.access.removeSecondFactor(), Step.REMOVED) }

    private fun changed(change: RecoveryChange, done: Step) {
        if (change is RecoveryChange.NotConfirmed) return
        leftMs = (change as? RecoveryChange.Pending)?.leftMs ?: 0
        step = if (change is RecoveryChange.Pending) Step.WAITS else done
        isDone = true
        drop()
        reportChange(lock)
    }

    fun cancel() = change { open ->
        open.access.cancelSecondFactorChange()
        isDone = true
        step = Step.ALL
        reportChange(lock)
    }

    override fun wordsOf(fault: LockException): PinNote? =
        PinNote.Text(R.string.walletlock_factor_no_number).takeIf { fault is LockException.WrongState && factor?.inForce != FactorKind.SMS }

    /** Keeps the session alive while the person sets up the app. It ends at its longest time all the same. */
    private fun useSession() {
        val open = session
        if (open != null) scope.launch { quietly { open.vault.names() } }
        main.postDelayed(useAgain, USE_EACH_MS)
    }

    /** The secret is not needed any more. */
    private fun drop() {
        main.removeCallbacks(useAgain)
        if (new != null) Exemption.end()
        new?.close()
        new = null
        isConfirmed = false
    }

    override fun close() {
        drop()
        super.close()
    }

    private companion object {
        /** Our own choice: far below the time without use that our presets give, which is two minutes. */
        const val USE_EACH_MS = 10_000L

        /** Long enough to type 32 letters into another app. Our own choice. */
        const val SETTING_UP_MS = 300_000L
    }
}
