package dev.walletlock.android

import android.app.Activity
import android.view.View
import dev.walletlock.WalletLock

/**
 * Opens the lock for an [activity], and shows why it does not open if it does not. [make] makes of the opened lock what the Activity
 * works with. It outlives the Activity in a rotation, so it must not hold it. [open] and [render] call [show] with what was made;
 * [show] calls [showPage] once there is something to show on the [page].
 */
internal class ScreenWithLock<T : AutoCloseable>(
    private val activity: Activity,
    private val page: View,
    make: (WalletLock) -> T,
    private val show: (T) -> Unit,
) {
    private val locked = LockedView(activity)
    private val root = activity.fillWith(page, locked)
    private val opening = retained() ?: OpeningLock(activity.applicationContext, make)
    val made: T? get() = opening.made

    /** What [Activity.onRetainNonConfigurationInstance] returns: kept in memory, and nowhere else. */
    val retainable: Any get() = opening

    @Suppress("UNCHECKED_CAST")
    private fun retained() = activity.lastNonConfigurationInstance as OpeningLock<T>?

    fun open() {
        opening.onChange = ::render
        opening.open()
        render()
    }

    fun render() {
        opening.trouble?.let {
            locked.show(it, opening::open)
            root.showOnly(locked)
        }
        made?.let(show)
    }

    /** Shows why [lock] is locked, instead of the page, and what the person can do. */
    fun showLocked(lock: WalletLock) {
        locked.bind(lock)
        locked.setOnGoOn(::render)
        root.showOnly(locked)
    }

    /** True: the page was not shown before. */
    fun showPage(): Boolean = root.showOnly(page)

    /** The Activity is destroyed. What was made is kept only for the Activity after a rotation. */
    fun close() {
        opening.onChange = {}
        if (!activity.isChangingConfigurations) opening.close()
    }
}
