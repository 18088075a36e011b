package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.view.View

/**
 * The app's own parts on [LockActivity]; each works as on a [PinPadView]. Pictures and texts are resources, so that they follow
 * the person's language, and day or night.
 *
 * ```
 * LockActivity.useParts(LockScreenParts(mark = R.drawable.logo, title = R.string.open_wallet, onForgotPin = { recover(it) }))
 * ```
 *
 * @property mark a drawable above the title. 0: none.
 * @property title a string in place of 'Enter your PIN'. 0: 'Enter your PIN' is shown.
 * @property footer makes a view below the keys, a new one for each screen. Null: none.
 * @property onForgotPin called when the person taps 'Forgot PIN?', here or where [ChangePinActivity] asks for the current
 *   PIN. Null: the button leads to the recovery code, to the provider that keeps a key, or to [GetBackActivity].
 * @property prefersRecoveryCode whether that button leads to [EnterRecoveryCodeActivity] if the wallet has a recovery code, or to
 *   [AskEscrowActivity] if it has escrow instead. False: [onForgotPin] is called in any case.
 */
public class LockScreenParts @JvmOverloads constructor(
    public val mark: Int = 0,
    public val title: Int = 0,
    public val footer: ((Context) -> View)? = null,
    public val onForgotPin: OnForgotPin? = null,
    public val prefersRecoveryCode: Boolean = true,
) {
    internal fun putOn(pad: PinPadView, screen: Activity) {
        if (mark != 0) pad.mark = screen.getDrawable(mark)
        if (title != 0) pad.title = screen.getText(title)
        pad.footer = footer?.invoke(screen)
    }
}

/** A listener for a tap on 'Forgot PIN?'. */
public fun interface OnForgotPin {
    /** Called on the main thread. [screen] asks for the PIN, and stays until you finish it: start your own recovery from it. */
    public fun onForgotPin(screen: Activity)
}
