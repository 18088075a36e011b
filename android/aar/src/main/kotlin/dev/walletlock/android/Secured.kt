package dev.walletlock.android

import android.view.View
import android.view.ViewTreeObserver
import android.view.WindowManager
import android.view.WindowManager.LayoutParams
import android.view.WindowManager.LayoutParams.FLAG_SECURE

/**
 * Keeps the window that a view is in out of screenshots, recordings and the list of recent apps, for as long as one view
 * in it asks for that.
 *
 * The window's own attributes are the app's and stay untouched; the system is given a copy of them that is secure. So what
 * the app asks for meanwhile is in force afterwards. The app's own call gives the system its attributes again, without our
 * wish: that is seen before the next picture is drawn, and the picture waits for it.
 */
internal class Secured private constructor(private val root: View, private var asked: LayoutParams) :
    ViewTreeObserver.OnPreDrawListener {
    private var holds = 0
    private var given: LayoutParams? = null

    override fun onPreDraw(): Boolean = !secure()

    /** Whether it was not. */
    private fun secure(): Boolean {
        val inForce = root.layoutParams as? LayoutParams ?: return false
        // Mostly the window's own once more; some apps give the system another set.
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

        /** By the window that is really shown, which for a dialog is not the activity's. */
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
