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
import kotlin.math.min
import kotlin.math.roundToInt

/** The layout of [LockedView]: which lock it is and what can be done, one below the other or side by side. */
internal class LockedLayout(private val context: Context, private val colours: Colours) {
    /** The message for whoever finds the phone. */
    val finder = LinearLayout(context)
    val icon = ImageView(context)
    val heading = AnnouncedText(context)
    val clock = TextView(context)
    val body = AnnouncedText(context)
    val toDo = TextView(context)
    val remedies = LinearLayout(context)
    val whole: View

    init {
        dressKind()
        dressWays()
        whole = if (isWide()) besideEachOther() else oneColumn()
    }

    private fun dressKind() {
        finder.orientation = LinearLayout.VERTICAL
        finder.visibility = View.GONE
        icon.setColorFilter(colours.brand)
        icon.background = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(colours.surface)
        }
        val inset = iconSize() / ICON_INSET
        icon.setPadding(inset, inset, inset, inset)
        icon.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        heading.id = R.id.walletlock_title
        heading.textSize = 24f
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        clock.id = R.id.walletlock_clock
        clock.textSize = 48f
        clock.setTextColor(colours.accent)
        clock.gravity = Gravity.CENTER
        // Digits of equal width, so that only the digit that changes moves.
        clock.fontFeatureSettings = "tnum"
        clock.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        // A clock is read from left to right in every language.
        clock.textDirection = View.TEXT_DIRECTION_LTR
        body.id = R.id.walletlock_body
        body.textSize = 16f
        body.setTextColor(colours.secondary)
        body.gravity = Gravity.CENTER
        body.breakStrategy = Layout.BREAK_STRATEGY_BALANCED
        body.setLineSpacing(context.dp(3).toFloat(), 1f)
    }

    private fun dressWays() {
        toDo.textSize = 16f
        toDo.setTextColor(colours.text)
        toDo.typeface = context.medium()
        toDo.gravity = Gravity.CENTER
        remedies.orientation = LinearLayout.VERTICAL
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

    private fun column() = Column(context).apply {
        orientation = LinearLayout.VERTICAL
        gravity = Gravity.CENTER
        val edge = dp(24)
        setPadding(edge, edge, edge, edge)
    }

    private fun addKind(column: LinearLayout) {
        column.addView(finder, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = context.dp(24) })
        column.addView(icon, LinearLayout.LayoutParams(iconSize(), iconSize()))
        column.addView(heading, wide(above = if (isWide()) 16 else 24))
        column.addView(clock, wide(above = if (isWide()) 4 else 12))
        column.addView(body, wide(above = if (isWide()) 8 else 16))
    }

    private fun addWays(column: LinearLayout, above: Int) {
        column.addView(toDo, wide(above))
        column.addView(remedies, wide(above = 16))
    }

    private fun wide(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = context.dp(above) }

    /** A column whose lines are not too long to read. */
    private class Column(context: Context) : LinearLayout(context) {
        override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
            val width = min(MeasureSpec.getSize(widthMeasureSpec), dp(COLUMN_DP))
            super.onMeasure(MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY), heightMeasureSpec)
        }
    }

    private companion object {
        const val WIDE_DP = 480
        const val COLUMN_DP = 448
        const val ICON_DP = 80
        const val SMALL_ICON_DP = 56

        /** The padding on each side is the icon's size divided by this. */
        const val ICON_INSET = 4
        const val MOST_GROWTH = 1.5f
    }
}
