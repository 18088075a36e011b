package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session

/**
 * The settings of the lock as a whole screen: a [SecuritySettingsView]. It first starts the lock screen, which asks for the
 * PIN, a finger or a face. It asks for the PIN again when a change needs it.
 *
 * ```
 * startActivity(SecuritySettingsActivity.intent(this))
 * ```
 *
 * It gives no result. Other sessions of the app end when the person changes the PIN or locks the wallet here; follow
 * [dev.walletlock.WalletLock.isOpen] to notice it. [LockScreens] says which lock is used.
 *
 * A rotation loses nothing. After process death the screen asks for the PIN, finger or face again.
 */
public class SecuritySettingsActivity : Activity() {
    private lateinit var screen: ScreenWithLock<SettingsState>
    private lateinit var view: SecuritySettingsView

    /** Whether another screen of this library is in front, or about to be. */
    private var isAsking = false
    private var isStarted = false

    /** A session that arrived as a result before the lock was open, as in a new process. */
    private var early: Session? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_settings)
        isAsking = savedInstanceState?.getBoolean(STATE_ASKING) ?: false
        view = SecuritySettingsView(this)
        view.setOnChangePin { ask(ChangePinActivity.intent(this), REQUEST_CHANGE) }
        view.setOnWipePin { ask(ChangePinActivity.wipePinIntent(this), REQUEST_CHANGE) }
        view.setOnRecoveryCode { ask(MakeRecoveryCodeActivity.intent(this), REQUEST_CHANGE) }
        view.setOnChannels { lend { ChannelsActivity.intent(this, it) } }
        view.setOnSecondFactor { lend { SecondFactorActivity.intent(this, it) } }
        view.setOnRecoverySheet { lend { RecoverySheetActivity.intent(this, it) } }
        view.setOnChecklist { lend { ChecklistActivity.intent(this, it) } }
        view.setOnSecondFactorNeeded(::askForFactor)
        view.setOnPinNeeded(::askForPin)
        view.setOnLocked { finish() }
        view.setOnLimits { lend { LimitsActivity.intent(this, it) } }
        view.setOnCards { lend { CardsActivity.intent(this, it) } }
        view.setOnHistory { lend { HistoryActivity.intent(this, it) } }
        view.setOnSwitchedOff { lend { SwitchedOffActivity.intent(this, it) } }
        view.setOnPanic { lend { PanicActivity.intent(this, it) } }
        screen = ScreenWithLock(this, view, ::SettingsState, ::render)
        onBack(::goBack)
        screen.open()
    }

    private fun render(state: SettingsState) {
        view.bind(state)
        early?.let { state.take(it) }
        early = null
        if (state.isOpen) screen.showPage() else askToOpen()
    }

    private fun askForPin() {
        val isForMore = screen.made?.waits == true
        if (isForMore) ask(LockActivity.intent(this, withBiometrics = false, canGoBack = true), REQUEST_PIN) else askToOpen()
    }

    /** Starts the lock screen. The settings are hidden until the wallet is open. */
    private fun askToOpen() {
        view.visibility = View.GONE
        ask(LockActivity.intent(this, canGoBack = true), REQUEST_OPEN)
    }

    /** Starts a screen that takes the session over, and gives it back. */
    private fun lend(intent: (Session?) -> Intent) {
        if (canAsk()) ask(intent(screen.made?.handOver()), REQUEST_LENT)
    }

    /** [session]: the screen that asks takes it over, and gives it back. */
    private fun askForFactor(session: Session) {
        if (canAsk()) ask(EnterSecondFactorActivity.intent(this, session), REQUEST_FACTOR) else session.close()
    }

    /** Only while this screen is started: if another app is in front, [onStart] asks later. */
    private fun canAsk() = !isAsking && !isFinishing && isStarted

    private fun ask(intent: Intent, request: Int) {
        if (!canAsk()) return
        isAsking = true
        startActivityForResult(intent, request)
    }

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        isAsking = false
        val session = Handover.take(data)
        val state = screen.made
        // Without that, the session would be asked for the second factor again and again.
        if (request == REQUEST_FACTOR && result != RESULT_OK) state?.giveUp()
        when {
            session != null && state != null -> use(state, session)
            session != null -> early = session
            // The person went back from the other screen. The settings stay, if the wallet is still open.
            state?.isOpen == true -> state.giveUp()
            // The session that was lent has ended on the other screen.
            request == REQUEST_LENT || request == REQUEST_FACTOR -> askToOpen()
            else -> finish()
        }
    }

    private fun use(state: SettingsState, session: Session) {
        state.take(session)
        screen.showPage()
    }

    private fun goBack() {
        if (!view.goBack()) finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    override fun onStart() {
        super.onStart()
        isStarted = true
        val state = screen.made ?: return
        if (state.isOpen) state.lookAgain() else askToOpen()
    }

    override fun onStop() {
        super.onStop()
        isStarted = false
    }

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(STATE_ASKING, isAsking)
    }

    override fun onDestroy() {
        early?.close()
        screen.close()
        super.onDestroy()
    }

    /** How an app launches it. */
    public companion object {
        /** What to launch. */
        @JvmStatic
        public fun intent(context: Context): Intent = Intent(context, SecuritySettingsActivity::class.java)

        private const val REQUEST_OPEN = 1
        private const val REQUEST_PIN = 2
        private const val REQUEST_CHANGE = 3
        private const val REQUEST_LENT = 4
        private const val REQUEST_FACTOR = 5
        private const val STATE_ASKING = "asking"
    }
}
