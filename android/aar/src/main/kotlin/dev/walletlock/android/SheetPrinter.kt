package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.RectF
import android.net.Uri
import android.print.PrintAttributes.MediaSize
import android.provider.DocumentsContract
import dev.walletlock.LockException
import java.io.IOException
import java.io.OutputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Prints a [RecoverySheet]. */
internal class SheetPrinter(context: Context, sheet: RecoverySheet) :
    PagePrinter(context, context.getString(R.string.walletlock_recovery_sheet), "recovery-sheet.pdf", context.drawing(sheet))

/**
 * Saves a [RecoverySheet] as a file. The person picks the place, on a screen of the system; the sheet is stored nowhere else, and
 * does not get into the gallery by itself.
 */
internal class SheetFile(private val context: Context, private val sheet: RecoverySheet, private val format: Format) {
    /** What the file is. */
    enum class Format(val type: String, val ending: String) {
        PDF("application/pdf", "pdf"),
        PICTURE("image/png", "png"),
    }

    /** Opens the screen on which the person picks the place. Start it at once, for a result; [write] takes the result's `data`. */
    fun intent(): Intent {
        // That screen is another app's, which this person has opened.
        Exemption.begin(PICKING_MS)
        return Intent(Intent.ACTION_CREATE_DOCUMENT)
            .addCategory(Intent.CATEGORY_OPENABLE)
            .setType(format.type)
            .putExtra(Intent.EXTRA_TITLE, "${context.getString(R.string.walletlock_recovery_sheet)}.${format.ending}")
    }

    /** Writes the sheet to the picked place. False: it could not be written, or the code is closed. Then the file is deleted. */
    suspend fun write(uri: Uri): Boolean = withContext(Dispatchers.IO) { isWritten(uri).also { if (!it) delete(uri) } }

    private fun isWritten(uri: Uri): Boolean = try {
        // Truncated: the person may have picked a file that exists.
        val file = context.contentResolver.openOutputStream(uri, "wt")
        file?.use(::writeTo) != null
    } catch (_: IOException) {
        false
    } catch (_: LockException) {
        false
    } catch (_: RuntimeException) {
        // Who keeps the file is another app, and Android passes on what it throws.
        false
    }

    private fun writeTo(file: OutputStream) {
        val drawing = context.drawing(sheet)
        when (format) {
            Format.PDF -> file.writePdf(MediaSize.ISO_A4, drawing)
            Format.PICTURE -> file.writePicture(MediaSize.ISO_A4, drawing)
        }
    }

    private fun delete(uri: Uri) {
        try {
            DocumentsContract.deleteDocument(context.contentResolver, uri)
        } catch (_: IOException) {
            // It stays, incomplete.
        } catch (_: RuntimeException) {
            // As in isWritten.
        }
    }

    private companion object {
        const val PICKING_MS = 300_000L
    }
}

private fun Context.drawing(sheet: RecoverySheet): PageDrawing {
    val words = wordsOf(sheet)
    return { page -> drawRecoverySheet(page, words, PAPER_INKS, sheet.code?.let { it::digit }) }
}

/** Writes a PNG. The pixels are wiped afterwards. */
private fun OutputStream.writePicture(size: MediaSize, drawing: PageDrawing) {
    val (width, height) = size.inPoints()
    val picture = Bitmap.createBitmap(width * PIXELS_A_POINT, height * PIXELS_A_POINT, Bitmap.Config.ARGB_8888)
    try {
        picture.eraseColor(Color.WHITE)
        Canvas(picture).drawing(RectF(0f, 0f, picture.width.toFloat(), picture.height.toFloat()))
        picture.setHasAlpha(false)
        if (!picture.compress(Bitmap.CompressFormat.PNG, BEST, this)) throw IOException("the picture was not written")
    } finally {
        picture.eraseColor(Color.WHITE)
        picture.recycle()
    }
}

/** 144 pixels an inch: the smallest print can still be read, and the picture takes 8 MB of memory while it is drawn. */
private const val PIXELS_A_POINT = 2
private const val BEST = 100
