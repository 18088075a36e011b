package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.CompoundButton
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.Switch
import android.widget.TextView

/** The heading above a group of rows. */
internal fun sectionHeading(context: Context, colours: Colours, text: Int) = TextView(context).apply {
    setText(text)
    textSize = SMALL_SP
    typeface = context.medium()
    setTextColor(colours.accent)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply {
        topMargin = dp(SECTION_DP)
        bottomMargin = dp(INNER_DP)
        // In line with the words of the rows.
        marginStart = dp(INSET_DP)
        marginEnd = dp(INSET_DP)
    }
}

/** Rows that belong together, in one card, with a line between them. */
internal open class SettingsCard(context: Context, private val colours: Colours) : LinearLayout(context) {
    init {
        orientation = VERTICAL
        background = context.roundedCard(colours.surface)
        clipToOutline = true
        layoutParams = LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    }

    fun add(row: View) {
        if (childCount > 0) addView(line())
        addView(row, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    /** Shows only [first], and [below] under it if it is not null. */
    protected fun showBelow(first: View, below: View?): Unit = showRows(listOfNotNull(first, below))

    /** Shows only these rows. Rows that are shown already keep the focus. */
    fun showRows(rows: List<View>) {
        // Between two rows there is a line.
        if ((0 until childCount step 2).map(::getChildAt) == rows) return
        removeAllViews()
        rows.forEach(::add)
    }

    private fun line() = View(context).apply {
        setBackgroundColor(colours.line)
        layoutParams = LayoutParams(MATCH_PARENT, dp(1)).apply {
            marginStart = dp(INSET_DP)
            marginEnd = dp(INSET_DP)
        }
    }
}

/** A row in a card: a title, and a text that explains it. */
internal open class SettingsRow(context: Context, colours: Colours) : LinearLayout(context) {
    protected val title = TextView(context)
    private val body = TextView(context)
    protected val words = LinearLayout(context)

    /** What a screen reader reads after title and text. */
    protected var more: CharSequence? = null

    init {
        gravity = Gravity.CENTER_VERTICAL
        isBaselineAligned = false
        minimumHeight = dp(ROW_DP)
        setPaddingRelative(dp(INSET_DP), dp(INNER_DP), dp(INSET_DP), dp(INNER_DP))
        title.textSize = TITLE_SP
        title.setTextColor(colours.text)
        body.textSize = SMALL_SP
        body.setTextColor(colours.secondary)
        body.setLineSpacing(dp(2).toFloat(), 1f)
        words.orientation = VERTICAL
        words.addView(title)
        words.addView(body, LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { topMargin = dp(2) })
        addView(words, LayoutParams(0, WRAP_CONTENT, 1f))
    }

    fun show(heading: CharSequence, text: CharSequence?) {
        title.text = heading
        body.text = text
        title.visibility = if (heading.isEmpty()) View.GONE else View.VISIBLE
        body.visibility = if (text.isNullOrEmpty()) View.GONE else View.VISIBLE
    }

    /** Makes the row clickable. Screen readers then read title and text as one item. */
    protected fun makePressable(colours: Colours, onPress: () -> Unit) {
        isClickable = true
        isFocusable = true
        background = RippleDrawable(ColorStateList.valueOf(colours.pressed), null, context.roundedCard(colours.text))
        setOnClickListener { onPress() }
    }

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        if (isClickable) info.contentDescription = listOf(title, body).filter { it.visibility == VISIBLE }.map { it.text }.plus(listOfNotNull(more)).joinToString()
    }
}

/** A row that can be pressed. It opens another screen and has an arrow, or does something at once ([isAction]). */
internal class PressRow(context: Context, colours: Colours, isAction: Boolean, onPress: () -> Unit) :
    SettingsRow(context, colours) {
    init {
        makePressable(colours, onPress)
        if (isAction) {
            title.setTextColor(colours.accent)
            title.typeface = context.medium()
        } else {
            val arrow = TextView(context)
            arrow.text = "\u203a"
            arrow.textSize = ARROW_SP
            arrow.setTextColor(colours.secondary)
            arrow.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
            arrow.setPaddingRelative(dp(INNER_DP), 0, 0, 0)
            addView(arrow)
        }
    }

    override fun getAccessibilityClassName(): CharSequence = Button::class.java.name
}

/** A row with a button that has two states. It shows the state that is in force; a press alone does not change it. */
internal abstract class CheckedRow(context: Context, colours: Colours, private val button: CompoundButton, onPress: () -> Unit) :
    SettingsRow(context, colours) {
    init {
        makePressable(colours, onPress)
        button.isClickable = false
        button.isFocusable = false
        button.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        button.setPaddingRelative(dp(INNER_DP), 0, 0, 0)
        addView(button)
    }

    fun setOn(isOn: Boolean) {
        button.isChecked = isOn
    }

    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        button.isEnabled = enabled
        alpha = if (enabled) 1f else DISABLED_ALPHA
    }

    override fun getAccessibilityClassName(): CharSequence = button.accessibilityClassName

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.isCheckable = true
        info.isChecked = button.isChecked
    }
}

/** A row with a switch. */
internal class SwitchRow(context: Context, colours: Colours, onPress: () -> Unit) :
    CheckedRow(context, colours, switchOf(context, colours), onPress)

/** A row that is one choice of several. */
internal class ChoiceRow(context: Context, colours: Colours, onPress: () -> Unit) :
    CheckedRow(context, colours, radioOf(context, colours), onPress)

private fun switchOf(context: Context, colours: Colours) = Switch(context).apply {
    thumbTintList = ColorStateList(CHECKED, intArrayOf(colours.brand, colours.background))
    trackTintList = ColorStateList(CHECKED, intArrayOf(colours.brand, colours.secondary))
}

private fun radioOf(context: Context, colours: Colours) =
    RadioButton(context).apply { buttonTintList = ColorStateList(CHECKED, intArrayOf(colours.brand, colours.secondary)) }

private val CHECKED get() = arrayOf(intArrayOf(android.R.attr.state_checked), intArrayOf())

private fun Context.roundedCard(colour: Int) = GradientDrawable().apply {
    setColor(colour)
    cornerRadius = dp(RADIUS_DP).toFloat()
}

private const val TITLE_SP = 16f
private const val SMALL_SP = 14f
private const val ARROW_SP = 24f
private const val ROW_DP = 60
private const val INSET_DP = 20
private const val INNER_DP = 12
private const val SECTION_DP = 24
private const val RADIUS_DP = 20
private const val DISABLED_ALPHA = 0.38f
