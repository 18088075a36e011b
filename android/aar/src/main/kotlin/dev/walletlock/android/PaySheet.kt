package dev.walletlock.android

import android.content.Context
import android.graphics.drawable.GradientDrawable
import android.view.Gravity
import android.view.MotionEvent
import android.view.View
import android.widget.FrameLayout
import kotlin.math.min

/** A sheet that stands on the lower edge of the window and shows one of its [pages]. Above it the app behind is seen. */
internal class PaySheet(context: Context, colours: Colours, vararg pages: View) : FrameLayout(context) {
    private val card = Card(context, colours)

    init {
        pages.forEach {
            it.visibility = GONE
            card.addView(it)
        }
        addView(card, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT, Gravity.BOTTOM or Gravity.CENTER_HORIZONTAL))
        visibility = GONE
    }

    /** Shows [page], and the sheet with it. Returns whether the page was hidden before. */
    fun show(page: View): Boolean {
        visibility = VISIBLE
        return card.showOnly(page)
    }

    /** Its upper corners are round. It is not wider than its lines are easy to read, nor as high as the window. */
    private class Card(context: Context, colours: Colours) : FrameLayout(context) {

        init {
            val corner = dp(CORNER_DP).toFloat()
            background = GradientDrawable().apply {
                setColor(colours.background)
                cornerRadii = floatArrayOf(corner, corner, corner, corner, 0f, 0f, 0f, 0f)
            }
        }

        /** A touch on the sheet is not one on what is behind it. */
        override fun onTouchEvent(event: MotionEvent): Boolean = true

        override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
            val room = MeasureSpec.getSize(heightMeasureSpec) - dp(ABOVE_DP)
            val wide = dp(if (MeasureSpec.getSize(widthMeasureSpec) > room) BESIDE_DP else COLUMN_DP)
            super.onMeasure(
                MeasureSpec.makeMeasureSpec(min(MeasureSpec.getSize(widthMeasureSpec), wide), MeasureSpec.EXACTLY),
                MeasureSpec.makeMeasureSpec(room, MeasureSpec.AT_MOST),
            )
        }
    }

    private companion object {
        const val CORNER_DP = 24
        const val ABOVE_DP = 24
        const val COLUMN_DP = 496

        /** The width if the payment stands beside the keys. */
        const val BESIDE_DP = 760
    }
}
