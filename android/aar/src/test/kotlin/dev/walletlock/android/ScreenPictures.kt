package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import android.provider.Settings
import org.junit.Before
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

/** What the tests of pictures share: an app without animations, and ways to keep what a screen shows. See [Golden]. */
abstract class ScreenPictures {
    protected val golden: Golden = Golden()
    protected val context: Context = RuntimeEnvironment.getApplication()

    /** Switches animations off, so that everything is drawn at its final place. */
    @Before
    fun still() {
        Settings.Global.putFloat(context.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
    }

    /** What the screen shows once it is at rest. */
    protected open fun ActivityController<out Activity>.drawn(): Bitmap {
        TestWallet.settle()
        return get().window.decorView.drawn()
    }

    protected fun ActivityController<out Activity>.keep(name: String): Unit = golden.check(name, drawn())

    protected fun ActivityController<out Activity>.keepRoughly(name: String): Unit = golden.checkRoughly(name, drawn())

    protected fun ActivityController<out Activity>.press(text: Int): Unit = press(context.getString(text))
}
