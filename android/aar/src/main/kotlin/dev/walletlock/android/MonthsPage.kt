package dev.walletlock.android

import android.content.Context
import android.text.format.DateUtils
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.walletlock.Spent
import java.util.Calendar

/** What was spent each month, by card and category. */
internal class MonthsPage(context: Context, private val colours: Colours) : FrameLayout(context) {
    private val page = SettingsPage(context, colours, R.string.walletlock_months)
    private val list = LinearLayout(context)
    private var shown: List<Spent>? = null

    init {
        list.orientation = LinearLayout.VERTICAL
        page.add(list)
        addView(page)
    }

    fun show(work: HistoryWork) {
        val spent = work.spent
        val body = when {
            spent == null -> R.string.walletlock_months_adding
            spent.isEmpty() -> R.string.walletlock_months_none
            else -> R.string.walletlock_months_body
        }
        page.show(work.said?.let { resources.words(it) }, resources.getString(body))
        if (spent === shown) return
        shown = spent
        list.removeAllViews()
        if (spent == null) return
        for ((month, ofMonth) in spent.groupBy { it.year to it.month }) {
            val card = SettingsCard(context, colours)
            for ((currency, ofCurrency) in ofMonth.groupBy { it.amount.currency }) {
                card.add(row(resources.amount(ofCurrency.sumOf { it.amount.minor }, currency), context.monthInWords(month.first, month.second)))
                ofCurrency.sortedByDescending { it.amount.minor }.forEach { card.add(row(resources.amount(it.amount.minor, currency), words(work, it))) }
            }
            list.addView(card)
            list.addView(android.view.View(context), LinearLayout.LayoutParams(1, dp(GAP_DP)))
        }
    }

    private fun row(amount: String, words: String) = SettingsRow(context, colours).apply { show(amount, words) }

    private fun words(work: HistoryWork, spent: Spent): String {
        val card = spent.card?.let { id -> work.cards.firstOrNull { it.card.id == id }?.let { resources.nameOf(it.card) } ?: resources.isolated(id) }
        val count = resources.getQuantityString(R.plurals.walletlock_payments, spent.payments, spent.payments)
        return listOfNotNull(resources.words(spent.category), card, count).joinToString(" · ")
    }

    private companion object {
        const val GAP_DP = 16
    }
}

/** The month and its year, as the language writes them. */
private fun Context.monthInWords(year: Int, month: Int): String {
    val day = Calendar.getInstance().apply {
        clear()
        set(year, month - 1, 2)
    }
    val flags = DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_NO_MONTH_DAY or DateUtils.FORMAT_SHOW_YEAR
    return DateUtils.formatDateTime(this, day.timeInMillis, flags)
}
