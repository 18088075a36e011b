package dev.walletlock.android

import android.util.LayoutDirection
import android.view.View
import android.view.View.MeasureSpec
import kotlin.math.max
import kotlin.math.min

/** Words above the keys; on a screen that is wider than high, beside them. */
internal class PadLayout(private val pad: View, private val header: View, private val keypad: KeypadView) {
    private var isBeside = false
    private var edge = 0
    var width = 0
        private set
    var height = 0
        private set

    fun measure(widthSpec: Int, heightSpec: Int) {
        val mostHeight =
            if (MeasureSpec.getMode(heightSpec) == MeasureSpec.UNSPECIFIED) Int.MAX_VALUE else MeasureSpec.getSize(heightSpec)
        width = if (MeasureSpec.getMode(widthSpec) == MeasureSpec.UNSPECIFIED) pad.dp(WIDTH_DP) else MeasureSpec.getSize(widthSpec)
        edge = pad.dp(if (mostHeight < pad.dp(ROOMY_DP)) NARROW_EDGE_DP else EDGE_DP)
        isBeside = width > mostHeight && width >= pad.dp(BESIDE_DP)
        val column = min(if (isBeside) (inside(width) - gap()) / 2 else inside(width), pad.dp(COLUMN_DP))
        height = if (isBeside) besideHeight(column, mostHeight, heightSpec) else aboveHeight(column, mostHeight, heightSpec)
    }

    private fun besideHeight(column: Int, most: Int, spec: Int): Int {
        val room = most - pad.paddingTop - pad.paddingBottom - 2 * edge
        keypad.measure(exactly(column), atMost(room))
        val wanted = if (MeasureSpec.getMode(spec) == MeasureSpec.EXACTLY) room else keypad.measuredHeight
        header.measure(exactly(column), exactly(max(wanted, 0)))
        return wanted + most - room
    }

    private fun aboveHeight(column: Int, most: Int, spec: Int): Int {
        val around = pad.paddingTop + pad.paddingBottom + 2 * edge + gap()
        header.measure(exactly(column), MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED))
        val words = header.measuredHeight
        val room = if (most == Int.MAX_VALUE) words + keypad.bestHeight() else most - around
        val keys = min(keypad.bestHeight(), max(keypad.smallestHeight(), room - words))
        keypad.measure(exactly(column), atMost(keys))
        val fills = MeasureSpec.getMode(spec) == MeasureSpec.EXACTLY
        val left = max(room - keypad.measuredHeight, 0)
        header.measure(exactly(column), exactly(if (fills) left else min(words, left)))
        return header.measuredHeight + keypad.measuredHeight + around
    }

    fun layout() {
        val left = pad.paddingLeft + edge
        val top = pad.paddingTop + edge
        if (!isBeside) {
            val middle = left + inside(width) / 2
            place(header, middle, top + header.measuredHeight / 2)
            place(keypad, middle, height - pad.paddingBottom - edge - keypad.measuredHeight / 2)
            return
        }
        val half = (inside(width) - gap()) / 2
        val middles = listOf(left + half / 2, left + half + gap() + half / 2)
        val inOrder = if (pad.layoutDirection == LayoutDirection.RTL) middles.reversed() else middles
        val middle = top + (height - top - pad.paddingBottom - edge) / 2
        place(header, inOrder[0], middle)
        place(keypad, inOrder[1], middle)
    }

    private fun place(view: View, middleX: Int, middleY: Int) {
        val x = middleX - view.measuredWidth / 2
        val y = middleY - view.measuredHeight / 2
        view.layout(x, y, x + view.measuredWidth, y + view.measuredHeight)
    }

    private fun inside(width: Int) = width - pad.paddingLeft - pad.paddingRight - 2 * edge

    private fun gap() = edge

    private fun exactly(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.EXACTLY)

    private fun atMost(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.AT_MOST)

    private companion object {
        const val WIDTH_DP = 320
        const val BESIDE_DP = 480
        const val COLUMN_DP = 400
        const val ROOMY_DP = 560
        const val EDGE_DP = 20
        const val NARROW_EDGE_DP = 12
    }
}
