package dev.walletlock.android

import android.content.Context
import android.graphics.Color
import android.graphics.RectF
import android.graphics.pdf.PdfDocument
import android.os.Bundle
import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import android.print.PageRange
import android.print.PrintAttributes
import android.print.PrintDocumentAdapter
import android.print.PrintDocumentInfo
import android.print.PrintManager
import android.text.format.DateUtils
import dev.walletlock.LockException
import dev.walletlock.RecoveryCode
import java.io.FileOutputStream
import java.io.IOException

/**
 * Prints the sheet with a recovery code, or saves it as a file: the system's print dialog offers both. The system and the printer
 * get a copy, and keep it as long as they like.
 *
 * No test runs this class, because Robolectric has neither a printer nor PDF. Tests draw the same sheet into a picture.
 */
internal class CodePrinter(private val context: Context, private val code: RecoveryCode) : PrintDocumentAdapter() {
    private var page = PrintAttributes.MediaSize.ISO_A4
    private val words = context.sheetWords(System.currentTimeMillis())

    /** Shows the system's print dialog. */
    fun print() {
        val printing = context.getSystemService(PrintManager::class.java) ?: return
        // The dialog is another app's screen, which this person has opened.
        Exemption.begin(PRINTING_MS)
        printing.print(words.title, this, null)
    }

    override fun onLayout(
        before: PrintAttributes?,
        now: PrintAttributes,
        cancelled: CancellationSignal?,
        callback: LayoutResultCallback,
        extras: Bundle?,
    ) {
        if (cancelled?.isCanceled == true) return callback.onLayoutCancelled()
        page = now.mediaSize ?: PrintAttributes.MediaSize.ISO_A4
        val info = PrintDocumentInfo.Builder(NAME).setContentType(PrintDocumentInfo.CONTENT_TYPE_DOCUMENT).setPageCount(1).build()
        callback.onLayoutFinished(info, before != now)
    }

    override fun onWrite(
        pages: Array<out PageRange>?,
        destination: ParcelFileDescriptor,
        cancelled: CancellationSignal?,
        callback: WriteResultCallback,
    ) {
        if (cancelled?.isCanceled == true) return callback.onWriteCancelled()
        val document = PdfDocument()
        try {
            val width = page.widthMils * POINTS_AN_INCH / MILS_AN_INCH
            val height = page.heightMils * POINTS_AN_INCH / MILS_AN_INCH
            val sheet = document.startPage(PdfDocument.PageInfo.Builder(width, height, 1).create())
            val inks = CodeInks(Color.BLACK, Color.DKGRAY, Color.LTGRAY)
            sheet.canvas.drawSheet(RectF(0f, 0f, width.toFloat(), height.toFloat()), words, inks, code::digit)
            document.finishPage(sheet)
            FileOutputStream(destination.fileDescriptor).use(document::writeTo)
            callback.onWriteFinished(arrayOf(PageRange.ALL_PAGES))
        } catch (_: IOException) {
            callback.onWriteFailed(null)
        } catch (_: LockException) {
            // The code is closed: it was set, or the wallet has locked itself.
            callback.onWriteFailed(null)
        } finally {
            document.close()
        }
    }

    private companion object {
        const val NAME = "recovery-code.pdf"
        const val PRINTING_MS = 300_000L
        const val POINTS_AN_INCH = 72
        const val MILS_AN_INCH = 1_000
    }
}

/** The words on the sheet, in the person's language. */
internal fun Context.sheetWords(nowMs: Long): SheetWords {
    val date = DateUtils.formatDateTime(this, nowMs, DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_YEAR)
    return SheetWords(
        getString(R.string.walletlock_sheet_title),
        getString(R.string.walletlock_sheet_made, date),
        getString(R.string.walletlock_sheet_body),
    )
}
