package dev.walletlock.android

import android.app.Activity
import android.os.Build
import android.view.KeyEvent
import android.view.View
import android.view.WindowInsets
import android.view.WindowManager
import android.widget.FrameLayout
import android.window.OnBackInvokedCallback
import android.window.OnBackInvokedDispatcher

// How the lock's screens set up their windows, on each Android version.

/** Keeps the Activity out of screenshots and the recent apps, from its first frame on: the lock's status is private too. */
internal fun Activity.keepOutOfPictures() {
    window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(false)
}

/** Fills the window with [views], one of which is shown at a time ([showOnly]). */
internal fun Activity.fillWith(vararg views: View): FrameLayout {
    val root = FrameLayout(this)
    views.forEach {
        it.visibility = View.GONE
        root.addView(it)
    }
    setContentView(root)
    drawUnderBars(root)
    return root
}

/** Draws behind the system bars, as Android 15 does anyway, and pads [root] so that its content stays clear of them. */
@Suppress("DEPRECATION")
internal fun Activity.drawUnderBars(root: View) {
    root.setOnApplyWindowInsetsListener { view, insets -> view.makeRoom(insets) }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) window.setDecorFitsSystemWindows(false)
}

private fun View.makeRoom(insets: WindowInsets): WindowInsets {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return onApplyWindowInsets(insets)
    val bars = insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout())
    setPadding(bars.left, bars.top, bars.right, bars.bottom)
    return WindowInsets.CONSUMED
}

/** Adds pages, of which one is shown at a time: see [showOnly]. At first none is. */
internal fun FrameLayout.addPages(vararg pages: View) {
    pages.forEach {
        it.visibility = View.GONE
        addView(it)
    }
}

/** Shows [view], hides the other children, and focuses it for a keyboard. Returns whether it was hidden before. */
internal fun FrameLayout.showOnly(view: View): Boolean {
    if (view.visibility == View.VISIBLE) return false
    (0 until childCount).map(::getChildAt).forEach { it.visibility = if (it === view) View.VISIBLE else View.GONE }
    view.requestFocus()
    return true
}

/** Gives a key of a keyboard to the pad in this view, wherever the focus is. True: the pad has used it. */
internal fun View.dispatchToPad(event: KeyEvent): Boolean {
    val pad = findViewById<PinPadView>(R.id.walletlock_pad) ?: return false
    return pad.isShown && !pad.hasFocus() && pad.dispatchKeyEvent(event)
}

/** Calls [goBack] on Back in apps with predictive back gestures: there Android does not call `onBackPressed`. */
internal fun Activity.onBack(goBack: () -> Unit) {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
    onBackInvokedDispatcher.registerOnBackInvokedCallback(OnBackInvokedDispatcher.PRIORITY_DEFAULT) { goBack() }
}

/** Makes Back do [act], in place of what the app does with it. Calling the returned function gives Back to the app again. */
internal fun Activity.takeBack(act: () -> Unit): () -> Unit {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return {}
    val callback = OnBackInvokedCallback { act() }
    onBackInvokedDispatcher.registerOnBackInvokedCallback(OnBackInvokedDispatcher.PRIORITY_OVERLAY, callback)
    return { onBackInvokedDispatcher.unregisterOnBackInvokedCallback(callback) }
}

/** Leaves the app without showing the Activity behind this one. This screen is there again when the person comes back. */
internal fun Activity.leaveApp() {
    if (!moveTaskToBack(true)) finishAffinity()
}
