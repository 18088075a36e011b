package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.KeyEvent
import dev.walletlock.GuardedAction
import dev.walletlock.LockException
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * Asks for the second factor after the PIN or a finger, where the policy asks for it at each unlocking. [LockActivity] starts it, and
 * gives its session only once the factor was right. Without it the session does nothing: the lock sees to that.
 *
 * `RESULT_OK` with a session: the factor was right, or the person got back in. `RESULT_CANCELED`: the session is closed.
 */
@Unguarded
internal class UnlockFactorActivity : Activity() {
    private lateinit var screen: ScreenWithLock<ProvingFactor>
    private lateinit var code: SentCodeView
    private var early: Session? = null
    private var saidNotes = 0

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_authenticator_enter)
        early = Handover.take(intent)
        code = SentCodeView(this, Colours(this))
        code.setOnOther(R.string.walletlock_get_back, ::getBack)
        screen = ScreenWithLock(this, code, makeProving(intent.getStringExtra(EXTRA_ACTION)), ::render)
        onBack(::leave)
        screen.open()
    }

    /** What it returns outlives this Activity, so it must not hold it. */
    private fun makeProving(action: String?): (WalletLock) -> ProvingFactor =
        { ProvingFactor(it, action?.let(GuardedAction::valueOf)) }

    private fun render(proving: ProvingFactor) {
        proving.onChange = screen::render
        early?.let { proving.take(it) }
        early = null
        if (proving.isRight) return proving.takeSession()?.let(::finishWith) ?: leave()
        if (proving.isOver) return leave()
        val way = proving.way ?: return
        code.onCode = proving::typed
        code.onDue = proving::refresh
        code.setOnResend(proving::send)
        code.show(resources.codePage(way, cancels = false, proving.isBusy))
        if (screen.showPage()) code.pad.requestFocus()
        val note = proving.note
        if (note != null && proving.notes != saidNotes) code.reject(resources.words(note))
        saidNotes = proving.notes
    }

    private fun getBack() = startActivityForResult(GetBackActivity.intent(this), REQUEST_GET_BACK)

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        Handover.take(data)?.let(::finishWith) ?: screen.made?.refresh()
    }

    private fun finishWith(session: Session) {
        setResult(RESULT_OK, Handover.give(session))
        finish()
    }

    private fun leave() {
        setResult(RESULT_CANCELED)
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = leave()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) code.pad.clear()
    }

    override fun onDestroy() {
        screen.made?.onChange = {}
        early?.close()
        screen.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = code.dispatchToPad(event) || super.dispatchKeyEvent(event)

    companion object {
        /** [session]: the screen takes it over. [action]: what the factor is needed for. Null: for everything. */
        fun intent(context: Context, session: Session, action: GuardedAction? = null): Intent =
            Intent(context, UnlockFactorActivity::class.java).putExtras(Handover.give(session)).putExtra(EXTRA_ACTION, action?.name)

        private const val EXTRA_ACTION = "dev.walletlock.action"

        private const val REQUEST_GET_BACK = 1
    }
}

/**
 * Whether this session needs the second factor for [action]; null: for everything. A session that cannot tell is not held up: the lock
 * refuses each call that needs the factor.
 */
internal suspend fun Session.asksSecondFactor(action: GuardedAction? = null): Boolean = try {
    access.needsSecondFactor(action)
} catch (_: LockException) {
    false
}
