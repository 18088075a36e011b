package dev.walletlock.android

import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import dev.walletlock.RecoveryCode
import io.nayuki.qrcodegen.BitBuffer
import io.nayuki.qrcodegen.QrCode
import io.nayuki.qrcodegen.QrSegment

/**
 * A QR code (ISO/IEC 18004) and the quiet zone around it. It is black on white in the dark too, because many scanners read no
 * other. Its error correction is at least M.
 *
 * **Not guaranteed:** [wipe] overwrites what this object keeps. The encoder is another library's; the arrays in which it worked
 * stay in memory until the garbage collector's memory is used again. It makes no `String` of the content.
 */
internal class QrDrawing private constructor(private val size: Int, private val dark: BooleanArray) {
    /** How many modules stand in a row, with the quiet zone at both ends. */
    val modules: Int get() = size + 2 * QUIET_ZONE

    /** Draws the code with the quiet zone. [module]: the side of a module; whole pixels, so that all modules are equally large. */
    fun draw(canvas: Canvas, left: Int, top: Int, module: Int) {
        val side = modules * module
        val paint = Paint().apply { color = Color.WHITE }
        canvas.drawRect(left.toFloat(), top.toFloat(), (left + side).toFloat(), (top + side).toFloat(), paint)
        paint.color = Color.BLACK
        // One shape: a program that shows a PDF draws thin lines between shapes that touch.
        val shape = shape(left + QUIET_ZONE * module, top + QUIET_ZONE * module, module)
        canvas.drawPath(shape, paint)
        shape.reset()
    }

    private fun shape(left: Int, top: Int, module: Int) = Path().apply {
        for (y in 0 until size) {
            var x = 0
            while (x < size) {
                val begin = x
                while (x < size && dark[y * size + x]) x++
                if (x == begin) x++ else addModules(left + begin * module, top + y * module, (x - begin) * module, module)
            }
        }
    }

    private fun Path.addModules(left: Int, top: Int, width: Int, height: Int) =
        addRect(left.toFloat(), top.toFloat(), (left + width).toFloat(), (top + height).toFloat(), Path.Direction.CW)

    /** Afterwards only white is drawn. */
    fun wipe(): Unit = dark.fill(false)

    companion object {
        /** What the standard asks for. */
        private const val QUIET_ZONE = 4
        private const val DIGITS_AT_ONCE = 3
        private const val BITS_OF_THREE_DIGITS = 10

        /**
         * The QR code of [text], which is overwritten with zeros.
         *
         * @throws IllegalArgumentException if [text] is longer than 2,331 bytes.
         */
        fun ofText(text: ByteArray): QrDrawing = try {
            of(QrSegment.makeBytes(text))
        } finally {
            text.fill(0)
        }

        /** The QR code of the digits of a recovery code, without spaces. [digit] gives them, as for [drawCode]. */
        fun ofCode(digit: (group: Int, place: Int) -> Int): QrDrawing {
            // The encoder's own makeNumeric makes a String of every three digits.
            val bits = BitBuffer()
            for (group in 1..RecoveryCode.GROUPS) {
                for (first in 0 until RecoveryCode.GROUP_DIGITS step DIGITS_AT_ONCE) {
                    val number = (first until first + DIGITS_AT_ONCE).fold(0) { sum, place -> sum * 10 + digit(group, place) }
                    bits.appendBits(number, BITS_OF_THREE_DIGITS)
                }
            }
            return of(QrSegment(QrSegment.Mode.NUMERIC, RecoveryCode.GROUPS * RecoveryCode.GROUP_DIGITS, bits))
        }

        private fun of(segment: QrSegment): QrDrawing {
            val code = QrCode.encodeSegments(listOf(segment), QrCode.Ecc.MEDIUM)
            return QrDrawing(code.size, BooleanArray(code.size * code.size) { code.getModule(it % code.size, it / code.size) })
        }
    }
}
