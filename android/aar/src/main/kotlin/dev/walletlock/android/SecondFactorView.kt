package dev.walletlock.android

import android.content.Context
import android.widget.FrameLayout
import dev.walletlock.FactorKind
import dev.walletlock.SecondFactor
import dev.walletlock.android.FactorWork.Step

/** Shows the second factor, and lets the person change it: see [SecondFactorActivity]. */
internal class SecondFactorView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val all = SettingsPage(context, colours, R.string.walletlock_factor)
    private val inForce = SettingsRow(context, colours)
    private val cancel = PressRow(context, colours, isAction = true) { work?.cancel() }
    private val state = FactorCard(context, colours, inForce, cancel)
    private val app = PressRow(context, colours, isAction = false) { work?.makeAuthenticator() }
    private val sms = PressRow(context, colours, isAction = false) { work?.useSms() }
    private val remove = PressRow(context, colours, isAction = true) { work?.go(Step.ASK_REMOVE) }
    private val ways = SettingsCard(context, colours)
    private val secret = SecretPanel(context, colours)
    private val question = QuestionView(context, colours)
    private val code = SentCodeView(context, colours)
    private var work: FactorWork? = null
    private var saidWrong = 0

    init {
        SecureWindow.protect(this)
        all.section(R.string.walletlock_factor_now, state)
        all.section(R.string.walletlock_factor_change, ways)
        app.show(resources.getString(R.string.walletlock_factor_app), resources.getString(R.string.walletlock_factor_app_body))
        remove.show(resources.getString(R.string.walletlock_factor_remove), null)
        cancel.show(resources.getString(R.string.walletlock_code_cancel), null)
        question.setBackgroundColor(colours.background)
        code.setOnOther(R.string.walletlock_factor_back_to_secret) { goBack() }
        addPages(all, secret, question, code)
    }

    fun show(work: FactorWork) {
        this.work = work
        val new = work.new
        // In the two steps that use it, the page keeps the drawing: the letters are drawn anew if it comes back.
        if (work.step == Step.SECRET && new != null) secret.show(new) else secret.clear()
        when (work.step) {
            Step.ALL -> showAll(work)
            Step.SECRET -> showSecret(work)
            Step.CODE -> showCode(work)
            Step.ASK_REMOVE -> askRemove(work)
            Step.IN_FORCE -> tell(R.drawable.walletlock_done, R.string.walletlock_factor_counts, R.string.walletlock_factor_counts_body)
            Step.REMOVED -> tell(R.drawable.walletlock_done, R.string.walletlock_factor_removed, R.string.walletlock_factor_removed_body)
            Step.WAITS -> showWaits(work)
        }
    }

    /** Goes one step back. False: all is shown. */
    fun goBack(): Boolean {
        val shown = work ?: return false
        code.pad.clear()
        when (shown.step) {
            Step.ALL -> return false
            Step.CODE -> shown.go(Step.SECRET)
            else -> shown.go(Step.ALL)
        }
        return true
    }

    private fun showAll(work: FactorWork) {
        all.show(work.said?.let(resources::words), resources.getString(R.string.walletlock_factor_body))
        work.policy?.let { all.showFoot(resources.getString(R.string.walletlock_factor_wait, resources.lasting(it.changeWaitS))) }
        val factor = work.factor
        inForce.show(resources.getString(factorName(factor?.inForce)), factor?.let { resources.about(it) })
        state.show(hasPending = factor?.pending != null)
        val number = work.number
        val aboutSms = number?.let { resources.getString(R.string.walletlock_factor_sms_body, resources.isolatedNumber(it)) }
        sms.show(resources.getString(R.string.walletlock_factor_sms), aboutSms ?: resources.getString(R.string.walletlock_factor_sms_none))
        sms.alpha = if (number == null) DISABLED_ALPHA else 1f
        val offersSms = work.policy?.hasProvider == true && factor?.inForce != FactorKind.SMS
        ways.showRows(listOfNotNull(app, sms.takeIf { offersSms }, remove.takeIf { factor?.inForce != null }))
        listOf(app, remove, cancel).forEach { it.isEnabled = !work.isBusy }
        sms.isEnabled = !work.isBusy && number != null
        showOnly(all)
    }

    private fun showSecret(work: FactorWork) {
        secret.onNext = { work.go(Step.CODE) }
        secret.onCancel = { work.go(Step.ALL) }
        if (showOnly(secret)) tellStep(R.string.walletlock_factor_secret)
    }

    private fun showCode(work: FactorWork) {
        code.onCode = work::confirm
        code.show(
            CodePage(
                resources.getString(R.string.walletlock_factor_first_code),
                resources.getString(R.string.walletlock_factor_enter_app),
                isBusy = work.isBusy,
            ),
        )
        showOnly(code)
        if (work.isBusy) return
        val note = work.said?.let(resources::words) ?: return
        if (work.wrongCodes != saidWrong) code.reject(note) else code.tell(note)
        saidWrong = work.wrongCodes
    }

    private fun askRemove(work: FactorWork) {
        question.ask(
            R.drawable.walletlock_padlock,
            R.string.walletlock_factor_remove_question,
            R.string.walletlock_factor_remove_body,
            work.said?.let(resources::words),
            QuestionView.Answer(R.string.walletlock_factor_remove, isFirst = false, work::remove),
            QuestionView.Answer(R.string.walletlock_factor_keep, isFirst = true) { work.go(Step.ALL) },
        )
        question.setAnswerable(!work.isBusy)
        if (showOnly(question)) tellStep(R.string.walletlock_factor_remove_question)
    }

    private fun showWaits(work: FactorWork) {
        question.ask(
            R.drawable.walletlock_clock,
            resources.getString(R.string.walletlock_factor_waits_title),
            resources.getString(R.string.walletlock_factor_waits_body, resources.inWords(work.leftMs)),
            work.said?.let(resources::words),
            QuestionView.Answer(R.string.walletlock_done, isFirst = true) { work.go(Step.ALL) },
            QuestionView.Answer(R.string.walletlock_code_cancel, isFirst = false, work::cancel),
        )
        question.setAnswerable(!work.isBusy)
        if (showOnly(question)) tellStep(R.string.walletlock_factor_waits_title)
    }

    private fun tell(icon: Int, title: Int, body: Int) {
        val done = QuestionView.Answer(R.string.walletlock_done, isFirst = true) { work?.go(Step.ALL) }
        question.ask(icon, title, body, null, done)
        if (showOnly(question)) tellStep(title)
    }

    private companion object {
        /** It still has to be read why it cannot be pressed. */
        const val DISABLED_ALPHA = 0.7f
    }
}

