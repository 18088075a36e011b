package dev.walletlock.android

import android.content.Context
import android.graphics.Canvas
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
import dev.walletlock.LockException
import java.io.FileOutputStream
import java.io.IOException
import java.io.OutputStream

/** Draws on a page, within these edges. */
internal typealias PageDrawing = Canvas.(page: RectF) -> Unit

/**
 * Prints one page, or saves it as a file: the system's print dialog offers both. The system and the printer get a copy, and keep
 * it as long as they like.
 *
 * No test runs this class, because Robolectric has neither a printer nor PDF. Tests draw the same pages into pictures.
 */
internal open class PagePrinter(
    private val context: Context,
    private val title: String,
    private val file: String,
    private val drawing: PageDrawing,
) : PrintDocumentAdapter() {
    private var size = PrintAttributes.MediaSize.ISO_A4

    /** Shows the system's print dialog. */
    fun print() {
        val printing = context.getSystemService(PrintManager::class.java) ?: return
        // The dialog is another app's screen, which this person has opened.
        Exemption.begin(PRINTING_MS)
        printing.print(title, this, null)
    }

    override fun onLayout(
        before: PrintAttributes?,
        now: PrintAttributes,
        cancelled: CancellationSignal?,
        callback: LayoutResultCallback,
        extras: Bundle?,
    ) {
        if (cancelled?.isCanceled == true) return callback.onLayoutCancelled()
        size = now.mediaSize ?: PrintAttributes.MediaSize.ISO_A4
        val info = PrintDocumentInfo.Builder(file).setContentType(PrintDocumentInfo.CONTENT_TYPE_DOCUMENT).setPageCount(1).build()
        callback.onLayoutFinished(info, before != now)
    }

    override fun onWrite(
        pages: Array<out PageRange>?,
        destination: ParcelFileDescriptor,
        cancelled: CancellationSignal?,
        callback: WriteResultCallback,
    ) {
        if (cancelled?.isCanceled == true) return callback.onWriteCancelled()
        try {
            FileOutputStream(destination.fileDescriptor).use { it.writePdf(size, drawing) }
            callback.onWriteFinished(arrayOf(PageRange.ALL_PAGES))
        } catch (_: IOException) {
            callback.onWriteFailed(null)
        } catch (_: LockException) {
            // The code is closed: it was set, or the wallet has locked itself.
            callback.onWriteFailed(null)
        }
    }

    private companion object {
        const val PRINTING_MS = 300_000L
    }
}

/** Writes a PDF of one page. */
internal fun OutputStream.writePdf(size: PrintAttributes.MediaSize, drawing: PageDrawing) {
    val document = PdfDocument()
    try {
        val (width, height) = size.inPoints()
        val page = document.startPage(PdfDocument.PageInfo.Builder(width, height, 1).create())
        page.canvas.drawing(RectF(0f, 0f, width.toFloat(), height.toFloat()))
        document.finishPage(page)
        document.writeTo(this)
    } finally {
        document.close()
    }
}

/** Width and height in points, the unit of a PDF: 72 an inch. */
internal fun PrintAttributes.MediaSize.inPoints(): Pair<Int, Int> =
    widthMils * POINTS_AN_INCH / MILS_AN_INCH to heightMils * POINTS_AN_INCH / MILS_AN_INCH

private const val POINTS_AN_INCH = 72
private const val MILS_AN_INCH = 1_000
