package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import dev.walletlock.Advice
import dev.walletlock.HealthLine
import dev.walletlock.Loss

/** What each single loss would mean: a sentence and a button for each loss that leaves no way back; or that there is none. */
internal class HealthCard(context: Context, private val colours: Colours, private val onAdvice: (Advice) -> Unit) :
    SettingsCard(context, colours) {
    private var shown: List<HealthLine>? = null
    private var shownActions: Set<Advice> = emptySet()

    init {
        id = R.id.walletlock_health
    }

    /** [health]: null if it is not known yet. [canDo]: the advice that there is a button for. */
    fun show(health: List<HealthLine>?, canDo: Set<Advice>) {
        if (health == shown && canDo == shownActions) return
        shown = health
        shownActions = canDo
        removeAllViews()
        val losses = health.orEmpty().filter { it.advice != null }
        if (losses.isEmpty()) {
            add(sentence(resources.getString(R.string.walletlock_health_good)))
            return
        }
        // If nothing brings the person back in at all, four sentences say no more than one.
        val isAll = losses.size == Loss.entries.size
        for (line in if (isAll) losses.take(1) else losses) {
            add(sentence(if (isAll) resources.getString(R.string.walletlock_health_none) else resources.words(line.loss)))
            line.advice?.takeIf { it in canDo }?.let { add(button(it)) }
        }
    }

    private fun sentence(text: String) = SettingsRow(context, colours).apply { show("", text) }

    private fun button(advice: Advice) = PressRow(context, colours, isAction = true) { onAdvice(advice) }.apply {
        show(resources.getString(words(advice)), null)
    }
}

private fun Resources.words(loss: Loss): String = getString(
    when (loss) {
        Loss.PHONE -> R.string.walletlock_health_phone
        Loss.SIM -> R.string.walletlock_health_sim
        Loss.MAIL_ACCOUNT -> R.string.walletlock_health_mail
        Loss.PAPER -> R.string.walletlock_health_paper
    },
)

private fun words(advice: Advice): Int = when (advice) {
    Advice.MAKE_CODE -> R.string.walletlock_code_make
    Advice.SWITCH_ESCROW_ON -> R.string.walletlock_escrow_on
    Advice.ADD_CHANNEL -> R.string.walletlock_health_add_channel
    Advice.KEEP_SECOND_COPY -> R.string.walletlock_health_second_copy
}
