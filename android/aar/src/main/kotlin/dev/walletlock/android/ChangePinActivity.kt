package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.GuardedAction
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The whole screen on which a person changes the PIN: a [ChangePinView]. It asks for the current PIN itself, so it needs no
 * session. Launch it for a result.
 *
 * ```
 * val changePin = registerForActivityResult(StartActivityForResult()) { result ->
 *     ChangePinActivity.takeSession(result.data)?.let(::show)
 * }
 * changePin.launch(ChangePinActivity.intent(this))
 * ```
 *
 * `RESULT_OK`: the PIN was changed, or set anew with the recovery code or the provider's key. All earlier sessions have ended;
 * [takeSession] gives the one that goes on.
 * `RESULT_CANCELED`: the person went back, and the PIN was not changed. [LockActivity.RESULT_NO_PIN]: there is no PIN, or
 * everything was erased meanwhile.
 *
 * 'Forgot PIN?' leads where it leads on [LockActivity]: to [EnterRecoveryCodeActivity], to [AskEscrowActivity], or to the app's own way.
 *
 * The same screen sets, replaces and removes the wipe PIN: see [wipePinIntent].
 */
public class ChangePinActivity : ChoosePinActivity() {
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private lateinit var forgotPin: ForgotPinButton
    private var hasLearned = false
    private var isProving = false
    private val ofWipePin: Boolean get() = intent.getBooleanExtra(EXTRA_WIPE, false)

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(if (ofWipePin) R.string.walletlock_wipe_pin else R.string.walletlock_change_pin)
        super.onCreate(savedInstanceState)
    }

    override fun makeView(): ChoosePinView = ChangePinView(this).apply {
        setOnPinChanged(::finishWith)
        setOnGoOn { finishWith(LockActivity.RESULT_NO_PIN) }
        forgotPin = ForgotPinButton(this@ChangePinActivity, LockActivity.parts, ::setOnForgotPin) { offersForgotPin = it }
        setOnRecoveryCode(::recover)
        setOnEscrow(::askEscrow)
    }

    private fun askEscrow() = startActivityForResult(AskEscrowActivity.intent(this), REQUEST_RECOVER)

    private fun getBack() = startActivityForResult(GetBackActivity.intent(this), REQUEST_RECOVER)

    private fun recover() = startActivityForResult(EnterRecoveryCodeActivity.intent(this), REQUEST_RECOVER)

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val session = Handover.take(data)
        if (request != REQUEST_FACTOR) {
            session?.let { finishWith(it) }
            return
        }
        isProving = false
        val changing = screen.made as ChangingPin?
        if (changing == null) session?.close() else changing.factorProven(session)
    }

    /** Asks for the second factor, where the policy asks for it before the PIN is changed. */
    private fun askForFactor(changing: ChangingPin) {
        if (isProving) return
        val session = changing.takeSession() ?: return
        isProving = true
        startActivityForResult(UnlockFactorActivity.intent(this, session, GuardedAction.CHANGE_PIN), REQUEST_FACTOR)
    }

    override fun choosing(): (WalletLock) -> ChoosingPin {
        val ofWipePin = ofWipePin
        return { ChangingPin(it, ofWipePin) }
    }

    override fun render(choosing: ChoosingPin) {
        if (!hasLearned) scope.launch { forgotPin.learn(choosing.lock, ::recover, ::askEscrow, ::getBack) }
        hasLearned = true
        val changing = choosing as ChangingPin
        changing.onFactorNeeded = { askForFactor(changing) }
        if (changing.needsFactor) askForFactor(changing)
        if (choosing.lock.status.value is LockStatus.Unconfigured) finishWith(LockActivity.RESULT_NO_PIN) else show(choosing)
    }

    override fun onDestroy() {
        (screen.made as ChangingPin?)?.onFactorNeeded = null
        scope.cancel()
        super.onDestroy()
    }

    /** Launches the screen, and takes its result. */
    public companion object {
        /** Makes the intent that starts the screen. */
        @JvmStatic
        public fun intent(context: Context): Intent = Intent(context, ChangePinActivity::class.java)

        /**
         * Makes the intent that starts the screen for the wipe PIN, to set, replace or remove it. The wipe PIN is a second PIN
         * that erases everything when it is typed where the PIN is asked for. The screen warns of that first. `RESULT_OK`: the
         * wipe PIN was set, replaced or removed.
         */
        @JvmStatic
        public fun wipePinIntent(context: Context): Intent = intent(context).putExtra(EXTRA_WIPE, true)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        private const val REQUEST_RECOVER = 1
        private const val REQUEST_FACTOR = 2
        private const val EXTRA_WIPE = "dev.walletlock.wipePin"
    }
}
