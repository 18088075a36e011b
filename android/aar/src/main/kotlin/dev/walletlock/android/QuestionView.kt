package dev.walletlock.android

import android.content.Context
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.text.Layout
import android.view.Gravity
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

/** A question with two answers: a picture, a heading, an explanation, and a button for each answer. */
internal class QuestionView(context: Context, private val colours: Colours) : ScrollingPage(context) {
    private val icon = ImageView(context)
    private val heading = TextView(context)
    private val body = TextView(context)
    private val note = AnnouncedText(context)
    private val answers = LinearLayout(context)
    private var said: String? = null

    init {
        isVerticalScrollBarEnabled = false
        dress()
        val words = LinearLayout(context)
        words.orientation = LinearLayout.VERTICAL
        words.gravity = Gravity.CENTER
        words.addView(icon, LinearLayout.LayoutParams(dp(ICON_DP), dp(ICON_DP)))
        words.addView(heading, below(GAP_DP))
        words.addView(body, below(GAP_DP / 2))
        words.addView(note, below(GAP_DP / 2))
        answers.orientation = LinearLayout.VERTICAL
        val column = Column(context)
        column.addView(words, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        column.addView(answers, below(GAP_DP))
        fill(column)
    }

    /** Shows a question, with [said] below it. An answer with `isFirst` stands out. */
    fun ask(picture: Int, title: Int, text: Int, said: String?, vararg choices: Answer): Unit =
        ask(picture, resources.getString(title), resources.getString(text), said, *choices)

    /** The same, for words that are put together. */
    fun ask(picture: Int, title: String, text: String, said: String?, vararg choices: Answer) {
        icon.setImageResource(picture)
        heading.text = title
        body.text = text
        this.said = said
        tell(said)
        answers.removeAllViews()
        choices.forEach { answer -> answers.addView(button(answer)) }
    }

    private fun tell(text: String?) {
        note.visibility = if (text == null) View.GONE else View.VISIBLE
        note.say(text.orEmpty(), isUrgent = true)
    }

    /** Refuses a touch that came through another window, and tells the person why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        tell(if (event.isCovered()) resources.getString(R.string.walletlock_covered) else said)
        return !event.isCovered()
    }

    /** False while a call is running: the answers are disabled. */
    fun setAnswerable(isAnswerable: Boolean) {
        (0 until answers.childCount).map(answers::getChildAt).forEach {
            it.isEnabled = isAnswerable
            it.alpha = if (isAnswerable) 1f else DISABLED_ALPHA
        }
    }

    private fun button(answer: Answer): Button =
        wideButton(context, colours, resources.getString(answer.text), answer.isFirst).apply {
            setOnClickListener { answer.onChosen() }
        }

    private fun dress() {
        icon.setColorFilter(colours.brand)
        icon.background = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(colours.surface)
        }
        val inset = dp(ICON_DP / 4)
        icon.setPadding(inset, inset, inset, inset)
        icon.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        heading.id = R.id.walletlock_question
        heading.textSize = HEADING_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        // So that no word stands alone in the last line.
        listOf(heading, body).forEach { it.breakStrategy = Layout.BREAK_STRATEGY_BALANCED }
        listOf(body, note).forEach {
            it.textSize = BODY_SP
            it.gravity = Gravity.CENTER
            it.setLineSpacing(dp(LINE_DP).toFloat(), 1f)
        }
        body.setTextColor(colours.secondary)
        note.setTextColor(colours.error)
        note.id = R.id.walletlock_note
    }

    private fun below(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    class Answer(val text: Int, val isFirst: Boolean, val onChosen: () -> Unit)

    private companion object {
        const val ICON_DP = 80
        const val GAP_DP = 24
        const val LINE_DP = 3
        const val HEADING_SP = 24f
        const val BODY_SP = 16f
        const val DISABLED_ALPHA = 0.38f
    }
}

/** Makes screen readers say which step this is, when a new one begins. */
internal fun View.tellStep(title: Int): Unit = tellStep(resources.getString(title))

internal fun View.tellStep(words: String) {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return announceForAccessibility(words)
    if (accessibilityPaneTitle?.toString() != words) accessibilityPaneTitle = words
}
