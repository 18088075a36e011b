package dev.walletlock.android

import android.content.Context
import android.view.View
import android.view.ViewGroup
import java.util.Random
import kotlin.math.min

/** Ten digits, one to take the last away, and one that ends the PIN. From left to right in every language. */
internal class KeypadView(context: Context, colours: Colours) : ViewGroup(context) {
    var onDigit: (Int) -> Unit = {}
    var onBackspace: () -> Unit = {}
    var onClear: () -> Unit = {}
    var onDone: () -> Unit = {}

    private val digitKeys = List(DIGITS) { KeyView(context, colours) }
    private val backspace = KeyView(context, colours)
    private val done = KeyView(context, colours, isPrimary = true)

    /** As they lie, row by row: the order in which the focus goes. */
    private val keys = digitKeys.take(DIGITS - 1) + backspace + digitKeys.last() + done
    private var hasDone = true

    init {
        layoutDirection = LAYOUT_DIRECTION_LTR
        keys.forEach(::addView)
        backspace.showIcon(R.drawable.walletlock_backspace, R.string.walletlock_backspace)
        done.showIcon(R.drawable.walletlock_done, R.string.walletlock_done)
        backspace.setOnClickListener { onBackspace() }
        done.setOnClickListener { onDone() }
        backspace.setOnLongClickListener {
            onClear()
            true
        }
        order(null)
    }

    /** As on every telephone; or as [random] has it. */
    fun order(random: Random?) {
        val digits = (1 until DIGITS) + 0
        (if (random == null) digits else digits.shuffled(random)).forEachIndexed { place, digit ->
            digitKeys[place].showDigit(digit)
            digitKeys[place].setOnClickListener { onDigit(digit) }
        }
    }

    /** Without a key that ends the PIN where its length does; the key that takes a digit away goes there then. */
    fun setHasDone(hasDone: Boolean) {
        this.hasDone = hasDone
        done.visibility = if (hasDone) View.VISIBLE else View.GONE
        requestLayout()
    }

    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        keys.forEach { it.isEnabled = enabled }
    }

    fun focusFirst(): Boolean = keys.first().requestFocus()

    fun smallestHeight(): Int = ROWS * dp(SMALLEST_KEY_DP) + (ROWS - 1) * dp(SMALLEST_GAP_DP)

    fun bestHeight(): Int = ROWS * dp(BEST_KEY_DP) + (ROWS - 1) * dp(BEST_GAP_Y_DP)

    private var key = 0
    private var gapX = 0
    private var gapY = 0

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val gap = dp(SMALLEST_GAP_DP)
        val width = room(widthMeasureSpec, COLUMNS * dp(BEST_KEY_DP) + (COLUMNS - 1) * dp(BEST_GAP_X_DP))
        val height = room(heightMeasureSpec, bestHeight())
        key = min((width - (COLUMNS - 1) * gap) / COLUMNS, (height - (ROWS - 1) * gap) / ROWS)
            .coerceIn(dp(SMALLEST_KEY_DP), dp(BEST_KEY_DP))
        gapX = ((width - COLUMNS * key) / (COLUMNS - 1)).coerceIn(gap, dp(BEST_GAP_X_DP))
        gapY = ((height - ROWS * key) / (ROWS - 1)).coerceIn(gap, dp(BEST_GAP_Y_DP))
        val exactly = MeasureSpec.makeMeasureSpec(key, MeasureSpec.EXACTLY)
        keys.forEach { it.measure(exactly, exactly) }
        setMeasuredDimension(COLUMNS * key + (COLUMNS - 1) * gapX, ROWS * key + (ROWS - 1) * gapY)
    }

    private fun room(spec: Int, best: Int): Int =
        if (MeasureSpec.getMode(spec) == MeasureSpec.UNSPECIFIED) best else min(best, MeasureSpec.getSize(spec))

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        keys.forEachIndexed { place, view ->
            val shown = if (!hasDone && view === backspace) keys.lastIndex else place
            val x = shown % COLUMNS * (key + gapX)
            val y = shown / COLUMNS * (key + gapY)
            view.layout(x, y, x + key, y + key)
        }
    }

    private companion object {
        const val DIGITS = 10
        const val COLUMNS = 3
        const val ROWS = 4
        const val BEST_KEY_DP = 72
        const val BEST_GAP_X_DP = 28
        const val BEST_GAP_Y_DP = 16
        const val SMALLEST_KEY_DP = 48
        const val SMALLEST_GAP_DP = 8
    }
}
