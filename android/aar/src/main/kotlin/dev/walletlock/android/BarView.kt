package dev.walletlock.android

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView

/** How much of something there is: a bar, and words below it that say the same. */
internal class BarView(context: Context, private val colours: Colours) : LinearLayout(context) {
    private val bar = Bar(context)
    private val words = TextView(context)
    private var part = 0f

    init {
        orientation = VERTICAL
        words.textSize = TEXT_SP
        words.setTextColor(colours.secondary)
        bar.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        addView(bar, LayoutParams(MATCH_PARENT, dp(BAR_DP)))
        addView(words, LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
    }

    /** Shows [count] of [most]. */
    fun show(count: Long, most: Long, text: String) {
        part = if (most <= 0) 0f else (count.toFloat() / most).coerceIn(0f, 1f)
        words.text = text
        bar.invalidate()
    }

    private inner class Bar(context: Context) : View(context) {
        private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

        override fun onDraw(canvas: Canvas) {
            val isMirrored = layoutDirection == LAYOUT_DIRECTION_RTL
            val full = width * part
            draw(canvas, 0f, width.toFloat(), colours.line)
            if (part > 0) draw(canvas, if (isMirrored) width - full else 0f, if (isMirrored) width.toFloat() else full, colours.brand)
        }

        private fun draw(canvas: Canvas, from: Float, to: Float, colour: Int) {
            paint.color = colour
            val round = height / 2f
            canvas.drawRoundRect(from, 0f, to.coerceAtLeast(from + height), height.toFloat(), round, round, paint)
        }
    }

    private companion object {
        const val TEXT_SP = 14f
        const val BAR_DP = 8
        const val GAP_DP = 6
    }
}
