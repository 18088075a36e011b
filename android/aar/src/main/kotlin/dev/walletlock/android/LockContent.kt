package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.widget.FrameLayout

/** The content of [LockActivity]: the PIN pad, or the [LockedView]. Both are hidden until the status is known. */
internal class LockContent(screen: Activity, parts: LockScreenParts) : FrameLayout(screen) {
    val pad = PinPadView(screen)
    val locked = LockedView(screen)
    val showsPad: Boolean get() = pad.visibility == VISIBLE

    init {
        pad.pinLength = LockScreens.pinLength
        pad.isShuffled = screen.intent.getBooleanExtra(EXTRA_SHUFFLED, false)
        parts.putOn(pad, screen)
        if (parts.onForgotPin == null) keepPlaceOfForgotPin()
        listOf(pad, locked).forEach {
            it.visibility = GONE
            addView(it)
        }
    }

    /** If there turns out to be a recovery code, the button appears, and no key moves. */
    private fun keepPlaceOfForgotPin() {
        pad.setOnForgotPin {}
        pad.offersForgotPin = false
    }

    companion object {
        private const val EXTRA_SHUFFLED = "dev.walletlock.shuffled"

        fun asked(intent: Intent, isShuffled: Boolean): Intent = intent.putExtra(EXTRA_SHUFFLED, isShuffled)
    }
}
