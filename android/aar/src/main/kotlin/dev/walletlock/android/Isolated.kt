package dev.walletlock.android

import android.content.res.Resources
import android.view.View

/**
 * [text] as part of a sentence that may run from right to left. In such a sentence a number, an address or foreign text needs
 * isolation marks: it keeps its own direction, and does not reorder the words around it. In other languages [text] is
 * returned as it is.
 */
internal fun Resources.isolated(text: String): String =
    if (configuration.layoutDirection == View.LAYOUT_DIRECTION_RTL) FIRST_STRONG_ISOLATE + text + POP_ISOLATE else text

/** Like [isolated], for a number: it has no letter that shows a direction, so it is set from left to right. */
internal fun Resources.isolatedNumber(text: String): String =
    if (configuration.layoutDirection == View.LAYOUT_DIRECTION_RTL) LEFT_TO_RIGHT_ISOLATE + text + POP_ISOLATE else text

// Unicode's isolation marks (UAX 9, 2.4).
private const val LEFT_TO_RIGHT_ISOLATE = "\u2066"
private const val FIRST_STRONG_ISOLATE = "\u2068"
private const val POP_ISOLATE = "\u2069"
