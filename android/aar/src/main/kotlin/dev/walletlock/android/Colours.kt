package dev.walletlock.android

import android.content.Context
import android.graphics.Color
import android.os.Build
import kotlin.math.max
import kotlin.math.min
import kotlin.math.roundToInt

/** The colours of the theme that a view is shown in, made legible where the theme's are not. */
internal class Colours(context: Context) {
    val background: Int = context.themed(android.R.attr.colorBackground, R.color.walletlock_background).opaque()
    val text: Int = legible(
        context.themed(android.R.attr.textColorPrimary, R.color.walletlock_text),
        otherwise = readableOn(background),
    )
    val secondary: Int = legible(
        context.themed(android.R.attr.textColorSecondary, R.color.walletlock_text_secondary),
        otherwise = text,
    )
    private val own = over(context.themed(android.R.attr.colorAccent, R.color.walletlock_accent), background)

    /** The app's colour, for whatever is filled or large. */
    val brand: Int = if (contrast(own, background) >= LEAST_CONTRAST_OF_SHAPES) own else text
    val onBrand: Int = readableOn(brand)

    /** The same for letters. */
    val accent: Int = legible(own, otherwise = text)
    val error: Int = legible(
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            context.themed(android.R.attr.colorError, R.color.walletlock_error)
        } else {
            context.getColor(R.color.walletlock_error)
        },
        otherwise = text,
    )

    /** What a key or a card lies on: a little of the text's colour in the background's. */
    val surface: Int = mixed(text, background, SURFACE_PERCENT)

    /** Around what is not to be pressed. */
    val line: Int = mixed(text, background, LINE_PERCENT)

    /** A key while it is touched. */
    val pressed: Int = Color.argb(PRESSED_ALPHA, Color.red(text), Color.green(text), Color.blue(text))

    /** A theme's text may be half transparent: what counts is what is seen. Letters lie on the surface too. */
    private fun legible(colour: Int, otherwise: Int): Int {
        val seen = over(colour, background)
        val ground = mixed(readableOn(background), background, SURFACE_PERCENT)
        return if (min(contrast(seen, background), contrast(seen, ground)) >= LEAST_CONTRAST) seen else otherwise
    }
}

/** How well one colour is seen on the other, from 1 to 21 (WCAG 2). */
internal fun contrast(one: Int, other: Int): Float {
    val lights = listOf(Color.luminance(one), Color.luminance(other))
    return (max(lights[0], lights[1]) + FLARE) / (min(lights[0], lights[1]) + FLARE)
}

/** Black or white: one of the two always has a contrast of 4.5 at least. */
private fun readableOn(background: Int): Int =
    if (contrast(Color.WHITE, background) >= contrast(Color.BLACK, background)) Color.WHITE else Color.BLACK

private fun Context.themed(attribute: Int, otherwise: Int): Int {
    val found = obtainStyledAttributes(intArrayOf(attribute))
    try {
        return found.getColorStateList(0)?.defaultColor ?: getColor(otherwise)
    } finally {
        found.recycle()
    }
}

private fun Int.opaque(): Int = Color.rgb(Color.red(this), Color.green(this), Color.blue(this))

private fun over(colour: Int, background: Int): Int =
    mixed(colour.opaque(), background, (Color.alpha(colour) * ALL_PERCENT / OPAQUE.toFloat()).roundToInt())

private fun mixed(colour: Int, background: Int, percent: Int): Int {
    fun mix(part: (Int) -> Int) = (part(colour) * percent + part(background) * (ALL_PERCENT - percent)) / ALL_PERCENT
    return Color.rgb(mix(Color::red), mix(Color::green), mix(Color::blue))
}

/** What WCAG 2 asks of text (level AA). */
internal const val LEAST_CONTRAST = 4.5f

/** And of what is no text. */
private const val LEAST_CONTRAST_OF_SHAPES = 3f
private const val FLARE = 0.05f
private const val SURFACE_PERCENT = 7
private const val LINE_PERCENT = 18
private const val PRESSED_ALPHA = 0x24
private const val ALL_PERCENT = 100
private const val OPAQUE = 255
