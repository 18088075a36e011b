package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import dev.walletlock.LockStatus
import dev.walletlock.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The whole lock screen. It shows the PIN pad, or, while the lock's status allows no PIN, why, for how long, and what to do. If
 * the right PIN clears a lock that stands, it shows the pad with a notice above. Launch it for a result.
 *
 * ```
 * startActivityForResult(LockActivity.intent(this), 1)
 *
 * override fun onActivityResult(request: Int, result: Int, data: Intent?) {
 *     when (val outcome = LockActivity.result(result, data)) {
 *         is LockResult.Unlocked -> show(outcome.session)
 *         is LockResult.NoPin -> letThemSetOne()
 *         is LockResult.Cancelled -> finish()
 *     }
 * }
 * ```
 *
 * Back leaves the app without showing the screen behind this one; when the person comes back, the lock screen is there again.
 * With `canGoBack` Back finishes it instead: for a screen of yours that asks for the PIN once more.
 *
 * If the person has switched fingerprint or face on and it can be used now, the system's prompt comes by itself, once; a key
 * of the pad asks for it again. The PIN always works as well. If only the PIN works, a line says why in most cases. If one
 * task has two lock screens, the upper one shows the prompt, and one unlocking finishes both: the session is given to the
 * first that takes it.
 *
 * If the policy asks for a second factor at each unlocking, the screen asks for it after the PIN, finger or face, and ends only once
 * it was right. 'Forgot PIN?' leads to [GetBackActivity] if codes can be sent, or an authenticator app is set up.
 *
 * If there is a recovery code, 'Forgot PIN?' leads to [EnterRecoveryCodeActivity], and so does the remedy on a locked or damaged
 * wallet. With [LockScreens.useEscrow] the provider's key leads to [AskEscrowActivity] in the same way; 'Forgot PIN?' does so if there
 * is no code. When the person has got back in, this screen ends as after a right PIN.
 *
 * [LockGuard] starts this screen by itself. Then the screen gives its session to the guard, and there is no result.
 *
 * A rotation loses nothing: not the digits, nor a PIN that is being checked, nor the prompt. After process death the screen
 * begins with no digits, and a try that was running is counted. Its colours are the resources `walletlock_background`,
 * `walletlock_text`, `walletlock_text_secondary`, `walletlock_accent` and `walletlock_error`, which an app can override;
 * or give it a theme of your own in your manifest. [useParts] puts your own picture, title and footer on it.
 * [LockScreens.useLock] says which lock it opens.
 */
