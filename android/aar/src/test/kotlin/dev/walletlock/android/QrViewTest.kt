package dev.walletlock.android

import android.graphics.Bitmap
import android.graphics.Color
import android.view.Gravity
import android.view.View
import android.view.View.MeasureSpec
import android.widget.FrameLayout
import com.google.zxing.ResultMetadataType
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** What the view draws is read by ZXing, as any other app would. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class QrViewTest {
    private val stage = Stage.shown()

    @Test
    fun `the address is read, in the light`() = isRead("qr-light")

    @Test
    @Config(qualifiers = "+night")
    fun `the address is read, in the dark`() = isRead("qr-dark")

    private fun isRead(name: String) {
        for (address in listOf(SHORT, LONGEST)) {
            show(address)
            // With the screen around it, which is dark in the dark.
            val screen = stage.window.decorView.drawn()
            screen.writeTo(File(System.getProperty("walletlock.pictures")!!, "$name-${address.length}.png"))
            val result = checkNotNull(screen.readQr()) { "$name ${address.length}" }
            assertEquals(address, result.text)
            val level = result.resultMetadata[ResultMetadataType.ERROR_CORRECTION_LEVEL]
            assertTrue("at least M: $level", level in listOf("M", "Q", "H"))
        }
    }

    @Test
    fun `the digits of a code are read`() {
        TestWallet().use { wallet ->
            wallet.enrol()
            val (session, code) = wallet.newCode()
            val view = stage.show(QrView(stage)).apply { showCode(code) }
            TestWallet.settle()
            assertEquals(code.digits(), stage.window.decorView.drawn().readQr()?.text)
            assertEquals("QR code with the digits of your recovery code", view.contentDescription)
            code.close()
            session.close()
        }
    }

    @Test
    fun `the quiet zone is white, and every module has the same number of pixels`() {
        for (size in listOf(231, 300, 333)) {
            val view = QrView(stage).apply { showAuthenticator(SHORT.toByteArray()) }
            view.measure(atMost(size), atMost(size))
            view.layout(0, 0, view.measuredWidth, view.measuredHeight)
            val drawn = view.drawn()
            val side = drawn.darkColumns()
            val module = side.first / QUIET
            assertEquals("as large as there is room for", size / (drawn.width / module), module)
            assertEquals(0, drawn.width % module)
            assertEquals("as wide at the other end", QUIET * module, drawn.width - 1 - side.last)
            for (y in 0 until drawn.height step module) {
                for (x in 0 until drawn.width step module) {
                    val colour = drawn.getPixel(x, y)
                    assertTrue(colour == Color.BLACK || colour == Color.WHITE)
                    assertEquals("module at $x, $y", colour, drawn.getPixel(x + module - 1, y + module - 1))
                }
            }
        }
    }

    private fun Bitmap.darkColumns(): IntRange {
        val dark = (0 until width).filter { x -> (0 until height).any { y -> getPixel(x, y) == Color.BLACK } }
        return dark.first()..dark.last()
    }

    @Test
    fun `the bytes are wiped at once, and the code when the view leaves its window`() {
        val bytes = SHORT.toByteArray()
        val view = stage.show(QrView(stage)).apply { showAuthenticator(bytes) }
        assertArrayIsZero(bytes)
        val drawing = QrDrawing.ofText(SHORT.toByteArray()).also { it.wipe() }
        val picture = Bitmap.createBitmap(drawing.modules, drawing.modules, Bitmap.Config.ARGB_8888)
        drawing.draw(android.graphics.Canvas(picture), 0, 0, 1)
        assertNull(picture.readQr())

        TestWallet.settle()
        assertNotNull(stage.window.decorView.drawn().readQr())
        (view.parent as FrameLayout).let {
            it.removeView(view)
            it.addView(view)
        }
        TestWallet.settle()
        assertNull(stage.window.decorView.drawn().readQr())
        assertNull(view.contentDescription)
    }

    @Test
    fun `bytes that are too many are wiped, too`() {
        val bytes = ByteArray(2_332) { 'a'.code.toByte() }
        assertThrows(IllegalArgumentException::class.java) { QrDrawing.ofText(bytes) }
        assertArrayIsZero(bytes)
    }

    @Test
    fun `a screen reader says what it is, and Android does not change its colours`() {
        val view = show(SHORT)
        assertEquals("QR code for your authenticator app", view.contentDescription)
        assertTrue(view.isImportantForAccessibility)
        assertTrue(view.isAccessibilityDataSensitive)
        assertFalse(view.isForceDarkAllowed)
    }

    private fun show(address: String): View = QrView(stage).also { view ->
        view.layoutParams = FrameLayout.LayoutParams(WRAP, WRAP, Gravity.CENTER)
        stage.show(view)
        view.showAuthenticator(address.toByteArray())
        TestWallet.settle()
    }

    private fun assertArrayIsZero(bytes: ByteArray) = assertTrue(bytes.all { it == 0.toByte() })

    private fun atMost(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.AT_MOST)

    private companion object {
        const val WRAP = FrameLayout.LayoutParams.WRAP_CONTENT
        const val QUIET = 4
        const val SHORT = "otpauth://totp/Wallet:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Wallet"

        /** Names in Chinese, each character of which takes nine bytes in an address. */
        val LONGEST = "%E9%92%B1".repeat(11).let { name ->
            "otpauth://totp/$name:$name?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=$name&algorithm=SHA1&digits=6&period=30".also {
                check(it.length > 330)
            }
        }
    }
}
