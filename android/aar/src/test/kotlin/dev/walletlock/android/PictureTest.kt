package dev.walletlock.android

import android.graphics.Bitmap
import android.graphics.Color
import android.graphics.Paint
import android.util.TypedValue
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** The pictures of the other tests can be trusted: they are really drawn, by the phone's settings, and compared. */
@RunWith(RobolectricTestRunner::class)
class PictureTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `Chinese is drawn, and not as boxes`() {
        val missing = glyph("\u0378")
        assertTrue("a character that nobody has is a box", missing.sameAs(glyph("\u0379")))
        val glyphs = "分钟后小时天秒".map { glyph(it.toString()) }
        glyphs.forEachIndexed { at, one ->
            assertFalse(one.sameAs(missing))
            glyphs.drop(at + 1).forEach { assertFalse(one.sameAs(it)) }
        }
    }

    @Test
    fun `light and upright`() {
        val drawn = pictureOfSample("light")
        assertTrue(Color.luminance(drawn.corner()) > LIGHT)
        assertTrue(drawn.height > drawn.width)
    }

    @Test
    @Config(qualifiers = "night")
    fun `in the dark`() = assertTrue(Color.luminance(pictureOfSample("night").corner()) < DARK)

    @Test
    @Config(qualifiers = "land")
    fun `on its side`() = pictureOfSample("land").run { assertTrue(width > height) }

    @Test
    @Config(qualifiers = "w360dp-h640dp-xhdpi")
    fun `on a phone's screen`() = pictureOfSample("phone").run { assertEquals(720 to 1280, width to height) }

    @Test
    @Config(fontScale = 2f)
    fun `with letters of twice the size`() {
        val sample = Sample.shown()
        val asWritten = Sample.TEXT_SP * sample.resources.displayMetrics.density
        // Since Android 14, text that is large already grows by less.
        assertTrue(sample.text.textSize >= asWritten * 1.4f)
        assertEquals(
            2f,
            TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, 8f, sample.resources.displayMetrics) / 8f,
            0.01f,
        )
        pictureOfSample("large")
    }

    @Test
    fun `a picture is compared with the one that is kept`() {
        val drawn = Sample.shown().window.decorView.drawn()
        val golden = golden(keeps = false)
        assertThrows("none is kept", AssertionError::class.java) { golden.check("sample", drawn) }
        golden(keeps = true).check("sample", drawn)
        golden.check("sample", drawn)
        golden.check("sample", drawn.changed { setPixel(0, 0, Color.RED) })

        val digit = drawn.changed { for (x in 100 until 105) for (y in 100 until 108) setPixel(x, y, Color.RED) }
        val message = assertThrows(AssertionError::class.java) { golden.check("sample", digit) }.message
        assertTrue(message, "40 of ${drawn.width * drawn.height} pixels differ" in message!!)
        assertTrue(File(folder.root, "differing/sample.png").exists())

        val shifted = Bitmap.createBitmap(drawn, 0, 0, drawn.width, drawn.height - 1)
        assertThrows(AssertionError::class.java) { golden.check("sample", shifted) }
    }

    /** Draws the sample, and writes the picture to a file, so that it can be looked at. */
    private fun pictureOfSample(name: String): Bitmap = Sample.shown().window.decorView.drawn().also {
        it.writeTo(File(System.getProperty("walletlock.pictures")!!, "sample-$name.png"))
    }

    private fun Bitmap.corner() = getPixel(width - 1, height - 1)

    private fun Bitmap.changed(change: Bitmap.() -> Unit) = copy(Bitmap.Config.ARGB_8888, true).apply(change)

    private fun glyph(character: String): Bitmap {
        val drawn = Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888)
        val paint = Paint().apply { textSize = 48f }
        android.graphics.Canvas(drawn).drawText(character, 4f, 52f, paint)
        return drawn
    }

    private fun golden(keeps: Boolean) =
        Golden(File(folder.root, "kept"), File(folder.root, "differing"), keeps)

    private companion object {
        const val LIGHT = 0.8f
        const val DARK = 0.1f
    }
}
