package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import dev.walletlock.Session
import dev.walletlock.android.Panicking.Step

/**
 * The whole screen that stops everything, because somebody saw the PIN or forced it. It says what that does, asks for the PIN unless a
 * session is open, and then leads to [ChecklistActivity]. [SecuritySettingsActivity] starts it. An app can start it from a button of its
 * own, too, also while the wallet is closed.
 *
 * ```
 * startActivity(PanicActivity.intent(this))
 * ```
 *
 * Payments are frozen then, and every session has ended; the PIN alone does not undo it at once ([dev.walletlock.Access.unfreeze]). With
 * [LockScreens.useProvider] the provider is told ([ProviderCall.FREEZE_NOTICE]). A person who cannot enter the PIN can stop payments
 * without it.
 *
 * `RESULT_OK`: everything, or payments, are stopped. `RESULT_CANCELED`: nothing is, and [takeSession] gives the session back.
 */
@Unguarded
public class PanicActivity : Activity() {
    private lateinit var screen: ScreenWithLock<Panicking>
    private lateinit var view: PanicView
    private var early: Session? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_panic)
        val session = Handover.take(intent)
        early = session
        view = PanicView(this, Colours(this))
        view.onLeave = ::leave
        view.onGoOn = {
            startActivity(ChecklistActivity.intent(this))
            leave()
        }
        screen = ScreenWithLock(this, view, { Panicking(it, session) }, ::render)
        onBack(::goBack)
        screen.open()
    }

    private fun render(panicking: Panicking) {
        early = null
        panicking.onChange = screen::render
        view.show(panicking)
        screen.showPage()
    }

    private fun goBack() {
        if (screen.made?.back() != true) leave()
    }

    private fun leave() {
        if (isFinishing) return
        val panicking = screen.made
        if (panicking?.isBusy == true) return
        val isStopped = panicking?.step == Step.STOPPED || panicking?.step == Step.FROZEN
        val session = panicking?.takeSession()?.takeIf { it.isLive }
        setResult(if (isStopped) RESULT_OK else RESULT_CANCELED, session?.let(Handover::give))
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) view.pad.clear()
    }

    override fun onDestroy() {
        screen.made?.onChange = {}
        // If the lock did not open, nobody has taken the session over. After a rotation it is still kept for the opened lock.
        if (!isChangingConfigurations) early?.let { LockGuard.keepOrClose(it) }
        screen.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = view.dispatchToPad(event) || super.dispatchKeyEvent(event)

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session an open one: then no PIN is asked for. The screen takes it over. The intent carries only a key for it. Null: the
         *   screen asks for the PIN.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null): Intent =
            Intent(context, PanicActivity::class.java).apply { session?.let { putExtras(Handover.give(it)) } }

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
