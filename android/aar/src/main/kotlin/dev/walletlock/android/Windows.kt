package dev.walletlock.android

import android.annotation.SuppressLint
import android.os.Build
import android.view.View
import android.view.inspector.WindowInspector

/** The root view of every window of this process, in the order in which they were added: a dialog after its Activity. */
internal fun windowsOfThisApp(): List<View> =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) WindowInspector.getGlobalWindowViews() else byReflection()

/** Before Android 10 no public call returns them. The field exists in 7 to 9, and may be read (Android's light grey list). */
@SuppressLint("PrivateApi")
private fun byReflection(): List<View> = try {
    val all = Class.forName("android.view.WindowManagerGlobal")
    val views = all.getDeclaredField("mViews").apply { isAccessible = true }
    (views.get(all.getMethod("getInstance").invoke(null)) as List<*>).filterIsInstance<View>()
} catch (_: ReflectiveOperationException) {
    // Then dialogs and popups are not hidden. The Activities are, and the lock screen lies above them.
    emptyList()
}
