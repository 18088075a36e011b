package dev.walletlock.android

import android.graphics.Rect
import android.view.View
import android.widget.TextView
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Split screens and pop-up windows: everything that is needed can be seen and touched. */
@RunWith(RobolectricTestRunner::class)
class SmallWindowTest {
    private val wallet = TestWallet().enrol()

    @After
    fun close() = wallet.close()

    @Test
    @Config(qualifiers = "w360dp-h250dp-land-xhdpi")
    fun `360 by 250`() = isUsable(leastKeyDp = 48)

    @Test
    @Config(qualifiers = "w360dp-h340dp-land-xhdpi")
    fun `360 by 340`() = isUsable(leastKeyDp = 48)

    @Test
    @Config(qualifiers = "w320dp-h320dp-port-xhdpi")
    fun `320 by 320`() = isUsable(leastKeyDp = 48)

    @Test
    @Config(qualifiers = "w220dp-h220dp-port-xhdpi")
    fun `220 by 220`() = isUsable(leastKeyDp = 32)

    @Test
    @Config(qualifiers = "w600dp-h220dp-land-xhdpi")
    fun `600 by 220`() = isUsable(leastKeyDp = 48)

    @Test
    @Config(qualifiers = "w320dp-h420dp-port-xhdpi", fontScale = 2f)
    fun `letters of twice the size`() = isUsable(leastKeyDp = 48)

    @Test
    @Config(qualifiers = "w360dp-h250dp-land-xhdpi")
    fun `what there is no room for does not lie over anything`() {
        val pad = shown()
        pad.mark = pad.context.getDrawable(R.drawable.walletlock_padlock)
        pad.footer = TextView(pad.context).apply { text = "Not Ana? Use another wallet" }
        pad.setOnForgotPin {}
        TestWallet.settle()
        isUsable(pad, leastKeyDp = 48)
    }

    @Test
    @Config(qualifiers = "w320dp-h300dp-port-xhdpi")
    fun `what is cut off can be scrolled, and shows that`() {
        val pad = shown()
        pad.setOnForgotPin {}
        TestWallet.settle()
        val header = pad.part<View>(R.id.walletlock_message).parent.parent as View
        assertTrue(header.canScrollVertically(1))
        assertTrue(header.isVerticalFadingEdgeEnabled && header.verticalFadingEdgeLength > 0)
    }

    private fun isUsable(leastKeyDp: Int) = isUsable(shown(), leastKeyDp)

    private fun isUsable(pad: PinPadView, leastKeyDp: Int) {
        pad.enter("2648")
        val window = Rect(0, 0, pad.width, pad.height)
        val keys = ((0..9).map(Int::toString) + listOf("Done", "Delete the last digit")).map { pad.labelled(it) }
        for (key in keys) {
            assertTrue("${key.contentDescription}", key.isShown && window.contains(pad.placeOf(key)))
            assertTrue("${key.contentDescription}: ${key.width}", minOf(key.width, key.height) >= pad.dp(leastKeyDp))
        }
        keys.forEach { one -> assertEquals(1, keys.count { Rect.intersects(pad.placeOf(it), pad.placeOf(one)) }) }
        pad.enter("30")
        pad.done()
        TestWallet.settle()
        val dots = pad.part<View>(R.id.walletlock_dots)
        val message = pad.part<TextView>(R.id.walletlock_message)
        assertEquals("That PIN is not right. 4\u00a0tries left.", message.text.toString())
        val seen = Rect()
        for (view in listOf(dots, message)) {
            assertTrue(view.getGlobalVisibleRect(seen))
            keys.forEach { assertFalse(Rect.intersects(seen, Rect().apply { it.getGlobalVisibleRect(this) })) }
        }
        val bottom = message.layout.height + message.compoundPaddingTop
        assertTrue("the answer is seen: ${seen.height()} of $bottom", seen.height() >= minOf(bottom, message.height))
    }

    private fun shown(): PinPadView {
        val activity = Stage.shown()
        return activity.show(PinPadView(activity).apply { bind(wallet.lock) })
    }
}

fun PinPadView.placeOf(view: View): Rect =
    Rect(0, 0, view.width, view.height).also { offsetDescendantRectToMyCoords(view, it) }