/** What is in force, and below it what cancels the change that waits. */
private class FactorCard(context: Context, colours: Colours, private val row: SettingsRow, private val cancel: PressRow) :
    SettingsCard(context, colours) {
    init {
        row.id = R.id.walletlock_factor_row
        add(row)
    }

    fun show(hasPending: Boolean): Unit = showBelow(row, cancel.takeIf { hasPending })
}

/** The name of a factor. Null: none is asked for. */
internal fun factorName(kind: FactorKind?): Int = when (kind) {
    FactorKind.AUTHENTICATOR -> R.string.walletlock_factor_app
    FactorKind.SMS -> R.string.walletlock_factor_sms
    null -> R.string.walletlock_factor_none
}

/** What is asked for now, or what waits. */
internal fun android.content.res.Resources.about(factor: SecondFactor): String {
    val pending = factor.pending
    if (pending != null) {
        val to = pending.to ?: return getString(R.string.walletlock_factor_is_leaving, inWords(pending.leftMs))
        return getString(R.string.walletlock_factor_is_coming, getString(factorName(to)), inWords(pending.leftMs))
    }
    return getString(if (factor.inForce == null) R.string.walletlock_factor_is_none else R.string.walletlock_factor_is_on)
}

/** The text of the settings' row. */
internal fun android.content.res.Resources.factorWords(factor: SecondFactor): String {
    val kind = factor.inForce
    if (kind == null || factor.pending != null) return about(factor)
    return getString(factorName(kind))
}
