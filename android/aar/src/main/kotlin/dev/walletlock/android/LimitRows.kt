package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import dev.walletlock.LimitState

/** Limits, each with what is left of it. [onPress]: the person wants to change one. Null: these cannot be changed. */
internal class LimitsCard(context: Context, private val colours: Colours, private val onPress: ((LimitState) -> Unit)?) :
    SettingsCard(context, colours) {
    fun show(limits: List<LimitState>) {
        removeAllViews()
        limits.forEach { add(LimitRow(context, colours, it, onPress)) }
    }
}

private class LimitRow(context: Context, colours: Colours, state: LimitState, private val onPress: ((LimitState) -> Unit)?) :
    SettingsRow(context, colours) {
    init {
        show(resources.words(state.limit), resources.raiseWords(state))
        if (!state.limit.isOfOnePayment) {
            val bar = BarView(context, colours)
            bar.show(state.left, state.limit.max, resources.leftWords(state))
            words.addView(bar, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
            if (onPress != null) bar.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
            more = resources.leftWords(state)
        }
        onPress?.let { makePressable(colours) { it(state) } }
    }

    override fun getAccessibilityClassName(): CharSequence =
        if (onPress == null) super.getAccessibilityClassName() else Button::class.java.name

    private companion object {
        const val GAP_DP = 8
    }
}

/** What is left, and when more is. */
internal fun Resources.leftWords(state: LimitState): String = sentences(
    getString(R.string.walletlock_limit_left, measured(state.limit, state.left)),
    state.reopensInMs?.takeIf { state.left < state.limit.max }?.let { getString(R.string.walletlock_limit_reopens, inWords(it)) },
)

/** What the limit becomes later. Null: nothing waits. */
internal fun Resources.raiseWords(state: LimitState): String? = state.raise?.let { raise ->
    val to = raise.to
    if (to == null) {
        getString(R.string.walletlock_limit_goes, inWords(raise.leftMs))
    } else {
        getString(R.string.walletlock_limit_becomes, measured(state.limit, to), inWords(raise.leftMs))
    }
}
