package dev.walletlock.android

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Intent
import android.database.Cursor
import android.graphics.BitmapFactory
import android.graphics.Color
import android.net.Uri
import android.os.Bundle
import dev.walletlock.RecoveryCode
import dev.walletlock.Session
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.OutputStream
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** The sheet in a file that the person has picked. As a picture: Robolectric has no PDF. */
@RunWith(RobolectricTestRunner::class)
class SheetFileTest {
    private val context = RuntimeEnvironment.getApplication()
    private val wallet = TestWallet().enrol()
    private val made = wallet.newCode()
    private val code = made.second

    @After
    fun close() {
        code.close()
        made.first.close()
        wallet.close()
        Exemption.end()
    }

    @Test
    fun `the person picks the place, on a screen that does not lock the wallet`() {
        val intent = file(SheetFile.Format.PDF).intent()
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, intent.action)
        assertEquals(setOf(Intent.CATEGORY_OPENABLE), intent.categories)
        assertEquals("application/pdf" to "Recovery sheet.pdf", intent.type to intent.getStringExtra(Intent.EXTRA_TITLE))
        assertTrue(Exemption.leftMs > 0)
    }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the picture has a name, too`() {
        val intent = file(SheetFile.Format.PICTURE).intent()
        assertEquals("image/png" to "钱包恢复单.png", intent.type to intent.getStringExtra(Intent.EXTRA_TITLE))
    }

    @Test
    fun `the picture is opaque, and its QR code is that of the code`() {
        val bytes = ByteArrayOutputStream()
        assertTrue(write { bytes })
        val picture = BitmapFactory.decodeByteArray(bytes.toByteArray(), 0, bytes.size())
        assertEquals(1190 to 1682, picture.width to picture.height)
        assertEquals(Color.WHITE, picture.getPixel(0, 0))
        assertEquals(code.digits(), picture.readQr()?.text)
    }

    @Test
    fun `what cannot be written is deleted`() {
        val documents = Robolectric.buildContentProvider(Documents::class.java).create(PLACE.authority).get()
        val full = object : OutputStream() {
            override fun write(byte: Int) = throw IOException("full")
        }
        assertFalse(write { full })
        assertEquals(listOf("android:deleteDocument"), documents.calls)
        assertFalse(write { throw SecurityException("taken away") })
        assertFalse(write { null })
        code.close()
        assertFalse(write { ByteArrayOutputStream() })
        assertEquals(4, documents.calls.size)
    }

    /** The app that keeps the files. */
    class Documents : ContentProvider() {
        val calls = mutableListOf<String>()

        override fun call(method: String, argument: String?, extras: Bundle?): Bundle? = null.also { calls += method }

        override fun onCreate() = true

        override fun getType(uri: Uri): String? = null

        override fun query(uri: Uri, columns: Array<String>?, which: String?, values: Array<String>?, order: String?): Cursor? = null

        override fun insert(uri: Uri, values: ContentValues?): Uri? = null

        override fun delete(uri: Uri, which: String?, values: Array<String>?) = 0

        override fun update(uri: Uri, to: ContentValues?, which: String?, values: Array<String>?) = 0
    }

    private fun write(open: () -> OutputStream?): Boolean {
        shadowOf(context.contentResolver).registerOutputStreamSupplier(PLACE, open)
        return runBlocking { file(SheetFile.Format.PICTURE).write(PLACE) }
    }

    private fun file(format: SheetFile.Format) =
        SheetFile(context, RecoverySheet("Harbour Wallet", 1_767_225_600_000, emptyList(), emptyList(), code), format)

    private companion object {
        val PLACE: Uri = Uri.parse("content://documents.example/1")
    }
}

/** A session, and a new recovery code of it. Close both. */
internal fun TestWallet.newCode(): Pair<Session, RecoveryCode> =
    unlocked().let { it to runBlocking { it.access.createRecoveryCode() } }

internal fun RecoveryCode.digits(): String = withText { text -> text.filter { it != ' ' }.joinToString("") }
