package dev.walletlock.android

import android.content.Context
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.walletlock.Category
import dev.walletlock.LineState
import dev.walletlock.PaymentChannel
import dev.walletlock.android.HistoryWork.Page

/** Chooses what is looked for in the history. The text is typed above the lines. */
internal class FilterPage(context: Context, private val colours: Colours) : FrameLayout(context) {
    private val page = SettingsPage(context, colours, R.string.walletlock_filters)
    private var work: HistoryWork? = null
    private val topics = choices(HistoryTopic.entries, { resources.words(it) }) { copy(topic = it) }
    private val times = choices(HistoryTime.entries, { resources.words(it) }) { copy(time = it) }
    private val states = choices(listOf(null) + LineState.entries, { resources.words(it) }) { copy(state = it) }
    private val channels = choices(listOf(null) + PaymentChannel.entries, { resources.anyOr(it?.let(resources::words)) }) { copy(channel = it) }
    private val categories = choices(listOf(null) + Category.entries, { resources.anyOr(it?.let(resources::words)) }) { copy(category = it) }
    private val cards = Changing<String?> { copy(card = it) }
    private val currencies = Changing<String> { copy(currency = it) }
    private val least = amountField { copy(atLeast = it) }
    private val most = amountField { copy(atMost = it) }
    private val done = wideButton(context, colours, resources.getString(R.string.walletlock_filter_show), isPrimary = true)
    private val clear = wideButton(context, colours, resources.getString(R.string.walletlock_filter_clear), isPrimary = false)

    init {
        page.section(R.string.walletlock_filter_time, times.card)
        page.section(R.string.walletlock_filter_topic, topics.card)
        page.section(R.string.walletlock_filter_card, cards.place)
        page.section(R.string.walletlock_filter_amount, least)
        page.add(most)
        page.add(currencies.place)
        page.section(R.string.walletlock_filter_state, states.card)
        page.section(R.string.walletlock_filter_channel, channels.card)
        page.section(R.string.walletlock_filter_category, categories.card)
        page.gap()
        listOf(done, clear).forEach(page::add)
        done.setOnClickListener { work?.go(Page.Lines) }
        clear.setOnClickListener { work?.run { use(HistoryFilter(text = filter.text)) } }
        addView(page)
    }

    fun show(work: HistoryWork) {
        this.work = work
        val filter = work.filter
        page.show(work.said?.let { resources.words(it) }, resources.getString(R.string.walletlock_filters_body))
        topics.show(filter.topic)
        times.show(filter.time)
        states.show(filter.state)
        channels.show(filter.channel)
        categories.show(filter.category)
        val names = work.cards.associate { it.card.id to resources.nameOf(it.card) }
        cards.show((listOf(null) + names.keys).map { it to resources.anyOr(names[it]) }, filter.card)
        val currency = filter.currency ?: work.currencies.firstOrNull().orEmpty()
        currencies.show(work.currencies.map { it to it }, currency)
        currencies.place.visibility = if (work.currencies.size > 1) VISIBLE else GONE
        least.hint = "${resources.getString(R.string.walletlock_filter_least)} $currency"
        most.hint = "${resources.getString(R.string.walletlock_filter_most)} $currency"
        listOf(least to filter.atLeast, most to filter.atMost).forEach { (field, text) ->
            if (field.text.toString() != text) field.setText(text)
        }
    }

    /** Choices that may be others the next time. They are made anew only then: a row must not go away under a finger. */
    private inner class Changing<T>(private val choose: HistoryFilter.(T) -> HistoryFilter) {
        val place = LinearLayout(context)
        private var offered: List<Pair<T, String>>? = null
        private var rows: Choices<T>? = null

        /** Offers [all], each with its words. */
        fun show(all: List<Pair<T, String>>, chosen: T) {
            if (all != offered) {
                offered = all
                val words = all.toMap()
                rows = choices(all.map { it.first }, words::getValue, choose)
                place.removeAllViews()
                place.addView(rows?.card)
            }
            rows?.show(chosen)
        }
    }

    private fun <T> choices(all: List<T>, words: (T) -> String, chosen: HistoryFilter.(T) -> HistoryFilter) =
        Choices(context, colours, all, words) { one -> work?.run { use(filter.chosen(one)) } }

    private fun amountField(typed: HistoryFilter.(String) -> HistoryFilter) = EditText(context).apply {
        dressAsField(colours, NO_ID)
        inputType = InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_FLAG_DECIMAL
        addTextChangedListener(object : TextWatcher {
            override fun afterTextChanged(text: Editable) {
                work?.run {
                    val changed = filter.copy(currency = filter.currency ?: currencies.firstOrNull()).typed(text.toString())
                    if (changed.atLeast != filter.atLeast || changed.atMost != filter.atMost) use(changed)
                }
            }

            override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int): Unit = Unit

            override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int): Unit = Unit
        })
    }
}
