package dev.walletlock.android

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Color
import android.view.ContextThemeWrapper
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.WhoLocked
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-xhdpi")
class AccessibilityTest {
    @Test
    fun `all that can be touched has a name and is large enough`() = onEachScreen { screen ->
        val touched = screen.all().filter { it.isClickable && it.visibility == View.VISIBLE }
        assertTrue(touched.size >= 3)
        for (view in touched) {
            val name = view.contentDescription ?: (view as? TextView)?.text
            assertFalse("$view", name.isNullOrBlank())
            assertTrue("$name: ${view.width} x ${view.height}", minOf(view.width, view.height) >= view.dp(48))
        }
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `also on a small screen with large letters`(): Unit =
        `all that can be touched has a name and is large enough`()

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `no letter is cut off`() = onEachScreen { screen ->
        val texts = screen.all().filterIsInstance<TextView>().filter { it.visibility == View.VISIBLE && it.text.isNotEmpty() }
        assertTrue(texts.isNotEmpty())
        for (text in texts) {
            val lines = text.layout
            assertTrue("${text.text}", lines.height + text.compoundPaddingTop + text.compoundPaddingBottom <= text.height)
            assertTrue("${text.text}", (0 until lines.lineCount).all { lines.getLineWidth(it) <= lines.width + 1 })
            assertTrue("${text.text}", (0 until lines.lineCount).all { lines.getEllipsisCount(it) == 0 })
        }
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `the words above the keys need no scrolling`() {
        val pad = pad(Stage.shown())
        pad.showMessage("That PIN is not right. 4 tries left.")
        TestWallet.settle()
        val header = pad.all().first { it is ScrollView } as ViewGroup
        assertTrue("${header.getChildAt(0).height} in ${header.height}", header.getChildAt(0).height <= header.height)
    }

    @Test
    fun `words come before the keys, and the keys row by row`() {
        Stage.useKeyboard()
        val pad = pad(Stage.shown())
        val read = pad.all().mapNotNull { (it as? TextView)?.id ?: it.contentDescription?.toString() }
        assertEquals(
            listOf(R.id.walletlock_title, "No digits typed", R.id.walletlock_message, R.id.walletlock_forgot) +
                listOf("1", "2", "3", "4", "5", "6", "7", "8", "9") +
                listOf("Use fingerprint or face", "Delete the last digit", "0", "Done"),
            read,
        )
        val ways = listOf(View.FOCUS_RIGHT to "2", View.FOCUS_DOWN to "4")
        for ((way, label) in ways) assertEquals(label, pad.labelled("1").focusSearch(way).contentDescription)
    }

    @Test
    fun `the pad itself is not read out, its parts are`() {
        val pad = pad(Stage.shown())
        assertFalse(pad.createAccessibilityNodeInfo().isFocusable)
        val key = pad.labelled("5").createAccessibilityNodeInfo()
        assertTrue(key.isFocusable && key.isClickable && key.isTextEntryKey)
        assertEquals(Button::class.java.name, key.className)
    }

    @Test
    fun `what can be read can be read well, light and dark, in our theme and in others`() {
        for (night in listOf("notnight", "night")) {
            RuntimeEnvironment.setQualifiers("+$night")
            val themes = listOf(R.style.WalletLock_Theme, android.R.style.Theme_DeviceDefault_DayNight, TEAL)
            for (theme in themes) with(Colours(ContextThemeWrapper(Stage.shown(), theme))) {
                for (ink in listOf(text, secondary, accent, error)) {
                    assertTrue("$night $theme", contrast(ink, background) >= LEAST_CONTRAST)
                    assertTrue("$night $theme", contrast(ink, surface) >= LEAST_CONTRAST)
                }
                assertTrue("$night $theme: ${contrast(key, background)}", contrast(key, background) >= 1.5)
                assertTrue("$night $theme: ${contrast(onKey, key)}", contrast(onKey, key) >= 7)
                assertTrue(contrast(onBrand, brand) >= LEAST_CONTRAST)
                assertTrue(contrast(brand, background) >= 3)
            }
        }
    }

    @Test
    fun `contrast is what WCAG says it is`() {
        assertEquals(21f, contrast(Color.BLACK, Color.WHITE), 0.01f)
        assertEquals(1f, contrast(Color.RED, Color.RED), 0.01f)
        assertEquals("too light, as everyone knows", 2.85f, contrast(Color.rgb(0x99, 0x99, 0x99), Color.WHITE), 0.01f)
    }

    @Test
    fun `the app's own colour is used, and for letters only where they can be read`() {
        val ours = Colours(ContextThemeWrapper(Stage.shown(), R.style.WalletLock_Theme))
        assertEquals(ours.brand, ours.accent)
        val theirs = Colours(ContextThemeWrapper(Stage.shown(), TEAL))
        assertEquals(Color.rgb(0x00, 0x85, 0x77), theirs.brand)
        assertTrue(contrast(theirs.brand, theirs.surface) < LEAST_CONTRAST)
        assertEquals(theirs.text, theirs.accent)
    }

    /** Looks into a drawn picture for the colour of a key and the colour of its digit. */
    @Test
    fun `the colours are those on the screen`() {
        val activity = Stage.shown()
        val key = pad(activity).labelled("8")
        val drawn = key.drawn()
        val colours = drawn.colours()
        val own = Colours(activity)
        assertTrue(own.onKey in colours)
        assertTrue(own.key in colours)
    }

    private fun Bitmap.colours(): Set<Int> =
        IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }.toSet()

    private fun onEachScreen(check: (View) -> Unit) {
        val activity = Stage.shown()
        check(pad(activity))
        val contacts = listOf(
            Contact.Phone("+1 555 0100"),
            Contact.Form("https://wallet.example/locked"),
            Contact.Social("@wallet"),
            Contact.Police("Ask for a case number."),
        )
        check(locked(activity, LockStatus.CoolingDown(252_000, 3, contacts.map(Remedy::Ask))))
        check(
            locked(
                activity,
                LockStatus.Locked(LockReason.TOO_MANY_ATTEMPTS, WhoLocked.PHONE, contacts.map(Remedy::Ask)),
            ),
        )
    }

    private fun pad(activity: Stage) = activity.show(PinPadView(activity))

    private fun locked(activity: Stage, status: LockStatus): View {
        val view = activity.show(LockedView(activity as Context))
        view.show(status)
        TestWallet.settle()
        return view
    }

    private companion object {
        /** The accent of this theme is Material's teal: its contrast on a card is less than 4.5 to 1. */
        const val TEAL = android.R.style.Theme_Material_Light
    }
}
