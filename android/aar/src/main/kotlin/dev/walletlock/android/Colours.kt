package dev.walletlock.android

import android.content.Context
import android.graphics.Color
import android.os.Build
import kotlin.math.max
import kotlin.math.min
import kotlin.math.roundToInt

/** The colours of the view's theme. A colour with too little contrast is replaced by a legible one. */
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

    /** The app's accent colour, for filled and large shapes. */
    val brand: Int = if (contrast(own, background) >= LEAST_CONTRAST_OF_SHAPES) own else text
    val onBrand: Int = readableOn(brand)

    /** The app's accent colour, for letters. */
    val accent: Int = legible(own, otherwise = text)
    val error: Int = legible(
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            context.themed(android.R.attr.colorError, R.color.walletlock_error)
        } else {
            context.getColor(R.color.walletlock_error)
        },
        otherwise = text,
    )

    /** The fill of a key: [brand] mixed into the background, with the least share that is still seen. */
    val key: Int = (KEY_PERCENT..ALL_PERCENT).asSequence().map { mixed(brand, background, it) }
        .firstOrNull { contrast(it, background) >= LEAST_CONTRAST_OF_KEYS } ?: brand

    /** The text on a key. It is read in a hurry and in sunlight, so it needs a high contrast. */
    val onKey: Int = if (contrast(text, key) >= LEAST_CONTRAST_ON_KEYS) text else readableOn(key)

    /** Behind an icon: the background with a little of the text colour in it. */
    val surface: Int = mixed(text, background, SURFACE_PERCENT)

    /** The frame around a card, and the line between rows. */
    val line: Int = mixed(text, background, LINE_PERCENT)

    /** The ripple over a key that is touched. */
    val pressed: Int = Color.argb(PRESSED_ALPHA, Color.red(text), Color.green(text), Color.blue(text))

    /** A theme's text may be half transparent, so the blended colour is measured. Text also stands on [surface]. */
    private fun legible(colour: Int, otherwise: Int): Int {
        val seen = over(colour, background)
        val ground = mixed(readableOn(background), background, SURFACE_PERCENT)
        return if (min(contrast(seen, background), contrast(seen, ground)) >= LEAST_CONTRAST) seen else otherwise
    }
}

/** The contrast ratio of two colours, from 1 to 21 (WCAG 2). */
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

/** The contrast that WCAG 2 asks of text (level AA). */
internal const val LEAST_CONTRAST = 4.5f

/** The contrast that WCAG 2 asks of shapes (level AA). */
private const val LEAST_CONTRAST_OF_SHAPES = 3f

/** Our own choice: with less, a key cannot be told from the background in bad light. */
internal const val LEAST_CONTRAST_OF_KEYS = 1.5f

/** The contrast that WCAG 2 asks of text at its strictest level (AAA). */
internal const val LEAST_CONTRAST_ON_KEYS = 7f
private const val FLARE = 0.05f
private const val SURFACE_PERCENT = 7
private const val KEY_PERCENT = 10
private const val LINE_PERCENT = 18
private const val PRESSED_ALPHA = 0x24
private const val ALL_PERCENT = 100
private const val OPAQUE = 255
