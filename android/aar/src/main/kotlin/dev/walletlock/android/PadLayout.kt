package dev.walletlock.android

import android.util.LayoutDirection
import android.view.View
import android.view.View.MeasureSpec
import kotlin.math.max
import kotlin.math.min

/**
 * Puts the words above the keys, or beside them on a screen that is wider than high. In a small window the words take less
 * room first, then the keys get smaller, and at last the words can be scrolled. The text that is shown changes no size, so
 * that no key moves.
 */
internal class PadLayout(private val pad: PinPadView, private val header: PadHeader, private val keypad: KeypadView) {
    private var isBeside = false

    /** Whether the words are above the keys in any case, and never beside them. */
    var stacks = false
    private var edge = 0
    private var hasFooter = false
    var width = 0
        private set
    var height = 0
        private set

    fun measure(widthSpec: Int, heightSpec: Int) {
        val isFree = MeasureSpec.getMode(heightSpec) == MeasureSpec.UNSPECIFIED
        val most = if (isFree) Int.MAX_VALUE else MeasureSpec.getSize(heightSpec)
        width = if (MeasureSpec.getMode(widthSpec) == MeasureSpec.UNSPECIFIED) pad.dp(WIDTH_DP) else MeasureSpec.getSize(widthSpec)
        edge = pad.dp(if (most < pad.dp(SMALL_DP)) TINY_EDGE_DP else if (most < pad.dp(ROOMY_DP)) NARROW_EDGE_DP else EDGE_DP)
        isBeside = !stacks && width > most && width >= pad.dp(BESIDE_DP)
        val column = min(if (isBeside) (inside(width) - gap()) / 2 else inside(width), pad.dp(COLUMN_DP))
        val around = pad.paddingTop + pad.paddingBottom + 2 * edge
        val fills = MeasureSpec.getMode(heightSpec) == MeasureSpec.EXACTLY
        val room = if (isFree) Int.MAX_VALUE else max(most - around, 0)
        val taken = if (isBeside) beside(column, room, fills) else above(column, room, fills)
        height = taken + around
    }

    private fun beside(column: Int, room: Int, fills: Boolean): Int {
        keypad.measure(exactly(column), atMost(room))
        val wanted = if (fills) room else keypad.measuredHeight
        val foot = footer(column)
        val words = PadHeader.Room.entries.firstOrNull { header.heightIn(it, column) + it.foot(foot) <= wanted }
        take(words ?: PadHeader.Room.BARE, column)
        header.measure(exactly(column), exactly(max(wanted - foot(), 0)))
        return wanted
    }

    private fun above(column: Int, room: Int, fills: Boolean): Int {
        val foot = footer(column)
        fun taken(words: PadHeader.Room) = header.heightIn(words, column) + gap() + words.foot(foot)
        val fitting = PadHeader.Room.entries.firstOrNull {
            taken(it) + (if (it == PadHeader.Room.ALL) keypad.roomyHeight() else keypad.smallestHeight()) <= room
        }
        val words = fitting ?: PadHeader.Room.BARE
        take(words, column)
        val free = if (room == Int.MAX_VALUE) keypad.bestHeight() else room - taken(words)
        keypad.measure(exactly(column), atMost(free.coerceIn(keypad.tiniestHeight(), keypad.bestHeight())))
        val rest = keypad.measuredHeight + gap() + foot()
        val said = if (fills) room - rest else min(header.heightIn(words, column), room - rest)
        header.measure(exactly(column), exactly(max(said, 0)))
        return header.measuredHeight + rest
    }

    private fun take(words: PadHeader.Room, column: Int) {
        header.room = words
        hasFooter = words.foot(footer(column)) > 0
    }

    /** The height of the app's own view below the keys, with the gap above it. 0: there is none. */
    private fun footer(column: Int): Int {
        val footer = pad.footer?.takeIf { it.visibility != View.GONE } ?: return 0
        footer.measure(atMost(column), MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED))
        return footer.measuredHeight + gap()
    }

    private fun foot() = if (hasFooter) (pad.footer?.measuredHeight ?: 0) + gap() else 0

    /** The height that the footer takes in this room. It is left out where the title has to be small. */
    private fun PadHeader.Room.foot(foot: Int) = if (this <= PadHeader.Room.NO_MARK) foot else 0

    fun layout() {
        val left = pad.paddingLeft + edge
        val top = pad.paddingTop + edge
        val bottom = height - pad.paddingBottom - edge
        val half = (inside(width) - gap()) / 2
        val halves = listOf(left + half / 2, left + half + gap() + half / 2)
        val isMirrored = pad.layoutDirection == LayoutDirection.RTL
        val whole = left + inside(width) / 2
        val words = if (isBeside) halves[if (isMirrored) 1 else 0] else whole
        val keys = if (isBeside) halves[if (isMirrored) 0 else 1] else whole
        place(header, words, top)
        val middle = top + (bottom - top - keypad.measuredHeight) / 2
        place(keypad, keys, if (isBeside) middle else bottom - foot() - keypad.measuredHeight)
        val footer = pad.footer ?: return
        if (hasFooter) place(footer, words, bottom - footer.measuredHeight) else footer.layout(0, 0, 0, 0)
    }

    private fun place(view: View, middle: Int, top: Int) {
        val x = middle - view.measuredWidth / 2
        view.layout(x, top, x + view.measuredWidth, top + view.measuredHeight)
    }

    private fun inside(width: Int) = width - pad.paddingLeft - pad.paddingRight - 2 * edge

    private fun gap() = edge

    private fun exactly(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.EXACTLY)

    private fun atMost(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.AT_MOST)

    private companion object {
        const val WIDTH_DP = 320

        /** The least width for words beside keys: three of the smallest keys with their gaps take 160. */
        const val BESIDE_DP = 300
        const val COLUMN_DP = 400
        const val ROOMY_DP = 560
        const val SMALL_DP = 340
        const val EDGE_DP = 20
        const val NARROW_EDGE_DP = 12
        const val TINY_EDGE_DP = 6
    }
}
