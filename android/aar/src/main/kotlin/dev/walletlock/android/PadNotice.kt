package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView

/** Says above the PIN pad which lock the right PIN clears, and leads to the other ways to clear it. */
internal class PadNotice(context: Context, private val colours: Colours) : LinearLayout(context) {
    private val heading = AnnouncedText(context)
    private val body = AnnouncedText(context)
    private val others = textButton(context, colours, resources.getString(R.string.walletlock_other_ways))

    init {
        id = R.id.walletlock_pad_notice
        orientation = VERTICAL
        gravity = Gravity.CENTER_HORIZONTAL
        val words = LinearLayout(context)
        words.orientation = VERTICAL
        dress(heading, HEADING_SP, colours.text)
        heading.typeface = context.medium()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        dress(body, BODY_SP, colours.secondary)
        words.addView(heading)
        words.addView(body, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
        words.layoutParams = LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f)
        val card = card(context, colours, words, others)
        val column = Column(context)
        column.setPadding(dp(EDGE_DP), dp(EDGE_DP), dp(EDGE_DP), 0)
        column.addView(card, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT))
        addView(column, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT))
        show(null, null)
    }

    /** Shows [notice]. Null: hides this. In a low window the keys need the room more than the explanation. */
    fun show(notice: Notice?, onOthers: Runnable?) {
        visibility = if (notice == null) View.GONE else View.VISIBLE
        others.visibility = if (notice == null || onOthers == null) View.GONE else View.VISIBLE
        if (notice == null) return
        heading.say(notice.heading)
        body.say(notice.body)
        body.visibility = if (resources.configuration.screenHeightDp < LOW_DP) View.GONE else View.VISIBLE
        others.setOnClickListener { onOthers?.run() }
    }

    private fun dress(line: TextView, sizeSp: Float, colour: Int) {
        line.textSize = sizeSp
        line.setTextColor(colour)
    }

    private companion object {
        const val HEADING_SP = 16f
        const val BODY_SP = 14f
        const val GAP_DP = 4
        const val EDGE_DP = 16
        const val LOW_DP = 560
    }
}
