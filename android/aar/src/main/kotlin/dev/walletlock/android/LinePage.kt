package dev.walletlock.android

import android.content.Context
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.walletlock.Contact
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.android.HistoryWork.Page

/** One line of the history: what it says, and what the person can do about it. */
internal class LinePage(context: Context, private val colours: Colours, onLowerLimit: () -> Unit) : FrameLayout(context) {
    private val page = SettingsPage(context, colours, R.string.walletlock_line)
    private val facts = SettingsCard(context, colours)
    private val dispute = wideButton(context, colours, resources.getString(R.string.walletlock_dispute), isPrimary = true)
    private val lower = wideButton(context, colours, resources.getString(R.string.walletlock_lower_limit), isPrimary = false)
    private val contacts = ContactList(context, colours)

    init {
        page.gap()
        page.add(facts)
        page.gap()
        listOf(dispute, lower, contacts).forEach(page::add)
        lower.setOnClickListener { onLowerLimit() }
        addView(page)
    }

    fun show(work: HistoryWork, entry: JournalEntry) {
        page.show(work.said?.let { resources.words(it) }, "")
        facts.removeAllViews()
        fact(resources.historyTitle(entry), resources.words(entry).takeIf { it != resources.historyTitle(entry) })
        fact(resources.getString(R.string.walletlock_fact_time), context.timeOf(entry))
        val details = entry.details
        if (details == null) fact(resources.getString(R.string.walletlock_fact_changed), null)
        details?.get("card")?.let { id ->
            val known = work.cards.firstOrNull { it.card.id == id }
            fact(resources.getString(R.string.walletlock_filter_card), known?.let { resources.nameOf(it.card) } ?: resources.isolated(id))
        }
        val why = if (entry.kind == JournalKind.PAYMENT_REFUSED) resources.whyRefused(entry) else emptyList()
        if (why.isNotEmpty()) fact(resources.getString(R.string.walletlock_fact_why), why.joinToString("\n"))
        val shown = linesShown(entry)
        if (shown.isNotEmpty()) fact(resources.getString(R.string.walletlock_fact_shown), shown.joinToString("\n"))
        fact(resources.getString(R.string.walletlock_fact_number), "${entry.number}")
        val open = work.disputeOf(entry)
        val isPayment = details?.containsKey("payment") == true && "payee" in details
        dispute.visibility = if (isPayment) VISIBLE else GONE
        dispute.setText(if (open == null) R.string.walletlock_dispute else R.string.walletlock_dispute_see)
        dispute.setOnClickListener { work.go(if (open == null) Page.Disputing(entry) else Page.Case(open.number)) }
        lower.visibility = if (isPayment) VISIBLE else GONE
        listOf(dispute, lower).forEach { it.isEnabled = !work.isBusy }
        contacts.show(work.contacts)
    }

    private fun fact(name: String, value: String?) = facts.add(SettingsRow(context, colours).apply { show(name, value) })
}

/** Whom the person can turn to. */
internal class ContactList(context: Context, private val colours: Colours) : LinearLayout(context) {
    private var shown: List<Contact>? = null

    init {
        orientation = VERTICAL
    }

    fun show(contacts: List<Contact>) {
        if (contacts == shown) return
        shown = contacts
        removeAllViews()
        contacts.forEach { addView(ContactView(context, colours, it, isFirst = false)) }
    }
}
