package dev.walletlock.android

import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.graphics.Typeface
import android.text.Layout
import android.text.StaticLayout
import android.text.TextPaint
import android.text.TextUtils
import kotlin.math.max
import kotlin.math.min

/**
 * Draws a [RecoverySheet] on one page. Long text wraps. If there is more than fits, everything gets smaller, down to half; then
 * the ends of the lists are left out. Nothing is drawn outside the margins.
 *
 * @param digit gives the digits of the recovery code. Null: no code on the sheet.
 */
internal fun Canvas.drawRecoverySheet(
    page: RectF,
    words: RecoverySheetWords,
    inks: CodeInks,
    digit: ((group: Int, place: Int) -> Int)?,
) {
    val edge = min(page.width(), page.height()) * MARGIN
    val area = RectF(page.left + edge, page.top + edge, page.right - edge, page.bottom - edge)
    val qr = digit?.let(QrDrawing::ofCode)
    try {
        val parts = fitting(area, words, inks, qr, digit)
        save()
        clipRect(area)
        var y = area.top
        for (part in parts) {
            y += part.above
            part.draw(this, y)
            y += part.height
        }
        restore()
    } finally {
        qr?.wipe()
    }
}

/** A piece of the sheet over the whole width. [draw] gets its upper edge. */
private class Part(val above: Float, val height: Float, val draw: Canvas.(top: Float) -> Unit)

private fun fitting(
    area: RectF,
    words: RecoverySheetWords,
    inks: CodeInks,
    qr: QrDrawing?,
    digit: ((Int, Int) -> Int)?,
): List<Part> {
    fun parts(scale: Float, words: RecoverySheetWords) = SheetParts(area, inks, scale).of(words, qr, digit)
    fun List<Part>.fit() = sumOf { (it.above + it.height).toDouble() } <= area.height()
    generateSequence(1f) { it - SCALE_STEP }.takeWhile { it >= SMALLEST_SCALE }.map { parts(it, words) }.firstOrNull { it.fit() }
        ?.let { return it }
    val shortened = generateSequence(words) { it.shortened() }.map { parts(SMALLEST_SCALE, it) }
    return shortened.firstOrNull { it.fit() } ?: shortened.last()
}

/** Lays the sheet out at one [scale]. */
private class SheetParts(private val area: RectF, private val inks: CodeInks, private val scale: Float) {
    private val text = min(area.width(), area.height()) * TEXT * scale

    fun of(words: RecoverySheetWords, qr: QrDrawing?, digit: ((Int, Int) -> Int)?): List<Part> = buildList {
        add(written(words.title, 0f, text * TITLE, Typeface.DEFAULT_BOLD, mostLines = 2))
        add(written(words.made, text * SMALL_GAP, text, colour = inks.numbers))
        if (qr != null && digit != null) {
            add(code(words, qr, digit))
            add(written(words.aboutCode, text * SMALL_GAP * 2, text))
        }
        for (section in words.sections) {
            add(written(section.heading, text * HEADING_GAP, text * HEADING, Typeface.DEFAULT_BOLD))
            section.lines.forEachIndexed { at, line -> add(listed(line, if (section.isNumbered) "${at + 1}." else null)) }
        }
    }

    private fun written(
        what: String,
        above: Float,
        size: Float,
        face: Typeface = Typeface.DEFAULT,
        colour: Int = inks.digits,
        mostLines: Int = MOST_LINES,
    ): Part {
        val lines = laidOut(what, paint(colour, size, face), area.width(), mostLines)
        return Part(above, lines.height.toFloat()) { top -> drawAt(lines, area.left, top) }
    }

    /** A line of a list. Its second line begins below the first, not below the [number]. */
    private fun listed(what: String, number: String?): Part {
        val paint = paint(inks.digits, text, Typeface.DEFAULT)
        val indent = if (number == null) 0f else paint.measureText("0. ") + text * INDENT_GAP
        val lines = laidOut(what, paint, area.width() - indent, MOST_LINES)
        return Part(text * SMALL_GAP, lines.height.toFloat()) { top ->
            if (number != null) drawText(number, area.left, top + lines.getLineBaseline(0), paint)
            drawAt(lines, area.left + indent, top)
        }
    }

    /** The groups in a frame, and beside them the QR code of the same digits. */
    private fun code(words: RecoverySheetWords, qr: QrDrawing, digit: (Int, Int) -> Int): Part {
        val width = area.width() * scale
        val module = (width * QR_WIDTH / qr.modules).toInt().coerceAtLeast(1)
        val side = module * qr.modules
        val small = paint(inks.numbers, text * ABOUT_QR, Typeface.DEFAULT)
        val about = laidOut(words.aboutQr, small, side.toFloat(), mostLines = 2, Layout.Alignment.ALIGN_CENTER)
        val groups = width - side - text
        val height = max(codeHeight(groups), (side + about.height).toFloat())
        val line = Paint().apply {
            style = Paint.Style.STROKE
            color = inks.lines
            strokeWidth = text * FRAME
        }
        return Part(text * HEADING_GAP, height) { top ->
            val frame = RectF(area.left, top, area.left + groups, top + height).apply { inset(line.strokeWidth / 2, line.strokeWidth / 2) }
            drawRect(frame, line)
            drawCode(frame, inks, digit = digit)
            // Whole pixels, so rounded down: to the right of it the area may end.
            val left = (area.left + groups + text).toInt()
            val upper = top + (height - side - about.height) / 2
            qr.draw(this, left, upper.toInt(), module)
            drawAt(about, left.toFloat(), upper + side)
        }
    }

    private fun Canvas.drawAt(lines: Layout, left: Float, top: Float) {
        save()
        translate(left, top)
        lines.draw(this)
        restore()
    }
}

private fun laidOut(
    text: String,
    paint: TextPaint,
    width: Float,
    mostLines: Int,
    alignment: Layout.Alignment = Layout.Alignment.ALIGN_NORMAL,
): Layout =
    StaticLayout.Builder.obtain(text, 0, text.length, paint, (width - paint.textSize * OVERHANG).toInt())
        .setAlignment(alignment)
        .setLineSpacing(paint.textSize * LINE_GAP, 1f)
        .setMaxLines(mostLines)
        .setEllipsize(TextUtils.TruncateAt.END)
        .build()

/** Part of the page's shorter side. */
private const val MARGIN = 0.1f

/** The size of the text, as a part of the shorter side between the margins: 11 points on A4. */
private const val TEXT = 0.024f

// Parts of the size of the text.
private const val TITLE = 1.9f
private const val HEADING = 1.15f
private const val ABOUT_QR = 0.8f
private const val SMALL_GAP = 0.35f
private const val HEADING_GAP = 1.4f
private const val LINE_GAP = 0.18f
private const val INDENT_GAP = 0.2f
private const val FRAME = 0.06f

/** By so much a bold letter may be wider than the font says. */
private const val OVERHANG = 0.06f

/** Part of the width between the margins. */
private const val QR_WIDTH = 0.28f

/** A line of a list gets no more lines on the page than this: what is longer belongs on no sheet. */
private const val MOST_LINES = 6

private const val SCALE_STEP = 0.05f

/** 5.5 points on A4: small print, which can still be read. */
private const val SMALLEST_SCALE = 0.5f
