package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.KeyEvent
import android.view.View
import android.view.WindowInsets
import android.view.WindowManager
import android.widget.FrameLayout
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The whole lock screen: the PIN pad, or which lock it is, as the lock's status has it. Launch it for a result.
 *
 * ```
 * startActivityForResult(LockActivity.intent(this), 1)
 *
 * override fun onActivityResult(request: Int, result: Int, data: Intent?) {
 *     if (result == RESULT_OK) LockActivity.takeSession(data)?.let(::show)
 * }
 * ```
 *
 * `RESULT_OK`: the wallet is open, and [takeSession] has the session. `RESULT_CANCELED`: the person went back.
 * [RESULT_NO_PIN]: there is no PIN to enter; let them set one.
 *
 * Where the person has switched fingerprint or face on and it would do now, the system's prompt comes by itself, once; a
 * button below the pad asks for it again. The PIN always does as well, and where only the PIN does, a line says why.
 *
 * A rotation loses nothing: not the digits, nor a PIN that is being checked, nor the prompt. After the app's process was
 * ended it begins with no digits, and a try that was under way is counted. Its colours are the resources
 * `walletlock_background`, `walletlock_text`, `walletlock_text_secondary`, `walletlock_accent` and `walletlock_error`,
 * which an app can define anew; or give it a theme of your own in your manifest.
 */
