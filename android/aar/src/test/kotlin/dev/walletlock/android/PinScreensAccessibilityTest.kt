package dev.walletlock.android

import android.app.Activity
import android.view.View
import android.widget.Button
import android.widget.TextView
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** The screens that set a PIN, change it and show the settings, for people who use a screen reader or need large letters. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-xhdpi")
class PinScreensAccessibilityTest {
    private val wallet = TestWallet()
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    @Test
    fun `all that can be touched has a name and is large enough`() = onEachScreen { name, screen ->
        val touched = screen.all().filter { it.isClickable && it.isShown }
        assertTrue(name, touched.isNotEmpty())
        for (view in touched) {
            assertFalse("$name: $view", view.words().ifEmpty { view.contentDescription ?: "" }.isBlank())
            assertTrue("$name: ${view.words()} ${view.width} x ${view.height}", minOf(view.width, view.height) >= view.dp(48))
        }
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `also on a small screen with large letters`(): Unit =
        `all that can be touched has a name and is large enough`()

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `no letter is cut off`() = onEachScreen { name, screen ->
        val texts = screen.all().filterIsInstance<TextView>().filter { it.isShown && it.text.isNotEmpty() }
        for (text in texts) {
            val lines = text.layout
            val needed = lines.height + text.compoundPaddingTop + text.compoundPaddingBottom
            assertTrue("$name: ${text.text}: $needed in ${text.height}", needed <= text.height)
            assertTrue("$name: ${text.text}", (0 until lines.lineCount).all { lines.getLineMax(it) <= lines.width + 1 })
        }
    }

    @Test
    fun `each step is told`() {
        val screen = start(SetPinActivity::class.java, SetPinActivity.intent(context))
        val view = screen.get().window.decorView.all().first { it is SetPinView }
        assertEquals("Choose a PIN", view.accessibilityPaneTitle)
        screen.type(RIGHT)
        assertEquals("Type it once more", view.accessibilityPaneTitle)
        screen.type(RIGHT)
        assertEquals("Open with fingerprint or face?", view.accessibilityPaneTitle)
    }

    @Test
    fun `a row is one thing, with its meaning, and says what it is`() {
        val screen = settings()
        val rows = screen.get().window.decorView.all().filter { it.isClickable && it.isShown }
        val read = rows.associate { it.words() to it.createAccessibilityNodeInfo().className }
        assertEquals(Button::class.java.name, read["Change your PIN"])
        assertEquals(Button::class.java.name, read["Wipe PIN, A second PIN that erases everything"])
        val switch = screen.get().window.decorView.part<View>(R.id.walletlock_finger).createAccessibilityNodeInfo()
        assertTrue(switch.isCheckable)
        assertFalse(switch.isChecked)
    }

    private fun onEachScreen(check: (String, View) -> Unit) {
        fun ActivityController<out Activity>.lookAt(name: String) {
            check(name, get().window.decorView)
        }
        val choosing = start(SetPinActivity::class.java, SetPinActivity.intent(context))
        choosing.pad().enter("123456")
        choosing.lookAt("choosing")
        choosing.pad().clear()
        repeat(2) { choosing.type(RIGHT) }
        choosing.lookAt("offer")
        choosing.press("Not now")
        val code = start(MakeRecoveryCodeActivity::class.java, MakeRecoveryCodeActivity.intent(context, wallet.unlocked()))
        code.lookAt("why a code")
        code.press("Make a recovery code")
        code.lookAt("the code")
        code.press("I wrote it down")
        code.lookAt("a group")
        start(EnterRecoveryCodeActivity::class.java, EnterRecoveryCodeActivity.intent(context)).lookAt("entering a code")
        val warning = start(ChangePinActivity::class.java, ChangePinActivity.wipePinIntent(context))
        warning.lookAt("warning")
        settings().lookAt("settings")
    }

    private fun settings(): ActivityController<SecuritySettingsActivity> {
        if (wallet.lock.status.value is dev.walletlock.LockStatus.Unconfigured) wallet.enrol()
        val screen = start(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        TestWallet.settle()
        return screen
    }

    private fun <A : Activity> start(activity: Class<A>, intent: android.content.Intent): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }
}
