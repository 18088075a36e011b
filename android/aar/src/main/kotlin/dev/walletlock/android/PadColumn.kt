package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout

/** The pad, and below it the button that asks for a finger or face. */
internal class PadColumn(context: Context, pad: PinPadView, onAsk: () -> Unit) : LinearLayout(context) {
    private val ask = textButton(context, Colours(context), resources.getString(R.string.walletlock_biometric_ask))

    init {
        orientation = VERTICAL
        gravity = Gravity.CENTER_HORIZONTAL
        ask.id = R.id.walletlock_biometric
        ask.visibility = View.GONE
        ask.setOnClickListener { onAsk() }
        addView(pad, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))
        addView(ask, LayoutParams(LayoutParams.WRAP_CONTENT, LayoutParams.WRAP_CONTENT))
    }

    /** Once it was there its place is kept: the keys must not move under a finger. */
    fun showAsk(isOffered: Boolean) {
        if (isOffered) ask.visibility = View.VISIBLE else if (ask.visibility == View.VISIBLE) ask.visibility = View.INVISIBLE
    }
}
