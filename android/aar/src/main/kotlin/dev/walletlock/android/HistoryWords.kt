package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.util.Base64
import dev.walletlock.Category
import dev.walletlock.DisputeReason
import dev.walletlock.JournalEntry
import dev.walletlock.LineState
import dev.walletlock.RiskRule
import org.json.JSONException
import org.json.JSONObject

// The history in words.

/** What a line is about: for a payment the amount and the payee, else what happened. */
internal fun Resources.historyTitle(entry: JournalEntry): String {
    val payee = entry.details?.get("payee") ?: return words(entry)
    val amount = amountOf(entry) ?: return getString(R.string.walletlock_history_to, isolated(payee))
    return getString(R.string.walletlock_history_paid, amount, isolated(payee))
}

/** When it was, and for a payment what happened. */
internal fun Resources.historyBody(context: Context, entry: JournalEntry): String {
    val time = context.timeOf(entry)
    val what = words(entry).takeIf { entry.details?.containsKey("payee") == true } ?: return time
    return getString(R.string.walletlock_history_line, what, time)
}

/** What was charged, or else what was asked for. Null: the line names no amount. */
private fun Resources.amountOf(entry: JournalEntry): String? {
    val details = entry.details ?: return null
    val (minor, currency) = when {
        "captured_minor" in details -> details["captured_minor"] to details["counted_currency"]
        else -> details["amount_minor"] to details["currency"]
    }
    return amount(minor?.toLongOrNull() ?: return null, currency ?: return null)
}

/** What the person was shown when the payment was approved, as it was signed. Empty: the line does not say. */
internal fun linesShown(entry: JournalEntry): List<String> {
    val payload = entry.details?.get("token")?.split('.')?.getOrNull(1) ?: return emptyList()
    return try {
        val said = JSONObject(String(Base64.decode(payload, Base64.URL_SAFE), Charsets.UTF_8)).getJSONArray("shown")
        (0 until said.length()).map(said::getString)
    } catch (_: JSONException) {
        emptyList()
    } catch (_: IllegalArgumentException) {
        emptyList()
    }
}

/** Why the payment was refused, one sentence each. Empty: the line does not say. */
internal fun Resources.whyRefused(entry: JournalEntry): List<String> =
    entry.details?.get("because")?.split(", ").orEmpty().mapNotNull { why ->
        val rule = why.substringAfter("risk: ", "").substringBefore(':')
        when (why) {
            "limit" -> getString(R.string.walletlock_why_limit)
            "currency" -> getString(R.string.walletlock_pay_no_currency)
            "frozen" -> getString(R.string.walletlock_why_frozen)
            "card" -> getString(R.string.walletlock_why_card)
            "not registered" -> getString(R.string.walletlock_why_not_registered)
            else -> RiskRule.entries.firstOrNull { it.name.lowercase() == rule }?.let { words(it) }
        }
    }.distinct()

/** The words, or that it does not matter. */
internal fun Resources.anyOr(words: String?): String =
    words?.replaceFirstChar(Char::uppercase) ?: getString(R.string.walletlock_filter_any)

internal fun Resources.words(topic: HistoryTopic): String = getString(
    when (topic) {
        HistoryTopic.EVENTS -> R.string.walletlock_filter_any
        HistoryTopic.PAYMENTS -> R.string.walletlock_topic_payments
        HistoryTopic.SIGN_INS -> R.string.walletlock_topic_sign_ins
        HistoryTopic.LOCKS -> R.string.walletlock_topic_locks
        HistoryTopic.CHANGES -> R.string.walletlock_topic_changes
        HistoryTopic.ALL -> R.string.walletlock_topic_all
    },
)

internal fun Resources.words(time: HistoryTime): String = getString(
    when (time) {
        HistoryTime.ALWAYS -> R.string.walletlock_filter_any
        HistoryTime.THIS_MONTH -> R.string.walletlock_time_this_month
        HistoryTime.LAST_MONTH -> R.string.walletlock_time_last_month
        HistoryTime.THIS_YEAR -> R.string.walletlock_time_this_year
    },
)

internal fun Resources.words(state: LineState?): String = getString(
    when (state) {
        null -> R.string.walletlock_filter_any
        LineState.RESERVED -> R.string.walletlock_state_reserved
        LineState.APPROVED -> R.string.walletlock_state_approved
        LineState.RELEASED -> R.string.walletlock_state_released
        LineState.REFUSED -> R.string.walletlock_state_refused
        LineState.CAPTURED -> R.string.walletlock_state_captured
        LineState.DECLINED -> R.string.walletlock_state_declined
    },
)

internal fun Resources.words(category: Category): String = getString(
    when (category) {
        Category.GROCERIES -> R.string.walletlock_category_groceries
        Category.DINING -> R.string.walletlock_category_dining
        Category.TRANSPORT -> R.string.walletlock_category_transport
        Category.TRAVEL -> R.string.walletlock_category_travel
        Category.HEALTH -> R.string.walletlock_category_health
        Category.ENTERTAINMENT -> R.string.walletlock_category_entertainment
        Category.EDUCATION -> R.string.walletlock_category_education
        Category.BILLS -> R.string.walletlock_category_bills
        Category.CASH -> R.string.walletlock_category_cash
        Category.SHOPPING -> R.string.walletlock_category_shopping
        Category.OTHER -> R.string.walletlock_category_other
    },
)

internal fun Resources.words(reason: DisputeReason): String = getString(
    when (reason) {
        DisputeReason.NOT_MINE -> R.string.walletlock_reason_not_mine
        DisputeReason.WRONG_AMOUNT -> R.string.walletlock_reason_amount
        DisputeReason.CHARGED_TWICE -> R.string.walletlock_reason_twice
        DisputeReason.NOT_RECEIVED -> R.string.walletlock_reason_not_received
        DisputeReason.OTHER -> R.string.walletlock_reason_other
    },
)
