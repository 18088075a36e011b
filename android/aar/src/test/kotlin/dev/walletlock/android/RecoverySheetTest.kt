package dev.walletlock.android

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.graphics.RectF
import dev.walletlock.Contact
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What stands on the sheet, and that it stays within the margins. */
@RunWith(RobolectricTestRunner::class)
class RecoverySheetTest {
    private val context = RuntimeEnvironment.getApplication()
    private val golden = Golden()

    @Test
    fun `the sheet`() = golden.check("recovery-sheet", drawn(ENGLISH, A4).picture)

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the sheet, Chinese`() = golden.check("recovery-sheet-chinese", drawn(CHINESE, A4).picture)

    @Test
    fun `everything stands on it`() =
        ENGLISH.standsOn(drawn(ENGLISH, A4), "Call +1 555 0100", "Phone number: 138****5678", "Harbour Wallet")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `everything stands on it, Chinese`() =
        CHINESE.standsOn(drawn(CHINESE, A4), "拨打 400 555 0100", "手机号码：138****5678", "海港钱包")

    private fun RecoverySheet.standsOn(page: Page, vararg lines: String) {
        val text = page.text
        lines.forEach { assertTrue("$it: $text", it.squeezed() in text) }
        val words = context.wordsOf(this)
        assertEquals(3, words.sections.size)
        words.sections.forEach { section ->
            (section.lines + section.heading).forEach { assertTrue("$it: $text", it.squeezed() in text) }
        }
        listOf(words.title, words.made, words.aboutCode).forEach { assertTrue("$it: $text", it.squeezed() in text) }
        assertFalse(text, "…" in text)
    }

    @Test
    fun `the code is on it only if the person wants it there`() {
        val with = drawn(ENGLISH, A4)
        assertEquals("48 digits and the numbers of 8 groups", 56, with.characters.size)
        assertEquals(DIGITS, with.picture.twice().readQr()?.text)

        val without = drawn(ENGLISH, A4, withCode = false)
        assertEquals(emptyList<String>(), without.characters)
        assertEquals("no QR code", 0, without.shapes)
        val words = context.wordsOf(ENGLISH)
        listOf(words.aboutCode, words.aboutQr).forEach { assertFalse(it.squeezed() in without.text) }
        assertTrue(words.sections[0].lines[0].squeezed() in without.text)
    }

    @Test
    fun `nothing is drawn outside the margins`() {
        val long = "A wallet with a very long name ".repeat(30)
        val contacts = List(8) { Contact.Police("$it: go to the station. ".padEnd(200, 'w')) }
        val sheets = listOf(
            ENGLISH,
            sheet(long, ENGLISH.channels, ENGLISH.contacts),
            sheet("W".repeat(300), ENGLISH.channels, contacts),
            sheet("钱".repeat(300), CHINESE.channels, contacts),
            sheet("many", List(80) { ENGLISH.channels[0] }, List(80) { ENGLISH.contacts[0] }),
            sheet("much", emptyList(), List(3) { Contact.Police("ask ".repeat(5_000)) }),
            sheet("", emptyList(), emptyList()),
        )
        for (sheet in sheets) {
            for (page in listOf(A4, LETTER, ON_ITS_SIDE, SMALL)) {
                for (withCode in listOf(true, false)) {
                    val what = "${sheet.walletName.take(9)} on ${page.width()} x ${page.height()}, $withCode"
                    drawn(sheet, page, withCode).run {
                        assertEquals(what, emptyList<Any>(), outside)
                        val text = context.wordsOf(sheet)
                        text.sections[0].lines.forEach { assertTrue("$what: $it", it.squeezed() in this.text) }
                    }
                }
            }
        }
    }

    @Test
    fun `all contacts that a policy may have fit, and of more the first`() {
        val eight = List(8) { Contact.Police("$it: go to the station. ".padEnd(200, 'w')) }
        val full = sheet(ENGLISH.walletName, List(6) { ENGLISH.channels[0] }, eight)
        val page = drawn(full, A4)
        full.standsOn(page, full.walletName)
        page.picture.writeTo(File(System.getProperty("walletlock.pictures")!!, "recovery-sheet-full.png"))

        val many = List(200) { Contact.Phone("+1 555 ${1_000 + it}") }
        val text = drawn(sheet("many", ENGLISH.channels, many), A4).text
        assertTrue("+15551000" in text && "…" in text)
        assertFalse("+15551199" in text)
        assertTrue("138****5678" in text)
    }

    private class Page(val picture: Bitmap, canvas: Recording, val outside: List<Pair<Int, Int>>) {
        /** All lines of text, without spaces: a line breaks at a space. */
        val text = canvas.lines.joinToString("").squeezed()

        /** What is drawn character by character. */
        val characters: List<String> = canvas.characters
        val shapes = canvas.shapes
    }

    private fun drawn(sheet: RecoverySheet, size: RectF, withCode: Boolean = true): Page {
        val whole = Bitmap.createBitmap(size.width().toInt() + 2 * AROUND, size.height().toInt() + 2 * AROUND, Bitmap.Config.ARGB_8888)
        whole.eraseColor(Color.WHITE)
        val canvas = Recording(whole)
        val page = RectF(size).apply { offset(AROUND.toFloat(), AROUND.toFloat()) }
        canvas.drawRecoverySheet(page, context.wordsOf(sheet), PAPER_INKS, if (withCode) ::digit else null)
        val inside = RectF(page).apply { minOf(width(), height()).let { inset(it * 0.1f, it * 0.1f) } }
        val pixels = IntArray(whole.width * whole.height).also { whole.getPixels(it, 0, whole.width, 0, 0, whole.width, whole.height) }
        val outside = pixels.indices.filter { pixels[it] != Color.WHITE }.map { it % whole.width to it / whole.width }
            .filterNot { (x, y) -> inside.intersects(x.toFloat(), y.toFloat(), x + 1f, y + 1f) }
        val picture = Bitmap.createBitmap(whole, AROUND, AROUND, size.width().toInt(), size.height().toInt())
        picture.setHasAlpha(false)
        return Page(picture, canvas, outside)
    }

    /** Keeps what is drawn, and ignores the clip, so that what the clip would cut off is seen. */
    private class Recording(bitmap: Bitmap) : Canvas(bitmap) {
        val lines = mutableListOf<String>()
        val characters = mutableListOf<String>()
        var shapes = 0

        override fun clipRect(rect: RectF): Boolean = true

        override fun drawText(text: CharSequence, start: Int, end: Int, x: Float, y: Float, paint: Paint) {
            lines += text.substring(start, end)
            super.drawText(text, start, end, x, y, paint)
        }

        override fun drawText(text: String, x: Float, y: Float, paint: Paint) {
            lines += text
            super.drawText(text, x, y, paint)
        }

        override fun drawText(text: CharArray, index: Int, count: Int, x: Float, y: Float, paint: Paint) {
            characters += String(text, index, count)
            super.drawText(text, index, count, x, y, paint)
        }

        override fun drawTextRun(
            text: CharSequence,
            start: Int,
            end: Int,
            contextStart: Int,
            contextEnd: Int,
            x: Float,
            y: Float,
            isRtl: Boolean,
            paint: Paint,
        ) {
            lines += text.substring(start, end)
            super.drawTextRun(text, start, end, contextStart, contextEnd, x, y, isRtl, paint)
        }

        override fun drawTextRun(
            text: CharArray,
            index: Int,
            count: Int,
            contextIndex: Int,
            contextCount: Int,
            x: Float,
            y: Float,
            isRtl: Boolean,
            paint: Paint,
        ) {
            lines += String(text, index, count)
            super.drawTextRun(text, index, count, contextIndex, contextCount, x, y, isRtl, paint)
        }

        override fun drawPath(path: Path, paint: Paint) {
            shapes++
            super.drawPath(path, paint)
        }
    }

    private companion object {
        const val AROUND = 60
        val A4 = RectF(0f, 0f, 595f, 842f)
        val LETTER = RectF(0f, 0f, 612f, 792f)
        val ON_ITS_SIDE = RectF(0f, 0f, 842f, 595f)
        val SMALL = RectF(0f, 0f, 298f, 420f)

        fun digit(group: Int, place: Int) = (group * 6 + place * 7) % 10
        val DIGITS = (1..8).joinToString("") { group -> (0..5).joinToString("") { "${digit(group, it)}" } }

        fun String.squeezed() = filterNot { it.isWhitespace() || it == '\uFEFF' }

        fun Bitmap.twice(): Bitmap = Bitmap.createScaledBitmap(this, width * 2, height * 2, false)

        fun sheet(name: String, channels: List<RecoverySheet.Channel>, contacts: List<Contact>) =
            RecoverySheet(name, 1_767_225_600_000, channels, contacts)

        val ENGLISH = sheet(
            "Harbour Wallet",
            listOf(
                RecoverySheet.Channel("Phone number", "138****5678"),
                RecoverySheet.Channel("E-mail", "z***@mi.com"),
                RecoverySheet.Channel("Authenticator app", ""),
            ),
            listOf(
                Contact.Phone("+1 555 0100"),
                Contact.Form("https://wallet.example/locked"),
                Contact.Social("@wallet"),
                Contact.Police("ask for a case number."),
            ),
        )
        val CHINESE = sheet(
            "海港钱包",
            listOf(
                RecoverySheet.Channel("手机号码", "138****5678"),
                RecoverySheet.Channel("电子邮箱", "z***@mi.com"),
                RecoverySheet.Channel("身份验证器应用", ""),
            ),
            listOf(Contact.Phone("400 555 0100"), Contact.Form("https://wallet.example/locked"), Contact.Police("请索取报案回执。")),
        )
    }
}
