package dev.walletlock.android

import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.graphics.Typeface
import android.text.Layout
import android.text.StaticLayout
import android.text.TextPaint
import dev.walletlock.RecoveryCode
import kotlin.math.ceil
import kotlin.math.min
import kotlin.math.roundToInt

/** The colours in which a recovery code is drawn: its [digits], and the numbers of its groups with the lines around them. */
internal class CodeInks(val digits: Int, val numbers: Int, val lines: Int)

/** The words on the sheet that is printed. */
internal class SheetWords(val title: String, val made: String, val body: String)

/** The height that [drawCode] fills best at this width. */
internal fun codeHeight(width: Float, columns: Int = COLUMNS): Float =
    width / columns / GROUP_SHAPE * (RecoveryCode.GROUPS / columns)

/**
 * Draws the eight groups of a recovery code into [area], [columns] in a row, each with its number: on the screen, on paper, and into a
 * picture. Every digit is drawn by itself, so no text is made of them. It is read from left to right in every language.
 *
 * @param digit gives the digit of a group (from 1) at a place (from 0).
 */
internal fun Canvas.drawCode(area: RectF, inks: CodeInks, columns: Int = COLUMNS, digit: (group: Int, place: Int) -> Int) {
    val width = area.width() / columns
    val height = area.height() / (RecoveryCode.GROUPS / columns)
    val size = min(height * DIGIT_HEIGHT, width * DIGIT_WIDTH)
    val digits = paint(inks.digits, size, Typeface.MONOSPACE)
    val numbers = paint(inks.numbers, size * NUMBER_SIZE, Typeface.DEFAULT)
    val line = Paint().apply {
        color = inks.lines
        strokeWidth = size * LINE_WIDTH
    }
    val shown = CharArray(1)
    for (group in 1..RecoveryCode.GROUPS) {
        val left = area.left + (group - 1) % columns * width
        val top = area.top + (group - 1) / columns * height
        val baseline = top + height / 2 - (digits.descent() + digits.ascent()) / 2
        shown[0] = '0' + group
        drawText(shown, 0, 1, left + width * NUMBER_AT, baseline, numbers)
        for (place in 0 until RecoveryCode.GROUP_DIGITS) {
            shown[0] = '0' + digit(group, place)
            val gap = if (place < RecoveryCode.GROUP_DIGITS / 2) 0f else GAP
            drawText(shown, 0, 1, left + width * (FIRST_DIGIT_AT + place * DIGIT_STEP + gap), baseline, digits)
        }
        if (group > columns) drawLine(left + width * NUMBER_AT / 2, top, left + width * (1 - NUMBER_AT / 2), top, line)
    }
    shown[0] = ' '
}

/** Draws the whole sheet: title and date, the code, and what to do with it. */
internal fun Canvas.drawSheet(page: RectF, words: SheetWords, inks: CodeInks, digit: (group: Int, place: Int) -> Int) {
    val edge = page.width() * EDGE
    val text = page.width() * TEXT_SIZE
    val column = (page.width() - 2 * edge).roundToInt()
    var y = page.top + edge
    fun write(what: String, size: Float, colour: Int, below: Float) {
        val layout = laidOut(what, paint(colour, size, Typeface.DEFAULT), column)
        save()
        translate(page.left + edge, y)
        layout.draw(this)
        restore()
        y += layout.height + below
    }
    write(words.title, text * TITLE_SIZE, inks.digits, text / 2)
    write(words.made, text, inks.numbers, text * 2)
    val area = RectF(page.left + edge, y, page.left + edge + column, y + codeHeight(column.toFloat()))
    drawRect(area, Paint().apply {
        style = Paint.Style.STROKE
        color = inks.lines
        strokeWidth = text * LINE_WIDTH
    })
    drawCode(area, inks, digit = digit)
    y = area.bottom + text * 2
    write(words.body, text, inks.digits, 0f)
}

private fun laidOut(text: String, paint: TextPaint, width: Int): StaticLayout =
    StaticLayout.Builder.obtain(text, 0, text.length, paint, width)
        .setAlignment(Layout.Alignment.ALIGN_NORMAL)
        .setLineSpacing(ceil(paint.textSize * LINE_GAP), 1f)
        .build()

internal fun paint(colour: Int, size: Float, face: Typeface) = TextPaint(Paint.ANTI_ALIAS_FLAG).apply {
    color = colour
    textSize = size
    typeface = face
}

private const val COLUMNS = 2

/** Width to height of a group. */
private const val GROUP_SHAPE = 3.2f

// Parts of a group's height or width.
private const val DIGIT_HEIGHT = 0.5f
private const val DIGIT_WIDTH = 0.19f
private const val NUMBER_AT = 0.07f
private const val FIRST_DIGIT_AT = 0.2f
private const val DIGIT_STEP = 0.119f
private const val GAP = 0.045f

// Parts of the size of a digit, or of the text.
private const val NUMBER_SIZE = 0.7f
private const val LINE_WIDTH = 0.06f
private const val LINE_GAP = 0.25f
private const val TITLE_SIZE = 1.7f

// Parts of the page's width.
private const val EDGE = 0.1f
private const val TEXT_SIZE = 0.022f
