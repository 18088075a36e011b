package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView

/** What is beside the keys: a title, the dots, and a line of words. Whoever needs letters so large that it is full can scroll it. */
internal class PadHeader(context: Context, private val colours: Colours) : ScrollView(context) {
    val title = TextView(context).apply {
        id = R.id.walletlock_title
        textSize = TITLE_SP
        setTextColor(colours.text)
        typeface = context.medium()
        gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    }
    val dots = DotsView(context, colours).apply { id = R.id.walletlock_dots }
    val message = Spoken(context).apply {
        id = R.id.walletlock_message
        textSize = MESSAGE_SP
        gravity = Gravity.CENTER_HORIZONTAL
        // The keys must not move when it speaks.
        minLines = 2
    }

    init {
        isFillViewport = true
        isVerticalScrollBarEnabled = false
        isFocusable = false
        val column = LinearLayout(context)
        column.orientation = LinearLayout.VERTICAL
        column.gravity = Gravity.CENTER
        column.addView(title, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        column.addView(dots, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { topMargin = dp(DOTS_GAP_DP) })
        column.addView(message, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
        addView(column, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    fun showMessage(text: CharSequence, isError: Boolean, isTicking: Boolean) {
        message.setTextColor(if (isError) colours.error else colours.secondary)
        if (isTicking) message.update(text) else message.say(text, isUrgent = isError)
    }

    private companion object {
        const val TITLE_SP = 24f
        const val MESSAGE_SP = 16f
        const val DOTS_GAP_DP = 20
        const val GAP_DP = 12
    }
}
