package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import dev.walletlock.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The whole screen on which a person who has forgotten the PIN gets back in. It lists the ways that were set up: the recovery code,
 * codes that are sent, the authenticator app, and a person at the provider. It says what is proven, what is missing, and how long
 * that has to wait. [LockActivity] starts it from 'Forgot PIN?' if there is such a way beside the recovery code and escrow, and
 * where nothing is set up: then it says what is left. An app can launch it for a result, too.
 *
 * ```
 * val getBack = registerForActivityResult(StartActivityForResult()) { result ->
 *     GetBackActivity.takeSession(result.data)?.let(::show)
 * }
 * getBack.launch(GetBackActivity.intent(this))
 * ```
 *
 * The recovery code leads to [EnterRecoveryCodeActivity], and enough proof to [AskEscrowActivity]. Then, if the app asks for one
 * ([LockScreens.useAccountPassword]), to [SetPasswordActivity]; and to [ChecklistActivity]. [LockScreens.useProofs] says how the app
 * carries the requests.
 *
 * `RESULT_OK`: a new PIN is in force, the wallet is open, and [takeSession] gives the session. `RESULT_CANCELED`: the person left.
 * What was proven stays proven, and the wait goes on. [LockActivity.RESULT_NO_PIN]: the person has erased everything.
 *
 * A rotation loses nothing but digits. [LockGuard] does not cover this screen, because the wallet is closed while it is shown.
 */
@Unguarded
public class GetBackActivity : Activity() {
    private lateinit var screen: ScreenWithLock<GettingBack>
    private lateinit var view: GetBackView
    private val scope = CoroutineScope(SupervisorJob() + MainThread)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_get_back)
        view = GetBackView(this, GetBackView.Leads(::enterCode, ::askEscrow, ::finish))
        screen = ScreenWithLock(this, view, ::GettingBack, ::render)
        onBack(::goBack)
        screen.open()
    }

    private fun render(going: GettingBack) {
        going.onChange = screen::render
        if (going.isGone) return finishWith(LockActivity.RESULT_NO_PIN, null)
        view.show(going)
        screen.showPage()
    }

    private fun enterCode() = startActivityForResult(EnterRecoveryCodeActivity.intent(this), REQUEST_RECOVER)

    private fun askEscrow() = startActivityForResult(AskEscrowActivity.intent(this), REQUEST_RECOVER)

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val session = Handover.take(data)
        when {
            session != null -> goOn(session, after = request)
            // The session has ended meanwhile: the lock screen asks for the new PIN.
            request != REQUEST_RECOVER -> finish()
            else -> screen.made?.refresh()
        }
    }

    /** The wallet is open: goes on to what comes [after] the screen that has ended. */
    private fun goOn(session: Session, after: Int) {
        if (after == REQUEST_RECOVER && LockScreens.accountPassword != null) {
            return startActivityForResult(SetPasswordActivity.intent(this, session), REQUEST_PASSWORD)
        }
        if (after == REQUEST_CHECKLIST) return finishWith(RESULT_OK, session)
        scope.launch {
            if (session.hasOpenTasks()) {
                startActivityForResult(ChecklistActivity.intent(this@GetBackActivity, session), REQUEST_CHECKLIST)
            } else {
                finishWith(RESULT_OK, session)
            }
        }
    }

    private fun finishWith(result: Int, session: Session?) {
        setResult(result, session?.let(Handover::give))
        finish()
    }

    private fun goBack() {
        if (screen.made?.back() != true) finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    /** A link may have been opened, or a person at the provider reached, while another app was in front. */
    override fun onStart() {
        super.onStart()
        screen.made?.refresh()
    }

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) view.forget()
    }

    override fun onDestroy() {
        screen.made?.onChange = {}
        scope.cancel()
        screen.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = view.dispatchToPad(event) || super.dispatchKeyEvent(event)

    /** Launches the screen, and takes its result. */
    public companion object {
        /** Makes the intent that starts the screen. */
        @JvmStatic
        public fun intent(context: Context): Intent = Intent(context, GetBackActivity::class.java)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        private const val REQUEST_RECOVER = 1
        private const val REQUEST_PASSWORD = 2
        private const val REQUEST_CHECKLIST = 3
    }
}