public class LockActivity : Activity() {
    private lateinit var opening: Opening
    private lateinit var pad: PinPadView
    private lateinit var locked: LockedView
    private lateinit var unlock: PadColumn
    private var isStarted = false
    private var following: CoroutineScope? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // From the first picture on, and not only while the pad is there: what the wallet says of itself is private too.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(false)
        setTitle(R.string.walletlock_enter_pin)
        build()
        opening = lastNonConfigurationInstance as Opening? ?: Opening(applicationContext, source)
        opening.onChange = ::render
        opening.onTrouble = ::tell
        opening.open()
        render()
    }

    private fun build() {
        pad = PinPadView(this)
        pad.pinLength = intent.getIntExtra(EXTRA_LENGTH, 0)
        pad.isShuffled = intent.getBooleanExtra(EXTRA_SHUFFLED, false)
        pad.setOnUnlocked(::finishWith)
        pad.setOnTrouble(::tell)
        unlock = PadColumn(this, pad) { opening.unlocking?.askBiometrics() }
        locked = LockedView(this)
        locked.setOnGoOn(::goOn)
        locked.setOnTrouble(::tell)
        val root = FrameLayout(this)
        listOf(unlock, locked).forEach {
            it.visibility = View.GONE
            root.addView(it)
        }
        root.setOnApplyWindowInsetsListener(::makeRoom)
        setContentView(root)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) drawBehindBars()
    }

    /** As Android 15 does anyway. */
    @Suppress("DEPRECATION")
    private fun drawBehindBars() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) window.setDecorFitsSystemWindows(false)
    }

    private fun makeRoom(root: View, insets: WindowInsets): WindowInsets {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return root.onApplyWindowInsets(insets)
        val bars = insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout())
        root.setPadding(bars.left, bars.top, bars.right, bars.bottom)
        return WindowInsets.CONSUMED
    }

    private fun render() {
        val unlocking = opening.unlocking
        opening.trouble?.let {
            locked.show(it, opening::open)
            show(locked)
        }
        if (unlocking == null || following != null) return
        pad.bind(unlocking)
        locked.checked = unlocking.lock
        unlocking.onSettled = {
            show(unlocking.lock.status.value)
            unlock.showAsk(unlocking.offersBiometrics)
        }
        unlock.showAsk(unlocking.offersBiometrics)
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch { unlocking.lock.status.collect(::show) }
    }

    private fun show(status: LockStatus) {
        if (isFinishing) return
        // A try that is being checked counts as failed meanwhile; the pad shows that it is checking.
        if (opening.unlocking?.checking != null) return
        when (status) {
            is LockStatus.Ready -> if (show(unlock)) offerBiometrics()
            is LockStatus.Unconfigured -> goOn()
            else -> {
                locked.show(status)
                show(locked)
            }
        }
    }

    /** Whether it was not there before. */
    private fun show(view: View): Boolean {
        if (view.visibility == View.VISIBLE) return false
        listOf(unlock, locked).forEach { it.visibility = if (it === view) View.VISIBLE else View.GONE }
        view.requestFocus()
        return true
    }

    private fun offerBiometrics() {
        val isWanted = intent.getBooleanExtra(EXTRA_BIOMETRICS, true)
        if (isWanted && isStarted && unlock.visibility == View.VISIBLE) opening.unlocking?.offerBiometrics()
    }

    private fun tell(trouble: LockTrouble) {
        onTrouble?.onLockTrouble(trouble)
    }

    private fun finishWith(session: Session) {
        setResult(RESULT_OK, Handover.give(session))
        finish()
    }

    private fun goOn() {
        setResult(RESULT_NO_PIN)
        finish()
    }

    /** Kept in memory for the screen that comes next, and by nothing else. */
    override fun onRetainNonConfigurationInstance(): Any = opening

    override fun onStart() {
        super.onStart()
        isStarted = true
        offerBiometrics()
    }

    override fun onStop() {
        super.onStop()
        isStarted = false
        if (isChangingConfigurations) return
        opening.unlocking?.clear()
        opening.unlocking?.stopAsking()
    }

    override fun onDestroy() {
        following?.cancel()
        opening.unlocking?.onSettled = {}
        if (isChangingConfigurations) opening.onChange = {} else opening.close()
        super.onDestroy()
    }

    /** Keys of a keyboard go to the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean {
        val isForPad = unlock.visibility == View.VISIBLE && !pad.hasFocus()
        return (isForPad && pad.dispatchKeyEvent(event)) || super.dispatchKeyEvent(event)
    }

    /** How an app launches it and takes what it gives. */
    public companion object {
        /** The result when the wallet has no PIN: none was set yet, or everything was erased. */
        public const val RESULT_NO_PIN: Int = RESULT_FIRST_USER

        @Volatile private var source: suspend (Context) -> WalletLock = { WalletLock.shared(it) }

        @Volatile private var onTrouble: OnLockTrouble? = null

        /**
         * Says which lock the screen opens, if it is not `WalletLock.shared(context)`: one with a policy or a name of your
         * own. Call it in `Application.onCreate`, because the screen may be the first that a new process shows.
         *
         * ```
         * LockActivity.useLock { WalletLock.shared(it, policy) }
         * ```
         *
         * It is called in a coroutine each time that the screen needs the lock, on the main thread, and given the
         * application. So it keeps no failure: a [dev.walletlock.LockException] shows as words and a button that calls it
         * again. The lock stays the app's.
         *
         * From Java: `LockActivity.useLock((context, c) -> WalletLocks.shared(context, policy, c))`.
         */
        @JvmStatic
        public fun useLock(source: suspend (Context) -> WalletLock) {
            this.source = source
        }

        /**
         * Calls [listener] when the wallet did not open, or a PIN could not be checked: to send the person to your store
         * for an update, or to count how often it happens. The screen has told the person already.
         */
        @JvmStatic
        public fun setOnTrouble(listener: OnLockTrouble?) {
            onTrouble = listener
        }

        /**
         * What to launch.
         *
         * @param pinLength as [PinPadView.pinLength].
         * @param isShuffled as [PinPadView.isShuffled].
         * @param withBiometrics whether to offer fingerprint or face, where the person has switched it on.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(
            context: Context,
            pinLength: Int = 0,
            isShuffled: Boolean = false,
            withBiometrics: Boolean = true,
        ): Intent =
            Intent(context, LockActivity::class.java)
                .putExtra(EXTRA_BIOMETRICS, withBiometrics)
                .putExtra(EXTRA_LENGTH, pinLength)
                .putExtra(EXTRA_SHUFFLED, isShuffled)

        /**
         * The session of a result, once: it is yours then, to be closed after use. Null if there is none, somebody took it,
         * or nobody did for a minute: then it was closed. It never leaves the process, and is not in [data] itself.
         */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        private const val EXTRA_LENGTH = "dev.walletlock.pinLength"
        private const val EXTRA_BIOMETRICS = "dev.walletlock.biometrics"
        private const val EXTRA_SHUFFLED = "dev.walletlock.shuffled"
    }
}
