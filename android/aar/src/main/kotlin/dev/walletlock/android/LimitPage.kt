package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.content.res.Resources
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.TextView
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.PaymentChannel
import dev.walletlock.android.LimitsWork.Page

/** Makes up a limit of the owner: how much, over which time, and of which payments. Or changes how much ([Page.Draft.changes]). */
internal class LimitPage(context: Context, private val colours: Colours) : FrameLayout(context), TextWatcher {
    private val page = SettingsPage(context, colours, R.string.walletlock_limit_add)
    private val field = EditText(context)
    private val unit = TextView(context)
    private var work: LimitsWork? = null
    private val periods = Choices(context, colours, PERIODS, { resources.periodWords(it) }) { work?.per = it }
    private val scopes = Choices(context, colours, SCOPES, { resources.words(it).replaceFirstChar(Char::uppercase) }) { work?.concerns = it }
    private val currencies = SettingsCard(context, colours)
    private val sections: List<View>
    private val currencySection: List<View>
    private val save = wideButton(context, colours, resources.getString(R.string.walletlock_limit_save), isPrimary = true)
    private val back = wideButton(context, colours, resources.getString(R.string.walletlock_ways_cancel), isPrimary = false)
    private var shown: Page.Draft? = null

    init {
        dress()
        page.add(unit)
        page.add(field)
        currencySection = page.section(R.string.walletlock_limit_currency, currencies)
        sections = page.section(R.string.walletlock_limit_per, periods.card) + page.section(R.string.walletlock_limit_of, scopes.card)
        page.gap()
        listOf(save, back).forEach(page::add)
        save.setOnClickListener { work?.set() }
        back.setOnClickListener { work?.go(Page.All) }
        addView(page)
    }

    fun show(work: LimitsWork, draft: Page.Draft) {
        this.work = work
        if (shown !== draft) page.scrollTo(0, 0)
        shown = draft
        val changes = draft.changes
        val body = changes?.let { resources.words(it) + "\n" }.orEmpty() + resources.getString(R.string.walletlock_limit_draft_body)
        page.show(work.said?.let { resources.words(it) }, body)
        if (field.text.toString() != work.amount) field.setText(work.amount)
        unit.text = resources.getString(R.string.walletlock_limit_amount, work.currency)
        field.hint = unit.text
        sections.forEach { it.visibility = if (changes == null) VISIBLE else GONE }
        showCurrencies(work, isShown = changes == null && work.currencies.size > 1)
        periods.show(work.per)
        scopes.show(work.concerns)
        listOf(field, save, back).forEach { it.isEnabled = !work.isBusy }
    }

    private fun showCurrencies(work: LimitsWork, isShown: Boolean) {
        currencySection.forEach { it.visibility = if (isShown) VISIBLE else GONE }
        currencies.removeAllViews()
        for (code in work.currencies) {
            val row = ChoiceRow(context, colours) {
                work.currency = code
                shown?.let { show(work, it) }
            }
            row.show(code, null)
            row.setOn(code == work.currency)
            currencies.add(row)
        }
    }

    private fun dress() {
        field.id = R.id.walletlock_limit_amount
        field.textSize = FIELD_SP
        field.isSingleLine = true
        field.setTextColor(colours.text)
        field.setHintTextColor(colours.secondary)
        field.setPaddingRelative(dp(INSET_DP), field.paddingTop, dp(INSET_DP), field.paddingBottom)
        field.backgroundTintList = ColorStateList.valueOf(colours.brand)
        field.minHeight = dp(FIELD_DP)
        field.inputType = InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_FLAG_DECIMAL
        field.imeOptions = EditorInfo.IME_ACTION_DONE
        // Not in the saved state, which the system keeps.
        field.isSaveEnabled = false
        field.addTextChangedListener(this)
        unit.textSize = UNIT_SP
        unit.setTextColor(colours.secondary)
        unit.setPaddingRelative(dp(INSET_DP), 0, dp(INSET_DP), 0)
    }

    override fun afterTextChanged(text: Editable) {
        work?.amount = text.toString()
    }

    override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int): Unit = Unit

    override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int): Unit = Unit

    private companion object {
        const val FIELD_SP = 24f
        const val FIELD_DP = 56
        const val UNIT_SP = 14f
        const val INSET_DP = 20
        val PERIODS = listOf(LimitPeriod.PAYMENT, LimitPeriod.DAY, LimitPeriod.THIRTY_DAYS)
        val SCOPES = listOf(LimitScope.All, LimitScope.Remote) + PaymentChannel.entries.map { LimitScope.Through(it) }
    }
}

private fun Resources.periodWords(period: LimitPeriod): String = getString(
    when (period) {
        LimitPeriod.PAYMENT -> R.string.walletlock_limit_per_payment
        LimitPeriod.DAY -> R.string.walletlock_limit_per_day
        else -> R.string.walletlock_limit_per_thirty_days
    },
)
