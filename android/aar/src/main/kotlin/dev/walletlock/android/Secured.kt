package dev.walletlock.android

import android.view.View
import android.view.ViewTreeObserver
import android.view.WindowManager
import android.view.WindowManager.LayoutParams
import android.view.WindowManager.LayoutParams.FLAG_SECURE

/**
 * Keeps the window of a view out of screenshots, recordings and the list of recent apps (`FLAG_SECURE`), as long as at least
 * one view in it holds this.
 *
 * The window's own attributes belong to the app and are not changed; the system gets a copy of them with the flag. So what
 * the app sets meanwhile is in force afterwards. When the app sets its attributes again, the system gets them without the
 * flag. That is noticed before the next frame is drawn, and this frame is not drawn: the flag is set again first.
 */
internal class Secured private constructor(private val root: View, private var asked: LayoutParams) :
    ViewTreeObserver.OnPreDrawListener {
    private var holds = 0
    private var given: LayoutParams? = null

    override fun onPreDraw(): Boolean = !secure()

    /** Gives the system a copy with the flag, if the attributes in force have none. Returns whether that was necessary. */
    private fun secure(): Boolean {
        val inForce = root.layoutParams as? LayoutParams ?: return false
        // The app has set these: usually the window's own attributes again, in some apps another object.
        if (inForce !== given) asked = inForce
        if (inForce.flags and FLAG_SECURE != 0) return false
        val copy = LayoutParams().apply { copyFrom(asked) }
        copy.flags = copy.flags or FLAG_SECURE
        given = copy
        root.give(copy)
        return true
    }

    companion object {
        fun hold(view: View) {
            val root = view.rootView
            val asked = root.layoutParams as? LayoutParams ?: return
            val secured = root.getTag(R.id.walletlock_secured) as? Secured ?: Secured(root, asked).also {
                root.setTag(R.id.walletlock_secured, it)
                root.viewTreeObserver.addOnPreDrawListener(it)
            }
            secured.holds++
            secured.secure()
        }

        fun release(view: View) {
            val root = view.rootView
            val secured = root.getTag(R.id.walletlock_secured) as? Secured ?: return
            if (--secured.holds > 0) return
            root.setTag(R.id.walletlock_secured, null)
            root.viewTreeObserver.removeOnPreDrawListener(secured)
            if (root.layoutParams === secured.given) root.give(secured.asked)
        }

        /** Sets the attributes of this root view's own window, which for a dialog is not the Activity's window. */
        private fun View.give(attributes: LayoutParams) {
            if (!isAttachedToWindow) {
                layoutParams = attributes
                return
            }
            try {
                context.getSystemService(WindowManager::class.java)?.updateViewLayout(this, attributes)
            } catch (_: IllegalArgumentException) {
                // The window itself is going away: there is nothing left to see.
                return
            }
        }
    }
}
