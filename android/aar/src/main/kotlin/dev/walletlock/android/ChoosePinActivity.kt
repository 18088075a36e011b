package dev.walletlock.android

import android.app.Activity
import android.os.Bundle
import android.view.KeyEvent
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The base of [SetPinActivity], [ChangePinActivity], [MakeRecoveryCodeActivity], [EnterRecoveryCodeActivity] and
 * [AskEscrowActivity]. It shows a [ChoosePinView]; if the lock did not open, it shows why. [LockScreens] says which lock is used, and
 * what others know about the person.
 *
 * A rotation loses only the digits of the entry that is being typed. It keeps the entries before it, and a PIN that is being
 * set or changed. When the person leaves the screen, all entries are cleared, except those that a running call uses. After
 * process death the person begins again.
 */
public abstract class ChoosePinActivity internal constructor() : Activity() {
    internal lateinit var screen: ScreenWithLock<ChoosingPin>
        private set
    private lateinit var view: ChoosePinView

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        view = makeView()
        view.personal = LockScreens.personal()
        view.pinLength = LockScreens.pinLength
        screen = ScreenWithLock(this, view, choosing(), ::render)
        onBack(::goBack)
        screen.open()
    }

    internal abstract fun makeView(): ChoosePinView

    /** Returns a function that makes a [ChoosingPin] of the opened lock. It outlives this Activity, so it must not hold it. */
    internal abstract fun choosing(): (WalletLock) -> ChoosingPin

    /** Called when the lock is open: shows [choosing], or what the lock's status asks for instead, or finishes. */
    internal abstract fun render(choosing: ChoosingPin)

    internal fun show(choosing: ChoosingPin) {
        view.bind(choosing)
        screen.showPage()
    }

    internal fun finishWith(session: Session) {
        setResult(RESULT_OK, Handover.give(session))
        finish()
    }

    internal fun finishWith(result: Int) {
        setResult(result)
        finish()
    }

    internal open fun goBack() {
        if (!view.goBack()) finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = goBack()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) view.forget()
    }

    override fun onDestroy() {
        screen.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = view.dispatchToPad(event) || super.dispatchKeyEvent(event)
}
