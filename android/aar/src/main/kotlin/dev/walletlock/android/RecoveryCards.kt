package dev.walletlock.android

import android.content.Context
import dev.walletlock.RecoveryStatus

/** The settings' rows about the recovery code: making one, and withdrawing it or cancelling a change that waits. */
internal class CodeCard(context: Context, colours: Colours, onMake: () -> Unit, onWithdraw: () -> Unit, onCancel: () -> Unit) :
    SettingsCard(context, colours) {
    private val code = PressRow(context, colours, isAction = false, onMake)
    private val withdraw = PressRow(context, colours, isAction = true, onWithdraw)
    private val cancel = PressRow(context, colours, isAction = true, onCancel)

    init {
        code.id = R.id.walletlock_code_row
        cancel.show(resources.getString(R.string.walletlock_code_cancel), null)
        withdraw.show(
            resources.getString(R.string.walletlock_code_withdraw),
            resources.getString(R.string.walletlock_code_withdraw_body),
        )
        add(code)
    }

    /** [status]: null if it is not known yet. */
    fun show(status: RecoveryStatus?) {
        val hasCode = status?.hasCode == true
        val heading = if (hasCode) R.string.walletlock_code_replace else R.string.walletlock_code_make
        code.show(resources.getString(heading), status?.let { resources.words(it) })
        showBelow(code, if (status?.pending != null) cancel else withdraw.takeIf { hasCode })
    }
}

/** The settings' rows about escrow: a switch that [onSwitch] asks about, and cancelling a change that waits. */
internal class EscrowCard(context: Context, colours: Colours, onSwitch: (isOn: Boolean) -> Unit, onCancel: () -> Unit) :
    SettingsCard(context, colours) {
    private var isOn = false
    private val switch = SwitchRow(context, colours) { onSwitch(!isOn) }
    private val cancel = PressRow(context, colours, isAction = true, onCancel)

    init {
        switch.id = R.id.walletlock_escrow_row
        cancel.show(resources.getString(R.string.walletlock_code_cancel), null)
        add(switch)
    }

    /** [status]: null if it is not known yet. */
    fun show(status: RecoveryStatus?, isBusy: Boolean) {
        isOn = status?.hasEscrow == true
        val waits = status?.pendingEscrow != null
        switch.show(resources.getString(R.string.walletlock_escrow), status?.let { resources.escrowWords(it) })
        switch.setOn(isOn)
        switch.isEnabled = !isBusy && !waits && status?.hasEscrow != null
        // What waits can only be cancelled, so the switch is disabled; its text has to stay easy to read.
        if (waits) switch.alpha = 1f
        showBelow(switch, cancel.takeIf { waits })
    }
}

/** Asks whether to switch escrow on or off. [said]: what is said below the question. */
internal fun QuestionView.askEscrow(isOn: Boolean, said: String?, onAnswer: (doIt: Boolean) -> Unit) {
    val title = if (isOn) R.string.walletlock_escrow_on_question else R.string.walletlock_escrow_off_question
    val body = if (isOn) R.string.walletlock_escrow_on_body else R.string.walletlock_escrow_off_body
    val doIt = if (isOn) R.string.walletlock_escrow_on else R.string.walletlock_escrow_off
    val leave = if (isOn) R.string.walletlock_not_now else R.string.walletlock_escrow_off_not
    ask(
        R.drawable.walletlock_padlock,
        title,
        body,
        said,
        QuestionView.Answer(doIt, isFirst = true) { onAnswer(true) },
        QuestionView.Answer(leave, isFirst = false) { onAnswer(false) },
    )
    tellStep(title)
}
