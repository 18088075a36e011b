package dev.walletlock.android

import android.content.Context
import android.content.res.Configuration
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.text.Layout
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import kotlin.math.roundToInt

/** The layout of [LockedView]: which lock it is and what can be done, one below the other or side by side. */
internal class LockedLayout(private val context: Context, private val colours: Colours) {
    val icon = ImageView(context)

    /** Who locked it. */
    val by = TextView(context)
    val heading = AnnouncedText(context)
    val clock = countdown(context, colours, CLOCK_SP)
    val body = AnnouncedText(context)

    /** What became of the last tap. */
    val note = AnnouncedText(context)
    val toDo = TextView(context)
    val remedies = LinearLayout(context)
    val whole: View

    init {
        dressKind()
        dressWays()
        whole = if (isWide()) besideEachOther() else oneColumn()
    }

    private fun dressKind() {
        icon.setColorFilter(colours.brand)
        icon.background = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(colours.surface)
        }
        val inset = iconSize() / ICON_INSET
        icon.setPadding(inset, inset, inset, inset)
        icon.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        by.id = R.id.walletlock_by
        by.textSize = SMALL_SP
        by.setTextColor(colours.secondary)
        by.gravity = Gravity.CENTER
        heading.id = R.id.walletlock_title
        heading.textSize = 24f
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        clock.id = R.id.walletlock_clock
        body.id = R.id.walletlock_body
        note.id = R.id.walletlock_note
        listOf(body, note).forEach {
            it.textSize = 16f
            it.gravity = Gravity.CENTER
            it.breakStrategy = Layout.BREAK_STRATEGY_BALANCED
            it.setLineSpacing(context.dp(3).toFloat(), 1f)
        }
        body.setTextColor(colours.secondary)
        note.setTextColor(colours.text)
    }

    private fun dressWays() {
        toDo.textSize = 16f
        toDo.setTextColor(colours.text)
        toDo.typeface = context.medium()
        toDo.gravity = Gravity.CENTER
        remedies.orientation = LinearLayout.VERTICAL
    }

    /** Shows what is said about the lock. [by]: who locked it. [waitMs]: the time that the large clock shows. */
    fun show(notice: Notice, by: String?, waitMs: Long?) {
        icon.setImageResource(notice.icon)
        this.by.showOrHide(by)
        val above = if (by != null) 4 else if (isWide()) 16 else 24
        (heading.layoutParams as LinearLayout.LayoutParams).topMargin = context.dp(above)
        heading.say(notice.heading, spoken = notice.headingWithoutClock)
        clock.showTime(waitMs)
        body.say(notice.body, spoken = notice.bodyWithoutClock)
    }

    /** The same some time later. */
    fun tick(notice: Notice, waitMs: Long?) {
        heading.update(notice.heading, spoken = notice.headingWithoutClock)
        clock.showTime(waitMs)
        body.update(notice.body, spoken = notice.bodyWithoutClock)
    }

    /** Says what became of the last tap. Null: nothing. */
    fun tell(text: String?) {
        note.visibility = if (text == null) View.GONE else View.VISIBLE
        note.say(text.orEmpty(), isUrgent = true)
    }

    private fun TextView.showOrHide(words: String?) {
        visibility = if (words == null) View.GONE else View.VISIBLE
        text = words
    }

    /** The heading above what can be done. Null: there is none. */
    fun showToDo(text: Int?) {
        toDo.showOrHide(text?.let(context::getString))
        (remedies.layoutParams as LinearLayout.LayoutParams).topMargin = context.dp(if (text == null) 28 else 16)
    }

    /** The icon grows with the font size, but at most by half, because it is large already. */
    private fun iconSize(): Int {
        val growth = context.resources.configuration.fontScale.coerceIn(1f, MOST_GROWTH)
        return (context.dp(if (isWide()) SMALL_ICON_DP else ICON_DP) * growth).roundToInt()
    }

    private fun isWide() = context.resources.configuration.run {
        orientation == Configuration.ORIENTATION_LANDSCAPE && screenWidthDp >= WIDE_DP
    }

    private fun oneColumn(): View = column().apply {
        addKind(this)
        addWays(this, above = 32)
    }

    private fun besideEachOther(): View {
        val row = LinearLayout(context)
        row.gravity = Gravity.CENTER_VERTICAL
        val kind = column().also(::addKind)
        val ways = column().also { addWays(it, above = 0) }
        row.addView(kind, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        row.addView(ways, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        return row
    }

    private fun column() = Column(context).apply { gravity = Gravity.CENTER }

    private fun addKind(column: LinearLayout) {
        column.addView(icon, LinearLayout.LayoutParams(iconSize(), iconSize()))
        column.addView(by, wide(above = if (isWide()) 12 else 20))
        column.addView(heading, wide(above = 0))
        column.addView(clock, wide(above = if (isWide()) 4 else 12))
        column.addView(body, wide(above = if (isWide()) 8 else 16))
        column.addView(note, wide(above = if (isWide()) 8 else 16))
    }

    private fun addWays(column: LinearLayout, above: Int) {
        column.addView(toDo, wide(above))
        column.addView(remedies, wide(above = 16))
    }

    private fun wide(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.dp(above) }

    private companion object {
        const val WIDE_DP = 480
        const val ICON_DP = 80
        const val SMALL_ICON_DP = 56
        const val CLOCK_SP = 48f
        const val SMALL_SP = 14f

        /** The padding on each side is the icon's size divided by this. */
        const val ICON_INSET = 4
        const val MOST_GROWTH = 1.5f
    }
}
