package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.walletlock.LockStatus
import dev.walletlock.Remedy

/**
 * The content of [LockActivity]: the PIN pad, with a notice above it if the PIN clears a lock; or the [LockedView]. Both are
 * hidden until the status is known.
 */
internal class LockContent(screen: Activity, parts: LockScreenParts) : FrameLayout(screen) {
    val pad = PinPadView(screen)
    val locked = LockedView(screen)
    val forgotPin = ForgotPinButton(screen, parts, pad::setOnForgotPin) { pad.offersForgotPin = it }
    private val notice = PadNotice(screen, Colours(screen))
    private val column = LinearLayout(screen)

    /** Whether the person wants to see the other ways to clear a lock that the PIN clears. */
    private var showsOthers = false
    private var shown: LockStatus? = null
    val showsPad: Boolean get() = column.visibility == VISIBLE

    init {
        pad.pinLength = LockScreens.pinLength
        pad.isShuffled = screen.intent.getBooleanExtra(EXTRA_SHUFFLED, false)
        parts.putOn(pad, screen)
        column.orientation = LinearLayout.VERTICAL
        column.addView(notice, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        column.addView(pad, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        locked.onEnterPin = Runnable { goBackToPad() }
        listOf(column, locked).forEach {
            it.visibility = GONE
            addView(it)
        }
    }

    /** Shows [status], which is neither unconfigured nor being left. Returns whether the pad has just come. */
    fun show(status: LockStatus): Boolean {
        if (shown?.withoutTimes() != status.withoutTimes()) showsOthers = false
        shown = status
        if (!status.takesPin || showsOthers) {
            locked.show(status)
            showOnly(locked)
            return false
        }
        val others = (status as? LockStatus.Locked)?.remedies.orEmpty().any { it !is Remedy.EnterPin }
        notice.show(resources.noticeAbovePad(status), if (others) Runnable { showOthers() } else null)
        val hasCome = showOnly(column)
        if (hasCome) pad.requestFocus()
        return hasCome
    }

    fun showTrouble(trouble: LockTrouble, onRetry: Runnable) {
        locked.show(trouble, onRetry)
        showOnly(locked)
    }

    private fun showOthers() {
        showsOthers = true
        shown?.let(::show)
    }

    private fun goBackToPad() {
        showsOthers = false
        shown?.let(::show)
    }

    companion object {
        private const val EXTRA_SHUFFLED = "dev.walletlock.shuffled"

        fun asked(intent: Intent, isShuffled: Boolean): Intent = intent.putExtra(EXTRA_SHUFFLED, isShuffled)
    }
}
