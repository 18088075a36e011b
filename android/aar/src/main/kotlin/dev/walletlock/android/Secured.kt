package dev.walletlock.android

import android.view.View
import android.view.WindowManager
import android.view.WindowManager.LayoutParams.FLAG_SECURE

/**
 * Keeps the window that a view is in out of screenshots, recordings and the list of recent apps, for as long as one view
 * in it asks for that. Then the window is as it was: one that the app itself had secured stays so.
 */
internal object Secured {
    private class Holds(val wasSecure: Boolean) {
        var count = 0
    }

    fun hold(view: View) {
        val root = view.rootView
        val window = root.layoutParams as? WindowManager.LayoutParams ?: return
        val holds = root.getTag(R.id.walletlock_secured) as? Holds
            ?: Holds(window.flags and FLAG_SECURE != 0).also { root.setTag(R.id.walletlock_secured, it) }
        holds.count++
        root.setSecure(window, true)
    }

    fun release(view: View) {
        val root = view.rootView
        val window = root.layoutParams as? WindowManager.LayoutParams ?: return
        val holds = root.getTag(R.id.walletlock_secured) as? Holds ?: return
        if (--holds.count > 0) return
        root.setTag(R.id.walletlock_secured, null)
        root.setSecure(window, holds.wasSecure)
    }

    /** By the window that is really shown, which for a dialog is not the activity's. */
    private fun View.setSecure(window: WindowManager.LayoutParams, secure: Boolean) {
        val flags = if (secure) window.flags or FLAG_SECURE else window.flags and FLAG_SECURE.inv()
        if (flags == window.flags) return
        window.flags = flags
        if (!isAttachedToWindow) return
        try {
            context.getSystemService(WindowManager::class.java)?.updateViewLayout(this, window)
        } catch (_: IllegalArgumentException) {
            // The window itself is going away: there is nothing left to see.
            return
        }
    }
}
