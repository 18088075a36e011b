package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView

/**
 * The lines of a payment, each exactly as it is signed: the first, the amount, is the largest. No line is cut: a long one wraps, and
 * what does not fit can be scrolled.
 */
internal class PayDetails(context: Context, private val colours: Colours) : ScrollingPage(context) {
    private val column = LinearLayout(context)
    private var shown = emptyList<String>()

    init {
        id = R.id.walletlock_pay_lines
        isFillViewport = false
        isVerticalScrollBarEnabled = true
        isScrollbarFadingEnabled = false
        column.orientation = LinearLayout.VERTICAL
        column.setPaddingRelative(dp(EDGE_DP), dp(TOP_DP), dp(EDGE_DP), dp(GAP_DP))
        fill(column)
    }

    fun show(lines: List<String>) {
        if (lines == shown) return
        shown = lines
        column.removeAllViews()
        lines.forEachIndexed { at, line -> column.addView(if (at == 0) amount(line) else text(line), below(at)) }
    }

    private fun amount(line: String) = text(line).apply {
        textSize = AMOUNT_SP
        typeface = context.medium()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    }

    private fun text(line: String) = TextView(context).apply {
        text = line
        textSize = TEXT_SP
        setTextColor(colours.text)
        textDirection = TEXT_DIRECTION_FIRST_STRONG_LTR
    }

    private fun below(at: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = if (at == 0) 0 else dp(GAP_DP / 2) }

    private companion object {
        const val AMOUNT_SP = 34f
        const val TEXT_SP = 16f
        const val EDGE_DP = 24
        const val TOP_DP = 20
        const val GAP_DP = 8
    }
}
