package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView

/** A page of the settings: a title, a note, an explanation, and rows below it. */
internal class SettingsPage(context: Context, private val colours: Colours, title: Int) : ScrollingPage(context) {
    private val note = AnnouncedText(context)
    private val body = TextView(context)
    private val foot = TextView(context)
    private val column = Column(context)
    private var said: String? = null

    init {
        setBackgroundColor(colours.background)
        keepToPeople()
        val heading = TextView(context)
        heading.id = R.id.walletlock_title
        heading.setText(title)
        heading.textSize = TITLE_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        note.id = R.id.walletlock_note
        note.textSize = BODY_SP
        note.setTextColor(colours.error)
        listOf(body, foot).forEach(::dress)
        foot.setPaddingRelative(dp(INSET_DP), dp(GAP_DP), dp(INSET_DP), 0)
        listOf(heading, note, body).forEach {
            it.setPaddingRelative(dp(INSET_DP), 0, dp(INSET_DP), 0)
            column.addView(it, below())
        }
        note.visibility = View.GONE
        fill(column)
    }

    /** Adds rows in a card, under a heading. Returns the views, to hide them. */
    fun section(heading: Int, card: View): List<View> = listOf(sectionHeading(context, colours, heading), card).onEach(column::addView)

    /** Adds a view below what is there. */
    fun add(view: View): Unit = column.addView(view, below())

    /** Puts the [text] that explains more below what is there. */
    fun showFoot(text: String) {
        foot.text = text
        if (foot.parent == null) add(foot)
    }

    /** Adds a text that explains, below what is there. */
    fun explain(text: TextView) {
        dress(text)
        text.setPaddingRelative(dp(INSET_DP), 0, dp(INSET_DP), 0)
        add(text)
    }

    private fun dress(text: TextView) {
        text.textSize = BODY_SP
        text.setTextColor(colours.secondary)
        text.setLineSpacing(dp(2).toFloat(), 1f)
    }

    /** Leaves some room below what is there. */
    fun gap(): Unit = column.addView(View(context), LinearLayout.LayoutParams(MATCH_PARENT, dp(GAP_DP)))

    /** Shows what was said, and the explanation. [isGood]: it says that something was done. */
    fun show(said: String?, explanation: String, isGood: Boolean = false) {
        this.said = said
        note.setTextColor(if (isGood) colours.text else colours.error)
        tell(said)
        body.text = explanation
        body.visibility = if (explanation.isEmpty()) View.GONE else View.VISIBLE
    }

    private fun tell(text: String?) {
        note.visibility = if (text == null) View.GONE else View.VISIBLE
        note.say(text.orEmpty(), isUrgent = true)
    }

    /** Refuses a touch that came through another window, and tells the person why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        tell(if (event.isCovered()) resources.getString(R.string.walletlock_covered) else said)
        if (event.isCovered()) fullScroll(FOCUS_UP)
        return !event.isCovered()
    }

    private fun below() = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) }

    private companion object {
        const val TITLE_SP = 28f
        const val BODY_SP = 14f
        const val INSET_DP = 20
        const val GAP_DP = 8
    }
}
