package dev.walletlock.android

import android.content.Context
import android.view.View
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentsState

/**
 * The settings' rows for an emergency: stopping payments, all or of one kind, and everything. The switches of the kinds are shown when
 * the person asks for them, or if one is on.
 */
internal class EmergencyCard(
    context: Context,
    colours: Colours,
    private val onFreeze: (isOn: Boolean, channel: PaymentChannel?) -> Unit,
    onPanic: () -> Unit,
) : SettingsCard(context, colours) {
    private var shown: PaymentsState? = null
    private var isOpen = false
    private var offersPanic = false
    private val freeze = SwitchRow(context, colours) { onFreeze(shown?.freeze?.isAny != true, null) }
    private val kinds = PressRow(context, colours, isAction = true) { open() }
    private val channels = PaymentChannel.entries.associateWith { channel ->
        SwitchRow(context, colours) { onFreeze(channel !in shown?.frozenChannels.orEmpty(), channel) }
    }
    private val panic = PressRow(context, colours, isAction = true, onPanic)

    /** A row above the others, and one below them. Null: there is none. */
    var above: View? = null
    var below: View? = null

    init {
        freeze.id = R.id.walletlock_freeze
        panic.id = R.id.walletlock_panic_row
        kinds.show(resources.getString(R.string.walletlock_freeze_kinds), null)
        panic.show(resources.getString(R.string.walletlock_panic), resources.getString(R.string.walletlock_panic_row_body))
        channels.forEach { (channel, row) ->
            row.show(resources.getString(R.string.walletlock_freeze_kind, resources.words(channel)), null)
        }
    }

    /** [state]: null if it is not known yet. */
    fun show(state: PaymentsState?, isBusy: Boolean, offersPanic: Boolean) {
        shown = state
        this.offersPanic = offersPanic
        val isFrozen = state?.freeze?.isAny == true
        val words = when {
            state?.freeze?.inPanic == true -> R.string.walletlock_frozen_in_panic
            isFrozen -> R.string.walletlock_frozen
            else -> R.string.walletlock_not_frozen
        }
        freeze.show(resources.getString(R.string.walletlock_freeze), state?.let { resources.getString(words) })
        freeze.setOn(isFrozen)
        freeze.isEnabled = !isBusy && state != null
        channels.forEach { (channel, row) ->
            row.setOn(channel in state?.frozenChannels.orEmpty())
            row.isEnabled = !isBusy && state != null
        }
        arrange()
    }

    private fun open() {
        isOpen = true
        arrange()
    }

    private fun arrange() {
        val ofKinds = if (isOpen || shown?.frozenChannels?.isNotEmpty() == true) channels.values.toList() else listOf(kinds)
        showRows(listOfNotNull(above, freeze) + ofKinds + listOfNotNull(panic.takeIf { offersPanic }, below))
    }
}

/** After a panic: says when the PIN alone lets payments go on, and offers what does so at once. */
internal fun QuestionView.askUnfreezing(leftMs: Long, said: String?, state: SettingsState) {
    val factor = QuestionView.Answer(R.string.walletlock_unfreeze_factor, isFirst = true, state::unfreezeByFactor)
        .takeIf { state.secondFactor?.inForce != null }
    val provider = QuestionView.Answer(R.string.walletlock_unfreeze_provider, isFirst = factor == null, state::unfreezeByProvider)
        .takeIf { LockScreens.provider != null }
    val leave = QuestionView.Answer(R.string.walletlock_not_now, isFirst = factor == null && provider == null, state::leaveFrozen)
    val ways = when {
        factor != null && provider != null -> R.string.walletlock_unfreeze_both
        factor != null -> R.string.walletlock_unfreeze_or_factor
        provider != null -> R.string.walletlock_unfreeze_or_provider
        else -> null
    }
    ask(
        R.drawable.walletlock_clock,
        resources.getString(R.string.walletlock_panic_done),
        resources.sentences(
            resources.getString(R.string.walletlock_unfreeze_waits, resources.inWords(leftMs)),
            ways?.let(resources::getString),
        ),
        said,
        *listOfNotNull(factor, provider, leave).toTypedArray(),
    )
    tellStep(R.string.walletlock_panic_done)
}
