package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView

/** Says when something can be done, and counts down to it. [text] has a place for the time. */
internal class WaitingRemedy(context: Context, colours: Colours, private val text: Int) : LinearLayout(context) {
    private val words = AnnouncedText(context).apply { dressInCard(colours, "") }
    private val clock = countdown(context, colours, CLOCK_SP)

    init {
        val card = card(context, colours, words)
        clock.setPaddingRelative(dp(GAP_DP), 0, 0, 0)
        card.addView(clock, LayoutParams(WRAP_CONTENT, WRAP_CONTENT))
        addView(card, LayoutParams(card.layoutParams as LayoutParams).apply { width = MATCH_PARENT })
    }

    fun show(leftMs: Long) {
        words.say(said(leftMs), spoken = spoken(leftMs))
        clock.showTime(leftMs)
    }

    /** The same some time later. */
    fun update(leftMs: Long) {
        words.update(said(leftMs), spoken = spoken(leftMs))
        clock.showTime(leftMs)
    }

    private fun said(leftMs: Long) = resources.getString(text, resources.inAboutWords(leftMs))

    private fun spoken(leftMs: Long) = resources.getString(text, resources.inWords(leftMs))

    private companion object {
        const val CLOCK_SP = 20f
        const val GAP_DP = 12
    }
}

/** A clock that counts down. Screen readers read the words beside it. */
internal fun countdown(context: Context, colours: Colours, sizeSp: Float) = TextView(context).apply {
    textSize = sizeSp
    setTextColor(colours.accent)
    gravity = Gravity.CENTER
    // Digits of equal width, so that only the digit that changes moves.
    fontFeatureSettings = "tnum"
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    // A clock is read from left to right in every language.
    textDirection = View.TEXT_DIRECTION_LTR
}

/** Shows the time left. It is hidden for a day and more, and if [leftMs] is null. */
internal fun TextView.showTime(leftMs: Long?) {
    val time = leftMs?.let(::clock)
    visibility = if (time == null) View.GONE else View.VISIBLE
    text = time
}
