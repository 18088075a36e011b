package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.Advice
import dev.walletlock.SensorAvailability

/** What the app shows for a row of the settings that leads to another screen. Null: the app has no such screen. */
internal class SettingsLeads {
    var onChangePin: Runnable? = null
    var onWipePin: Runnable? = null
    var onRecoveryCode: Runnable? = null
    var onChannels: Runnable? = null
    var onSecondFactor: Runnable? = null
    var onRecoverySheet: Runnable? = null
    var onChecklist: Runnable? = null
    var onLocked: Runnable? = null
    var onPanic: Runnable? = null
    var onLimits: Runnable? = null
    var onCards: Runnable? = null
    var onHistory: Runnable? = null
    var onSwitchedOff: Runnable? = null
}

/** The rows of a [SecuritySettingsView], under a title and a note. [state]: what they change. Null: it is not known yet. */
internal class SettingsContent(
    context: Context,
    private val colours: Colours,
    private val leads: SettingsLeads,
    private val state: () -> SettingsState?,
) : Column(context) {
    private val note = AnnouncedText(context)
    private val finger = SwitchRow(context, colours) { state()?.let { it.switchFinger(it.isFingerOn != true) } }
    private val emergency = EmergencyCard(
        context,
        colours,
        onFreeze = { isOn, channel -> state()?.switchFreeze(isOn, channel) },
        onPanic = { leads.onPanic?.run() },
    )
    private val code = CodeCard(context, colours, { leads.onRecoveryCode?.run() }, { state()?.withdrawCode() }, { state()?.cancelCode() })
    private val escrowHeading = sectionHeading(context, colours, R.string.walletlock_settings_provider)
    private val escrow = EscrowCard(context, colours, { state()?.askEscrow(it) }, { state()?.cancelEscrow() })
    private val factor = PressRow(context, colours, isAction = false) { leads.onSecondFactor?.run() }
    private val health = HealthCard(context, colours, ::follow)
    private val channels = PressRow(context, colours, isAction = false) { leads.onChannels?.run() }
    private val sheet = PressRow(context, colours, isAction = false) { leads.onRecoverySheet?.run() }
    private val tidy = PressRow(context, colours, isAction = false) { leads.onChecklist?.run() }
    private val waysBack = SettingsCard(context, colours)
    private val limitsHeading = sectionHeading(context, colours, R.string.walletlock_settings_payments)
    private val limitsCard = SettingsCard(context, colours)
    private val limits = PressRow(context, colours, isAction = false) { leads.onLimits?.run() }
    private val cards = PressRow(context, colours, isAction = false) { leads.onCards?.run() }
    private val history = PressRow(context, colours, isAction = false) { leads.onHistory?.run() }
    private val switchedOff = PressRow(context, colours, isAction = false) { leads.onSwitchedOff?.run() }
    private val times = SettingsRow(context, colours)
    private val level = SettingsRow(context, colours)
    private val rollback = SettingsRow(context, colours)
    private val journal = JournalCard(context, colours) { state()?.showMore() }

    init {
        addTitle()
        addSection(R.string.walletlock_settings_open, listOf(pressed(R.string.walletlock_change_pin) { leads.onChangePin }, finger, factor))
        addView(sectionHeading(context, colours, R.string.walletlock_recovery_code))
        addView(code)
        addView(escrowHeading)
        addView(escrow)
        addView(sectionHeading(context, colours, R.string.walletlock_health))
        addView(health)
        addView(waysBack, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
        emergency.above = lockNow()
        emergency.below = wipePin()
        addView(sectionHeading(context, colours, R.string.walletlock_settings_emergency))
        addView(emergency)
        addView(limitsHeading)
        addView(limitsCard)
        addSection(R.string.walletlock_settings_session, listOf(times))
        addSection(R.string.walletlock_settings_protection, listOf(level, rollback))
        addView(sectionHeading(context, colours, R.string.walletlock_settings_journal))
        addView(journal)
        finger.id = R.id.walletlock_finger
        factor.id = R.id.walletlock_factor_row
        channels.id = R.id.walletlock_channels_row
        sheet.id = R.id.walletlock_sheet_row
        tidy.show(resources.getString(R.string.walletlock_tidy), resources.getString(R.string.walletlock_tidy_row))
    }

    private fun addTitle() {
        val title = TextView(context)
        title.id = R.id.walletlock_title
        title.setText(R.string.walletlock_settings)
        title.textSize = TITLE_SP
        title.typeface = context.medium()
        title.setTextColor(colours.text)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) title.isAccessibilityHeading = true
        note.id = R.id.walletlock_note
        note.textSize = NOTE_SP
        note.setTextColor(colours.error)
        note.visibility = View.GONE
        listOf(title, note).forEach {
            it.setPaddingRelative(dp(INSET_DP), 0, dp(INSET_DP), 0)
            addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
        }
    }

    private fun addSection(heading: Int, rows: List<View>) {
        val card = SettingsCard(context, colours)
        rows.forEach(card::add)
        addView(sectionHeading(context, colours, heading))
        addView(card)
    }

    private fun pressed(heading: Int, listener: () -> Runnable?) =
        PressRow(context, colours, isAction = false) { listener()?.run() }.apply { show(resources.getString(heading), null) }

    private fun wipePin() = PressRow(context, colours, isAction = false) { leads.onWipePin?.run() }.apply {
        show(resources.getString(R.string.walletlock_wipe_pin), resources.getString(R.string.walletlock_wipe_pin_body))
    }

    private fun lockNow() = PressRow(context, colours, isAction = true) {
        state()?.lockNow()
        leads.onLocked?.run()
    }.apply { show(resources.getString(R.string.walletlock_lock_now), resources.getString(R.string.walletlock_lock_now_body)) }

    /** Does what [advice] says. */
    private fun follow(advice: Advice) {
        when (advice) {
            Advice.MAKE_CODE -> leads.onRecoveryCode?.run()
            Advice.SWITCH_ESCROW_ON -> state()?.askEscrow(true)
            Advice.ADD_CHANNEL -> leads.onChannels?.run()
            Advice.KEEP_SECOND_COPY -> leads.onRecoverySheet?.run()
        }
    }

    /** The advice that this screen can follow. */
    private fun canFollow() = Advice.entries.filter {
        when (it) {
            Advice.MAKE_CODE -> leads.onRecoveryCode != null
            Advice.SWITCH_ESCROW_ON -> state()?.isEscrowPending != true
            Advice.ADD_CHANNEL -> leads.onChannels != null
            Advice.KEEP_SECOND_COPY -> leads.onRecoverySheet != null
        }
    }.toSet()

    /** Shows the rows that lead to other screens: those that the app has a screen for. */
    private fun showWaysBack(shown: SettingsState) {
        factor.show(resources.getString(R.string.walletlock_factor), shown.secondFactor?.let { resources.factorWords(it) })
        factor.visibility = if (leads.onSecondFactor == null) View.GONE else View.VISIBLE
        health.show(shown.health, canFollow())
        channels.show(resources.getString(R.string.walletlock_channels), resources.channelsWords(shown.channels))
        sheet.show(resources.getString(R.string.walletlock_recovery_sheet), resources.getString(R.string.walletlock_sheet_row_body))
        val offersChannels = leads.onChannels != null && shown.policy?.hasProvider == true
        val tidies = tidy.takeIf { leads.onChecklist != null && shown.hasTasks }
        waysBack.showRows(listOfNotNull(tidies, channels.takeIf { offersChannels }, sheet.takeIf { leads.onRecoverySheet != null }))
    }

    /** Shows [shown], and [said] above it. Null: nothing is said. */
    fun show(shown: SettingsState, said: String?) {
        note.visibility = if (said == null) View.GONE else View.VISIBLE
        note.say(said.orEmpty(), isUrgent = true)
        finger.show(resources.getString(R.string.walletlock_finger), resources.fingerWords(shown))
        finger.setOn(shown.isFingerOn == true)
        finger.isEnabled = !shown.isBusy && (shown.isFingerOn == true || shown.sensor == SensorAvailability.READY)
        showPayments(shown)
        emergency.show(shown.payments, shown.isBusy, offersPanic = leads.onPanic != null)
        code.show(shown.recovery)
        showEscrow(shown)
        showWaysBack(shown)
        times.show("", shown.policy?.let { resources.words(it) })
        level.show(resources.getString(R.string.walletlock_settings_keys), shown.level?.let { resources.words(it) })
        rollback.show(resources.getString(R.string.walletlock_settings_copies), shown.rollback?.let { resources.words(it) })
        journal.show(shown)
    }

    private fun showPayments(shown: SettingsState) {
        limits.show(resources.getString(R.string.walletlock_limits), resources.getString(R.string.walletlock_limits_row_body))
        cards.show(resources.getString(R.string.walletlock_cards), resources.getString(R.string.walletlock_cards_row_body))
        history.show(resources.getString(R.string.walletlock_history), resources.getString(R.string.walletlock_history_row_body))
        switchedOff.show(resources.getString(R.string.walletlock_off), resources.getString(R.string.walletlock_off_row_body))
        val rows = listOfNotNull(
            limits.takeIf { leads.onLimits != null && shown.hasLimits },
            cards.takeIf { leads.onCards != null && shown.hasCards },
            history.takeIf { leads.onHistory != null },
            switchedOff.takeIf { leads.onSwitchedOff != null && shown.isSomethingOff },
        )
        limitsCard.showRows(rows)
        listOf(limitsHeading, limitsCard).forEach { it.visibility = if (rows.isEmpty()) View.GONE else View.VISIBLE }
    }

    private fun showEscrow(shown: SettingsState) {
        val isOffered = shown.policy?.offersEscrow == true
        listOf(escrowHeading, escrow).forEach { it.visibility = if (isOffered) View.VISIBLE else View.GONE }
        escrow.show(shown.recovery, shown.isBusy)
    }

    private companion object {
        const val TITLE_SP = 28f
        const val NOTE_SP = 14f
        const val INSET_DP = 20
        const val GAP_DP = 8
    }
}
