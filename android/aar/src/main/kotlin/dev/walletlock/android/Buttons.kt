package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Color
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout

/** A button as wide as the column, and as high as its text needs. */
internal fun wideButton(context: Context, colours: Colours, text: String, isPrimary: Boolean): Button {
    val button = plainButton(context, text)
    button.minHeight = context.dp(HEIGHT_DP)
    button.setTextColor(if (isPrimary) colours.onBrand else colours.onKey)
    val shape = context.rounded(if (isPrimary) colours.brand else colours.key, HEIGHT_DP / 2)
    button.background = RippleDrawable(ColorStateList.valueOf(colours.pressed), shape, null)
    button.setPadding(context.dp(INSET_DP), context.dp(GAP_DP), context.dp(INSET_DP), context.dp(GAP_DP))
    button.layoutParams = below(context)
    return button
}

/** A button without a background, for the edge of a [card]. */
internal fun textButton(context: Context, colours: Colours, text: String): Button {
    val button = plainButton(context, text)
    button.minHeight = context.dp(LEAST_DP)
    button.minimumWidth = context.dp(LEAST_DP)
    button.minWidth = context.dp(LEAST_DP)
    button.setTextColor(colours.accent)
    button.setProminent(colours, isProminent = false)
    button.setPadding(context.dp(INNER_GAP_DP), 0, context.dp(INNER_GAP_DP), 0)
    button.layoutParams = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
    return button
}

/** Fills the button, or makes it plain again. Only colours change, so nothing moves. */
internal fun Button.setProminent(colours: Colours, isProminent: Boolean) {
    setTextColor(if (isProminent) colours.onKey else colours.accent)
    val shape = if (isProminent) context.rounded(colours.key, LEAST_DP / 2) else null
    background = RippleDrawable(ColorStateList.valueOf(colours.pressed), shape, context.rounded(colours.text, LEAST_DP / 2))
}

/**
 * Words, and perhaps a button, in a frame. The card has no fill, because a fill means that something can be pressed. With large
 * letters the button is below the words: beside it there would be room for half a word.
 */
internal fun card(context: Context, colours: Colours, words: View, button: Button? = null): LinearLayout {
    val card = LinearLayout(context)
    card.gravity = Gravity.CENTER_VERTICAL
    card.background = context.rounded(Color.TRANSPARENT, HEIGHT_DP / 2).apply { setStroke(context.dp(1), colours.line) }
    card.minimumHeight = context.dp(HEIGHT_DP)
    val end = if (button == null) INSET_DP else GAP_DP
    card.setPaddingRelative(context.dp(INSET_DP), context.dp(INNER_DP), context.dp(end), context.dp(INNER_DP))
    card.layoutParams = below(context)
    card.addView(words)
    button?.let(card::addView)
    if (button != null && context.resources.configuration.fontScale >= LARGE_LETTERS) {
        card.orientation = LinearLayout.VERTICAL
        words.layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
        (button.layoutParams as LinearLayout.LayoutParams).gravity = Gravity.END
    }
    return card
}

private fun plainButton(context: Context, text: String) = Button(context).apply {
    this.text = text
    isAllCaps = false
    textSize = TEXT_SP
    typeface = context.medium()
    gravity = Gravity.CENTER
    // No shadow: the screens are flat.
    stateListAnimator = null
    textAlignment = View.TEXT_ALIGNMENT_GRAVITY
}

private fun below(context: Context) =
    LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = context.dp(GAP_DP) }

private fun Context.rounded(colour: Int, radiusDp: Int) = GradientDrawable().apply {
    setColor(colour)
    cornerRadius = dp(radiusDp).toFloat()
}

private const val TEXT_SP = 16f
private const val HEIGHT_DP = 56
private const val LEAST_DP = 48
private const val INSET_DP = 24
private const val GAP_DP = 12
private const val INNER_GAP_DP = 16
private const val INNER_DP = 10
private const val LARGE_LETTERS = 1.5f
