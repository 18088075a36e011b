package dev.walletlock.android

import android.content.Context
import android.text.Editable
import android.text.TextWatcher
import android.widget.EditText
import android.widget.FrameLayout
import dev.walletlock.JournalEntry
import dev.walletlock.android.HistoryWork.Page

/** Shows the history, and what the person does from there: see [HistoryActivity]. */
internal class HistoryView(context: Context) : FrameLayout(context), TextWatcher {
    private val colours = Colours(context)
    private val lines = SettingsPage(context, colours, R.string.walletlock_history)
    private val field = EditText(context)
    private val open = SettingsCard(context, colours)
    private val leads = SettingsCard(context, colours)
    private val filters = PressRow(context, colours, isAction = false) { work?.go(Page.Filters) }
    private val months = PressRow(context, colours, isAction = false) { work?.go(Page.Months) }
    private val list = SettingsCard(context, colours)
    private val state = AnnouncedText(context)
    private val filterPage = FilterPage(context, colours)
    private val monthsPage = MonthsPage(context, colours)
    private val linePage = LinePage(context, colours) { onLowerLimit() }
    private val disputing = DisputingPage(context, colours)
    private val case = DisputePage(context, colours) { onEvidence() }
    private val ending = QuestionView(context, colours)
    private var work: HistoryWork? = null

    /** The entries that are listed, and whether there is a row for more. */
    private var listed: Pair<List<JournalEntry>, Boolean>? = null

    /** The person wants to lower a limit. */
    var onLowerLimit: () -> Unit = {}

    /** The person wants the evidence. */
    var onEvidence: () -> Unit = {}

    init {
        SecureWindow.protect(this)
        field.dressAsField(colours, R.id.walletlock_search)
        field.hint = resources.getString(R.string.walletlock_history_search)
        field.addTextChangedListener(this)
        months.show(resources.getString(R.string.walletlock_months), resources.getString(R.string.walletlock_months_row_body))
        leads.add(filters)
        leads.add(months)
        lines.add(field)
        lines.add(leads)
        lines.gap()
        lines.add(open)
        lines.gap()
        lines.explain(state)
        lines.add(list)
        ending.setBackgroundColor(colours.background)
        ending.keepToPeople()
        addPages(lines, filterPage, monthsPage, linePage, disputing, case, ending)
    }

    fun show(work: HistoryWork) {
        this.work = work
        when (val page = work.page) {
            is Page.Lines -> showLines(work)
            is Page.Filters -> {
                filterPage.show(work)
                showOnly(filterPage)
            }
            is Page.Months -> {
                monthsPage.show(work)
                showOnly(monthsPage)
            }
            is Page.Line -> {
                linePage.show(work, page.entry)
                if (showOnly(linePage)) tellStep(resources.historyTitle(page.entry))
            }
            is Page.Disputing -> {
                disputing.show(work, page.entry)
                showOnly(disputing)
            }
            is Page.Case -> showCase(work, page)
        }
    }

    private fun showCase(work: HistoryWork, page: Page.Case) {
        val dispute = work.dispute(page.number) ?: return
        if (page.ends) {
            ending.askHowItEnded(work, dispute)
            showOnly(ending)
        } else {
            case.show(work, dispute)
            showOnly(case)
        }
    }

    /** Goes one step back. False: the lines are shown. */
    fun goBack(): Boolean {
        val going = work ?: return false
        when (val page = going.page) {
            is Page.Lines -> return false
            is Page.Disputing -> going.go(Page.Line(page.entry))
            is Page.Case -> going.go(if (page.ends) Page.Case(page.number) else Page.Lines)
            else -> going.go(Page.Lines)
        }
        return true
    }

    private fun showLines(work: HistoryWork) {
        val used = work.filter.used
        lines.show(work.said?.let { resources.words(it) }, "")
        showState(work)
        if (field.text.toString() != work.filter.text) field.setText(work.filter.text)
        filters.show(
            resources.getString(R.string.walletlock_filters),
            if (used == 0) null else resources.getQuantityString(R.plurals.walletlock_filters_used, used, used),
        )
        val cases = work.disputes.sortedBy { it.ended != null }
        open.removeAllViews()
        for (dispute in cases) {
            val row = PressRow(context, colours, isAction = false) { work.go(Page.Case(dispute.number)) }
            val title = if (dispute.ended == null) R.string.walletlock_dispute_open else R.string.walletlock_dispute_is_over
            row.show(resources.getString(title, dispute.number), resources.words(dispute.reason))
            open.add(row)
        }
        open.visibility = if (cases.isEmpty()) GONE else VISIBLE
        listEntries(work)
        showOnly(lines)
    }

    /** How far the search is, and once it is over, how much it found. */
    private fun showState(work: HistoryWork) {
        val isSearching = work.isSearching && work.progress < 1f
        val isPlain = work.filter == HistoryFilter()
        val count = work.found.size
        val words = when {
            isSearching -> resources.getString(R.string.walletlock_history_searching, (work.progress * PERCENT).toInt())
            // It has not begun, or a fault ended it.
            work.progress < 1f -> ""
            count == 0 -> resources.getString(R.string.walletlock_history_nothing)
            isPlain -> ""
            work.hasMore -> resources.getString(R.string.walletlock_history_newest, count)
            else -> resources.getQuantityString(R.plurals.walletlock_history_found, count, count)
        }
        // A text that changes while it is hidden is not read out.
        state.visibility = if (words.isEmpty()) GONE else VISIBLE
        if (isSearching) state.update(words) else state.say(words)
    }

    /** Makes new rows only if they changed: a search goes on for long, and a row must not go away under a finger. */
    private fun listEntries(work: HistoryWork) {
        if (listed == work.found to work.hasMore) return
        listed = work.found to work.hasMore
        list.removeAllViews()
        for (entry in work.found) {
            val row = PressRow(context, colours, isAction = false) { this.work?.go(Page.Line(entry)) }
            row.show(resources.historyTitle(entry), resources.historyBody(context, entry))
            list.add(row)
        }
        if (work.hasMore) {
            val more = PressRow(context, colours, isAction = true) { this.work?.showMore() }
            more.show(resources.getString(R.string.walletlock_show_more), null)
            list.add(more)
        }
        list.visibility = if (list.childCount == 0) GONE else VISIBLE
    }

    override fun afterTextChanged(text: Editable) {
        work?.type(text.toString())
    }

    override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int): Unit = Unit

    override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int): Unit = Unit

    private companion object {
        const val PERCENT = 100
    }
}
