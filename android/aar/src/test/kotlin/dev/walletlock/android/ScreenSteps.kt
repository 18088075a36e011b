package dev.walletlock.android

import android.app.Activity
import android.view.View
import android.widget.TextView
import org.robolectric.android.controller.ActivityController

// What a person does on the screens with a pad, and what they read there.

internal fun ActivityController<out Activity>.pad(): PinPadView = get().window.decorView.part(R.id.walletlock_pad)

internal fun ActivityController<out Activity>.type(pin: String) {
    pad().enter(pin)
    pad().done()
}

/** The title above the dots. */
internal fun ActivityController<out Activity>.title(): String = pad().part<TextView>(R.id.walletlock_title).text.toString()

/** The question on the screen, or null. */
internal fun ActivityController<out Activity>.question(): String? =
    get().window.decorView.findViewById<TextView>(R.id.walletlock_question)?.takeIf(View::isShown)?.text?.toString()

internal fun ActivityController<out Activity>.note(): String =
    get().window.decorView.all().filter { it.id == R.id.walletlock_note && it.isShown }
        .joinToString { (it as TextView).text }

internal fun ActivityController<out Activity>.press(text: String) {
    get().window.decorView.all().first { it.isShown && it.isClickable && it.words().startsWith(text) }.performClick()
    TestWallet.settle()
}

/** The words of the view, as a screen reader reads them out. */
internal fun View.words(): String =
    (createAccessibilityNodeInfo().run { contentDescription ?: text } ?: "").toString()
