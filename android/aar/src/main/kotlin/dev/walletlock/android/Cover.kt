package dev.walletlock.android

import android.app.Activity
import android.os.IBinder
import android.view.View
import android.view.WindowManager.LayoutParams
import android.view.WindowManager.LayoutParams.FIRST_APPLICATION_WINDOW
import android.view.WindowManager.LayoutParams.LAST_SUB_WINDOW

/**
 * Hides the windows of Activities, and the dialogs and popups above them. For the main thread only.
 *
 * @param activities those that were started and are not destroyed: their windows have content.
 * @param isCovered which of them must be hidden now.
 */
internal class Cover(private val activities: Collection<Activity>, private val isCovered: (Activity) -> Boolean) {
    private val hidden = LinkedHashMap<View, HiddenWindow>()
    private var isAtWork = false

    /** Hides every window that must be covered now, and shows the others again. */
    fun draw() {
        // Hiding a window takes the focus from it, and HiddenWindow calls this when the focus changes.
        if (isAtWork) return
        isAtWork = true
        val owners = activities.associateBy { it.window.decorView }
        val covered = owners.filterValues(isCovered)
        covered.forEach { (root, activity) -> hide(root, activity) }
        val above = if (covered.isEmpty()) emptyList() else windowsAbove(owners, free = owners.keys - covered.keys)
        above.forEach { hide(it, null) }
        // Also restores windows that were closed meanwhile: the app may show the same dialog object again.
        (hidden.keys - covered.keys - above.toSet()).forEach { hidden.remove(it)?.show() }
        isAtWork = false
    }

    /**
     * The dialogs and popups, without those that belong to a [free] Activity. A dialog has the token of its Activity, a popup
     * the token of the window under it. A window without a known owner is hidden too.
     */
    private fun windowsAbove(owners: Map<View, Activity>, free: Set<View>): List<View> {
        val freeTokens = HashSet<IBinder>()
        return windowsOfThisApp().filter { root ->
            val attributes = root.layoutParams as? LayoutParams ?: return@filter false
            val isFree = root in free || attributes.token in freeTokens
            if (isFree) freeTokens += listOfNotNull(attributes.token, root.windowToken)
            // Application windows and their sub-windows only, not the system's window types such as an overlay.
            !isFree && root !in owners && attributes.type in FIRST_APPLICATION_WINDOW..LAST_SUB_WINDOW
        }
    }

    private fun hide(root: View, activity: Activity?) {
        val window = hidden[root]
        if (window == null) hidden[root] = HiddenWindow(root, activity, ::draw) else window.hide()
    }
}
