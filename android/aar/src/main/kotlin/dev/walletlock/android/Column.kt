package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import kotlin.math.min

/** A column whose lines are not too long to read, with the same margin on every screen. */
internal open class Column(context: Context) : LinearLayout(context) {
    init {
        orientation = VERTICAL
        val edge = dp(EDGE_DP)
        setPadding(edge, edge, edge, edge)
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = min(MeasureSpec.getSize(widthMeasureSpec), dp(COLUMN_DP))
        super.onMeasure(MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY), heightMeasureSpec)
    }

    private companion object {
        const val EDGE_DP = 24
        const val COLUMN_DP = 496
    }
}

/** A screen whose content can be scrolled where it does not fit. */
internal open class ScrollingPage(context: Context) : ScrollView(context) {
    init {
        isFillViewport = true
        // Content that is cut off fades out, which shows that it can be scrolled.
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(FADE_DP))
    }

    fun fill(content: View): Unit = addView(content, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))

    private companion object {
        const val FADE_DP = 16
    }
}
