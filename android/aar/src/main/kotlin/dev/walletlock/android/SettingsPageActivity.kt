package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The base of [ChannelsActivity], [SecondFactorActivity], [EnterSecondFactorActivity] and [RecoverySheetActivity]: a page of the
 * settings with a session. Without one it asks for the PIN, finger or face; and again for the PIN or the second factor when a change
 * needs it. [LockScreens] says which lock is used.
 *
 * `RESULT_OK`: the person did what the page is for. `RESULT_CANCELED`: nothing was changed. In both cases the result gives the session
 * back, if it is still live. A rotation loses nothing. After process death the page asks for the PIN, finger or face again.
 */
public abstract class SettingsPageActivity internal constructor() : Activity() {
    internal lateinit var screen: ScreenWithLock<SessionWork>
        private set
    private lateinit var page: View

    /** A session that arrived before the lock was open. */
    private var early: Session? = null

    /** Whether another screen is in front that this one has started, or is about to be. */
    private var isAsking = false
    private var isStarted = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        isAsking = savedInstanceState?.getBoolean(STATE_ASKING) ?: false
        early = Handover.take(intent)
        page = makePage()
        screen = ScreenWithLock(this, page, work(), ::render)
        onBack(::goBack)
        screen.open()
    }

    internal abstract fun makePage(): View

    /** Returns a function that makes the work of the opened lock. It outlives this Activity, so it must not hold it. */
    internal abstract fun work(): (WalletLock) -> SessionWork

    /** Shows [work] on the page. */
    internal abstract fun show(work: SessionWork)

    /** Goes one step back on the page. False: the person leaves it instead. */
    internal abstract fun goBackOnPage(): Boolean

    /** A result of a screen that the page itself has started ([launch]). */
    internal open fun onPageResult(request: Int, result: Int, data: Intent?) {}

    private fun render(work: SessionWork) {
        work.onChange = ::showNow
        work.onPinNeeded = ::askForPin
        work.onFactorNeeded = ::askForFactor
        early?.let(work::take)
        early = null
        if (work.isOpen) showNow() else askToOpen()
    }

    private fun showNow() {
        val work = screen.made ?: return
        show(work)
        if (work.isOpen) screen.showPage()
        if (work.isDone && leavesWhenDone) leave()
    }

    /** Whether the page is over once it did what it is for. */
    internal open val leavesWhenDone: Boolean get() = false

    private fun askForPin() {
        if (screen.made?.isOpen != true) page.visibility = View.GONE
        val isForMore = screen.made?.waits == true
        if (isForMore) start(LockActivity.intent(this, withBiometrics = false, canGoBack = true), REQUEST_PIN) else askToOpen()
    }

    /** Starts the lock screen. The page is hidden until the wallet is open. */
    private fun askToOpen() {
        page.visibility = View.GONE
        start(LockActivity.intent(this, canGoBack = true), REQUEST_PIN)
    }

    private fun askForFactor() {
        if (!canStart()) return
        val session = screen.made?.handOver() ?: return
        start(EnterSecondFactorActivity.intent(this, session), REQUEST_FACTOR)
    }

    /** Starts a screen that takes the session over, and gives it back. [request]: at least [REQUEST_PAGE]. */
    internal fun launch(request: Int, intent: (Session?) -> Intent) {
        if (canStart()) start(intent(screen.made?.handOver()), request)
    }

    /** Starts a screen of another app. The session stays here. */
    internal fun launchOther(request: Int, intent: Intent): Unit = start(intent, request)

    /** Only while this screen is started: if another app is in front, [onStart] asks later. */
    private fun canStart() = !isAsking && !isFinishing && isStarted

    private fun start(intent: Intent, request: Int) {
        if (!canStart()) return
        isAsking = true
        startActivityForResult(intent, request)
    }

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        isAsking = false
        val session = Handover.take(data)
        val work = screen.made
        // Without that, the session would be asked for the second factor again and again.
        if (request == REQUEST_FACTOR && result != RESULT_OK) work?.giveUp()
        if (request >= REQUEST_PAGE) onPageResult(request, result, data)
        when {
            session != null && work != null -> work.take(session)
            session != null -> early = session
            work?.isOpen == true -> if (request < REQUEST_PAGE) work.giveUp()
            // The session ended on the other screen.
            request != REQUEST_PIN -> askToOpen()
            else -> finish()
        }
    }

    /** Leaves, and gives the session back. */
    internal fun leave() {
        if (isFinishing) return
        val work = screen.made
        val session = work?.handOver()?.takeIf { it.isLive }
        setResult(if (work?.isDone == true) RESULT_OK else RESULT_CANCELED, session?.let(Handover::give))
        finish()
    }

    private fun goBack() {
        if (!goBackOnPage()) leave()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    override fun onStart() {
        super.onStart()
        isStarted = true
        val work = screen.made ?: return
        if (work.isOpen) work.lookAgain() else askToOpen()
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

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = page.dispatchToPad(event) || super.dispatchKeyEvent(event)

    internal companion object {
        private const val REQUEST_PIN = 1
        private const val REQUEST_FACTOR = 2
        const val REQUEST_PAGE = 3
        private const val STATE_ASKING = "asking"

        /** Adds the session, which the screen takes over. The intent carries only a key for it. */
        fun Intent.with(session: Session?): Intent = apply { session?.let { putExtras(Handover.give(it)) } }
    }
}
