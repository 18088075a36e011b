package dev.walletlock.android

import android.os.Bundle
import android.os.Parcel
import android.view.View
import android.view.WindowManager.LayoutParams
import android.view.WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.ShadowLog

/** What a person types stays on the pad: no screenshot, saved state, screen reader or log gets it. */
@RunWith(RobolectricTestRunner::class)
class PrivacyTest {
    private val wallet = TestWallet().enrol()

    @After
    fun close() = wallet.close()

    @Test
    fun `the window is secure while the pad is shown, and then as it was`() {
        val activity = Stage.shown()
        assertFalse(activity.isSecure())
        activity.show(PinPadView(activity))
        assertTrue(activity.isSecure())
        activity.show(TextView(activity))
        assertFalse(activity.isSecure())

        activity.window.addFlags(FLAG_SECURE)
        activity.show(PinPadView(activity))
        activity.show(TextView(activity))
        assertTrue("the app had secured it", activity.isSecure())
    }

    @Test
    fun `two pads hold it together`() {
        val activity = Stage.shown()
        val both = activity.show(LinearLayout(activity))
        val pads = List(2) { PinPadView(activity) }
        pads.forEach(both::addView)
        TestWallet.settle()
        both.removeView(pads[0])
        assertTrue(activity.isSecure())
        both.removeView(pads[1])
        assertFalse(activity.isSecure())
    }

    @Test
    fun `nothing of the pad is saved`() {
        val controller = Stage.controller()
        val activity = controller.get()
        val all = activity.show(LinearLayout(activity))
        val field = EditText(activity).apply {
            id = View.generateViewId()
            setText(TestWallet.WRONG)
        }
        all.addView(field)
        all.addView(PinPadView(activity).apply { bind(wallet.lock) })
        TestWallet.settle()
        all.enter(TestWallet.RIGHT)
        val saved = Bundle()
        controller.saveInstanceState(saved)
        val bytes = saved.bytes()
        assertTrue("what is saved is found", bytes.holds(TestWallet.WRONG))
        assertFalse(bytes.holds(TestWallet.RIGHT))
        assertFalse(bytes.holds("83517"))
        assertFalse("${saved.views()}", R.id.walletlock_pad in saved.views())
        assertTrue(field.id in saved.views())
    }

    @Test
    fun `who listens to the screen hears the same of every PIN`() {
        Stage.listen()
        val told = listOf(TestWallet.RIGHT, TestWallet.WRONG, "11").map { pin ->
            val activity = Stage.shown()
            val pad = activity.show(PinPadView(activity).apply { bind(wallet.lock) })
            pad.enter(pin)
            activity.told.toList() to pad.nodes()
        }
        assertEquals(told[0], told[1])
        assertNotEquals("how many there are is told", told[0], told[2])
        assertTrue("${told[0].first}", told[0].first.any { "6 digits typed" in it })
    }

    @Test
    fun `a key that says it was pressed would be heard`() {
        Stage.listen()
        val activity = Stage.shown()
        val button = activity.show(TextView(activity).apply { contentDescription = "8" })
        button.performClick()
        button.sendAccessibilityEvent(android.view.accessibility.AccessibilityEvent.TYPE_VIEW_CLICKED)
        assertTrue("${activity.told}", activity.told.any { "TYPE_VIEW_CLICKED 8" in it })
    }

    @Test
    fun `the log has no PIN`() {
        val activity = Stage.shown()
        val pad = activity.show(PinPadView(activity).apply { bind(wallet.lock) })
        listOf(TestWallet.WRONG, TestWallet.RIGHT).forEach {
            pad.enter(it)
            pad.done()
        }
        android.util.Log.i("control", "line 1234567")
        val log = ShadowLog.getLogs().map { "${it.tag} ${it.msg} ${it.throwable}" }
        assertTrue(log.any { "1234567" in it })
        for (pin in listOf(TestWallet.WRONG, TestWallet.RIGHT)) {
            assertEquals(emptyList<String>(), log.filter { pin in it || pin.toList().joinToString(", ") in it })
        }
    }

    @Test
    fun `neither autofill nor what learns from screens looks at it`() {
        val pad = PinPadView(Stage.shown())
        assertEquals(View.IMPORTANT_FOR_AUTOFILL_NO_EXCLUDE_DESCENDANTS, pad.importantForAutofill)
        assertEquals(View.IMPORTANT_FOR_CONTENT_CAPTURE_NO_EXCLUDE_DESCENDANTS, pad.importantForContentCapture)
        assertTrue(pad.filterTouchesWhenObscured)
        assertTrue(pad.isAccessibilityDataSensitive)
        assertTrue("and so are its keys", pad.labelled("5").isAccessibilityDataSensitive)
    }

    @Test
    fun `what the app asks of its window meanwhile is in force afterwards`() {
        val activity = Stage.shown()
        activity.show(PinPadView(activity))
        activity.window.addFlags(FLAG_SECURE)
        activity.show(TextView(activity))
        assertTrue("the app has secured it", activity.isSecure())

        activity.show(PinPadView(activity))
        activity.window.clearFlags(FLAG_SECURE)
        TestWallet.settle()
        assertTrue("not while the pad is there", activity.isSecure())
        activity.window.addFlags(FLAG_KEEP_SCREEN_ON)
        TestWallet.settle()
        assertTrue("whatever else the app asks for", activity.isSecure())
        activity.show(TextView(activity))
        assertFalse("the app wants no more of it", activity.isSecure())
        assertTrue(activity.inForce() and FLAG_KEEP_SCREEN_ON != 0)
    }

    /** The window's flags as the system got them. */
    private fun Stage.inForce() = (window.decorView.layoutParams as LayoutParams).flags

    private fun Stage.isSecure() = inForce() and FLAG_SECURE != 0

    private fun View.nodes(): List<String> = all().map { view ->
        val node: AccessibilityNodeInfo = view.createAccessibilityNodeInfo()
        "${node.className} ${node.text} ${node.contentDescription} ${node.isEnabled} ${node.isSelected} ${node.isFocused}"
    }

    private fun Bundle.views(): Set<Int> {
        val views = getBundle("android:viewHierarchyState")!!.getSparseParcelableArray("android:views", android.os.Parcelable::class.java)!!
        return (0 until views.size()).map(views::keyAt).toSet()
    }

    private fun Bundle.bytes(): ByteArray {
        val parcel = Parcel.obtain()
        parcel.writeBundle(this)
        return parcel.marshall().also { parcel.recycle() }
    }

    private fun ByteArray.holds(text: String): Boolean =
        listOf(Charsets.UTF_8, Charsets.UTF_16LE).any { set -> holds(text.toByteArray(set)) } ||
            holds(text.map { it.digitToInt().toByte() }.toByteArray())

    private fun ByteArray.holds(part: ByteArray): Boolean =
        (0..size - part.size).any { at -> part.indices.all { this[at + it] == part[it] } }
}
