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
internal class SecureWindow private constructor(private val root: View, private var appAttributes: LayoutParams) :
    ViewTreeObserver.OnPreDrawListener {
    private var users = 0
    private var ourAttributes: LayoutParams? = null

    override fun onPreDraw(): Boolean = !secure()

    /** Gives the system a copy with the flag, if the attributes in force have none. Returns whether that was necessary. */
    private fun secure(): Boolean {
        val inForce = root.layoutParams as? LayoutParams ?: return false
        // The app has set these: usually the window's own attributes again, in some apps another object.
        if (inForce !== ourAttributes) appAttributes = inForce
        if (inForce.flags and FLAG_SECURE != 0) return false
        val copy = LayoutParams().apply { copyFrom(appAttributes) }
        copy.flags = copy.flags or FLAG_SECURE
        ourAttributes = copy
        root.give(copy)
        return true
    }

    companion object : View.OnAttachStateChangeListener {
        /** Keeps the window that [view] is in out of pictures, for as long as the view is in it. */
        fun protect(view: View): Unit = view.addOnAttachStateChangeListener(this)

        override fun onViewAttachedToWindow(view: View) {
            val root = view.rootView
            val appAttributes = root.layoutParams as? LayoutParams ?: return
            val secureWindow = root.getTag(R.id.walletlock_secured) as? SecureWindow ?: SecureWindow(root, appAttributes).also {
                root.setTag(R.id.walletlock_secured, it)
                root.viewTreeObserver.addOnPreDrawListener(it)
            }
            secureWindow.users++
            secureWindow.secure()
        }

        override fun onViewDetachedFromWindow(view: View) {
            val root = view.rootView
            val secureWindow = root.getTag(R.id.walletlock_secured) as? SecureWindow ?: return
            if (--secureWindow.users > 0) return
            root.setTag(R.id.walletlock_secured, null)
            root.viewTreeObserver.removeOnPreDrawListener(secureWindow)
            if (root.layoutParams === secureWindow.ourAttributes) root.give(secureWindow.appAttributes)
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
