package dev.walletlock.android

import android.content.Context
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.text.format.DateUtils
import android.widget.EditText
import android.widget.FrameLayout
import dev.walletlock.Dispute
import dev.walletlock.DisputeEnd
import dev.walletlock.DisputeReason
import dev.walletlock.JournalEntry
import dev.walletlock.android.HistoryWork.Page

/** Asks why a payment is disputed, and says what happens then. */
internal class DisputingPage(context: Context, colours: Colours) : FrameLayout(context), TextWatcher {
    private val page = SettingsPage(context, colours, R.string.walletlock_dispute)
    private var work: HistoryWork? = null
    private val reasons = Choices(context, colours, DisputeReason.entries, { resources.words(it) }) { work?.reason = it }
    private val field = EditText(context)
    private val open = wideButton(context, colours, resources.getString(R.string.walletlock_dispute_do), isPrimary = true)
    private val back = wideButton(context, colours, resources.getString(R.string.walletlock_ways_cancel), isPrimary = false)

    init {
        field.dressAsField(colours, R.id.walletlock_dispute_text)
        field.inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES
        field.isSingleLine = false
        field.hint = resources.getString(R.string.walletlock_dispute_text)
        field.addTextChangedListener(this)
        page.section(R.string.walletlock_dispute_why, reasons.card)
        page.gap()
        listOf(field, open, back).forEach(page::add)
        addView(page)
    }

    fun show(work: HistoryWork, entry: JournalEntry) {
        this.work = work
        val body = resources.historyTitle(entry) + "\n" + resources.getString(R.string.walletlock_dispute_body)
        page.show(work.said?.let { resources.words(it) }, body)
        reasons.show(work.reason)
        if (field.text.toString() != work.text) field.setText(work.text)
        open.setOnClickListener { work.open(entry) }
        back.setOnClickListener { work.go(Page.Line(entry)) }
        listOf(field, open, back).forEach { it.isEnabled = !work.isBusy }
    }

    override fun afterTextChanged(text: Editable) {
        work?.text = text.toString()
    }

    override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int): Unit = Unit

    override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int): Unit = Unit
}

/** A dispute: what was frozen, whom to tell, the evidence, and how far it is. */
internal class DisputePage(context: Context, private val colours: Colours, onEvidence: () -> Unit) : FrameLayout(context) {
    private val page = SettingsPage(context, colours, R.string.walletlock_dispute_title)
    private val facts = SettingsCard(context, colours)
    private val evidence = wideButton(context, colours, resources.getString(R.string.walletlock_evidence), isPrimary = true)
    private val told = wideButton(context, colours, resources.getString(R.string.walletlock_dispute_told), isPrimary = false)
    private val over = wideButton(context, colours, resources.getString(R.string.walletlock_dispute_over), isPrimary = false)
    private val contacts = ContactList(context, colours)

    init {
        page.gap()
        page.add(facts)
        page.gap()
        page.section(R.string.walletlock_dispute_whom, contacts)
        listOf(evidence, told, over).forEach(page::add)
        evidence.setOnClickListener { onEvidence() }
        addView(page)
    }

    fun show(work: HistoryWork, dispute: Dispute) {
        val body = resources.getString(if (dispute.ended == null) R.string.walletlock_dispute_open_body else R.string.walletlock_dispute_ended_body)
        page.show(work.said?.let { resources.words(it) }, body, work.isGood)
        facts.removeAllViews()
        fact(R.string.walletlock_dispute_number, "${dispute.number}")
        fact(R.string.walletlock_dispute_why, listOf(resources.words(dispute.reason), dispute.text).filter { it.isNotEmpty() }.joinToString("\n"))
        val card = dispute.frozenCard?.let { id -> work.cards.firstOrNull { it.card.id == id } }
        fact(
            R.string.walletlock_dispute_frozen,
            when {
                card != null -> resources.nameOf(card.card)
                dispute.frozenCard != null -> resources.isolated(dispute.frozenCard.orEmpty())
                else -> resources.getString(R.string.walletlock_dispute_frozen_all)
            },
        )
        val reported = dispute.reportedWallMs
        if (reported == null) {
            fact(R.string.walletlock_dispute_by, day(dispute.reportByWallMs))
        } else {
            fact(R.string.walletlock_dispute_reported, resources.getString(R.string.walletlock_history_line, dispute.reportedTo.orEmpty(), day(reported)))
        }
        dispute.ended?.let { fact(R.string.walletlock_dispute_end, resources.getString(it.words())) }
        contacts.show(work.contacts)
        told.visibility = if (reported == null && dispute.ended == null) VISIBLE else GONE
        told.setOnClickListener { work.report(dispute.number, resources.getString(R.string.walletlock_dispute_provider)) }
        over.visibility = if (dispute.ended == null) VISIBLE else GONE
        over.setOnClickListener { work.go(Page.Case(dispute.number, ends = true)) }
        listOf(evidence, told, over).forEach { it.isEnabled = !work.isBusy }
    }

    private fun fact(name: Int, value: String) =
        facts.add(SettingsRow(context, colours).apply { show(resources.getString(name), value) })

    private fun day(wallMs: Long): String =
        DateUtils.formatDateTime(context, wallMs, DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_YEAR)
}

/** Asks how a dispute ended. */
internal fun QuestionView.askHowItEnded(work: HistoryWork, dispute: Dispute) {
    val ends = DisputeEnd.entries.map { how -> QuestionView.Answer(how.words(), isFirst = false) { work.end(dispute.number, how) } }
    val back = QuestionView.Answer(R.string.walletlock_go_back, isFirst = false) { work.go(Page.Case(dispute.number)) }
    val said = work.said?.let { resources.words(it) }
    ask(R.drawable.walletlock_paper, R.string.walletlock_dispute_over, R.string.walletlock_dispute_over_body, said, *(ends + back).toTypedArray())
    setAnswerable(!work.isBusy)
}

private fun DisputeEnd.words(): Int = when (this) {
    DisputeEnd.REFUNDED -> R.string.walletlock_end_refunded
    DisputeEnd.REJECTED -> R.string.walletlock_end_rejected
    DisputeEnd.WITHDRAWN -> R.string.walletlock_end_withdrawn
}