@Unguarded
public class LockActivity : Activity() {
    private lateinit var screenState: LockScreenState
    private lateinit var content: LockContent
    private var isStarted = false
    private var isNew = true
    private var following: CoroutineScope? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_enter_pin)
        build()
        onBack(::goBack)
        isNew = lastNonConfigurationInstance == null
        screenState = lastNonConfigurationInstance as LockScreenState?
            ?: (LockActivities.beside(this).lastOrNull()?.screenState ?: LockScreenState(applicationContext)).retain()
        LockActivities.add(this)
        listen()
        screenState.open()
        render()
    }

    private fun build() {
        content = LockContent(this, parts)
        content.pad.setOnUnlocked(::unlocked)
        content.pad.setOnTrouble(::tell)
        content.locked.setOnGoOn(::goOn)
        content.locked.setOnRecoveryCode(::recover)
        content.locked.setOnEscrow(::askEscrow)
        content.locked.setOnGetBack(::getBack)
        content.locked.setOnTrouble(::tell)
        setContentView(content)
        drawUnderBars(content)
    }

    /** Makes [screenState] tell this screen of changes, and no other screen: this one is on top. */
    private fun listen() {
        following?.cancel()
        following = null
        screenState.tell(this, ::render, ::tell)
    }

    private fun render() {
        val unlocking = screenState.unlocking
        screenState.trouble?.let {
            content.showTrouble(it, screenState::open)
        }
        if (unlocking == null || following != null) return
        content.pad.bind(unlocking)
        if (guard != null && isNew) resources.whyClosed(unlocking.lock.lastSessionEnd)?.let(content.pad::showMessage)
        content.locked.checked = unlocking.lock
        unlocking.onSettled = { show(unlocking.lock.status.value) }
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch { unlocking.lock.status.collect(::show) }
        scope.launch { content.forgotPin.learn(unlocking.lock, ::recover, ::askEscrow, ::getBack) }
    }

    private fun recover() = startActivityForResult(EnterRecoveryCodeActivity.intent(this), REQUEST_RECOVER)

    private fun askEscrow() = startActivityForResult(AskEscrowActivity.intent(this), REQUEST_RECOVER)

    private fun getBack() = startActivityForResult(GetBackActivity.intent(this), REQUEST_RECOVER)

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        Handover.take(data)?.let(::finishWith)
    }

    /** The PIN, a finger or a face was right. Asks for the second factor, if the policy asks for it at each unlocking. */
    private fun unlocked(session: Session) {
        // Not cancelled with this screen: the session has to reach somebody who closes it.
        CoroutineScope(MainThread).launch {
            if (session.asksSecondFactor()) {
                startActivityForResult(UnlockFactorActivity.intent(this@LockActivity, session), REQUEST_FACTOR)
            } else {
                finishWith(session)
            }
        }
    }

    private fun show(status: LockStatus) {
        if (isFinishing) return
        // While a PIN is checked, its try already counts as failed, so the status may be that of a wait or a lock. The pad
        // shows that it is checking.
        if (screenState.unlocking?.checking != null) return
        when (status) {
            is LockStatus.Unconfigured -> goOn()
            else -> if (content.show(status) && status is LockStatus.Ready) offerBiometrics()
        }
    }

    private fun offerBiometrics() {
        val isWanted = intent.getBooleanExtra(EXTRA_BIOMETRICS, true)
        val isReady = screenState.unlocking?.lock?.status?.value is LockStatus.Ready
        if (isWanted && isStarted && isReady && content.showsPad) screenState.unlocking?.offerBiometrics()
    }

    private fun tell(trouble: LockTrouble) {
        onTrouble?.onLockTrouble(trouble)
    }

    private fun finishWith(session: Session) {
        guard?.let { return it.keep(session) }
        val data = Handover.give(session)
        LockActivities.beside(this).forEach {
            it.setResult(RESULT_OK, data)
            it.finish()
        }
    }

    private fun goOn() {
        val status = screenState.unlocking?.lock?.status?.value
        if (status is LockStatus.Ready) return show(status)
        guard?.goOnWithoutPin()
        setResult(RESULT_NO_PIN)
        finish()
    }

    private fun goBack() {
        if (guard != null || !intent.getBooleanExtra(EXTRA_CAN_GO_BACK, false)) return leaveApp()
        setResult(RESULT_CANCELED, LockResults.cancelled(screenState.trouble))
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    /** The guard, if it has started this screen. Null: the app launched it for a result. */
    private val guard: LockGuard? get() = LockGuard.installed?.takeIf { intent.getBooleanExtra(EXTRA_GUARD, false) }

    /** The guard brought this screen above an Activity that a link had put over it. From now on the guard gets the session. */
    override fun onNewIntent(newIntent: Intent) {
        super.onNewIntent(newIntent)
        if (newIntent.getBooleanExtra(EXTRA_GUARD, false)) intent.putExtra(EXTRA_GUARD, true)
    }

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screenState

    override fun onStart() {
        super.onStart()
        isStarted = true
        if (screenState.holder !== this) {
            listen()
            render()
        }
        offerBiometrics()
    }

    override fun onStop() {
        super.onStop()
        isStarted = false
        if (isChangingConfigurations || screenState.holder !== this) return
        screenState.unlocking?.clear()
        screenState.unlocking?.stopAsking()
    }

    override fun onDestroy() {
        following?.cancel()
        LockActivities.remove(this)
        screenState.stopTelling(this)
        if (!isChangingConfigurations) screenState.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = content.dispatchToPad(event) || super.dispatchKeyEvent(event)

    /** Launches the screen, sets what all lock screens share, and takes a result. */
    public companion object {
        /** The result when the wallet has no PIN: none was set yet, or everything was erased. */
        public const val RESULT_NO_PIN: Int = RESULT_FIRST_USER

        @Volatile private var onTrouble: OnLockTrouble? = null

        @Volatile
        internal var parts = LockScreenParts()
            private set

        /** Puts the app's own parts on every lock screen from now on. Call it in `Application.onCreate`. */
        @JvmStatic
        public fun useParts(parts: LockScreenParts) {
            this.parts = parts
        }

        /**
         * Calls [listener] on the main thread when the wallet did not open, or a PIN could not be checked: for example to
         * send the person to your store for an update, or to count how often it happens. The screen has told the person
         * already.
         */
        @JvmStatic
        public fun setOnTrouble(listener: OnLockTrouble?) {
            onTrouble = listener
        }

        /**
         * Makes the intent that starts the screen.
         *
         * @param isShuffled as [PinPadView.isShuffled].
         * @param withBiometrics whether to offer fingerprint or face, if the person has switched it on.
         * @param canGoBack true: Back finishes the screen with `RESULT_CANCELED`. False, or if [LockGuard] starts it: Back
         *   leaves the app.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(
            context: Context,
            isShuffled: Boolean = false,
            withBiometrics: Boolean = true,
            canGoBack: Boolean = false,
        ): Intent =
            LockContent.asked(Intent(context, LockActivity::class.java), isShuffled)
                .putExtra(EXTRA_BIOMETRICS, withBiometrics)
                .putExtra(EXTRA_CAN_GO_BACK, canGoBack)

        /** How the screen ended. A session is given only once: close it after use. */
        @JvmStatic
        public fun result(resultCode: Int, data: Intent?): LockResult = LockResults.of(resultCode, data)

        /**
         * Takes the session of a result, once: close it after use. Null if there is none, if it was taken already, or if
         * nobody took it for a minute: then it was closed, or given to a [LockGuard] that had no session. The session never
         * leaves the process: [data] holds only a key for it.
         */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        internal const val EXTRA_GUARD = "dev.walletlock.guard"
        private const val REQUEST_RECOVER = 1
        private const val REQUEST_FACTOR = 2
        private const val EXTRA_CAN_GO_BACK = "dev.walletlock.canGoBack"
        private const val EXTRA_BIOMETRICS = "dev.walletlock.biometrics"
    }
}
