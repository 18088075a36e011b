package dev.walletlock.android

import dev.walletlock.AmountRange
import dev.walletlock.Category
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import dev.walletlock.LineState
import dev.walletlock.PaymentChannel
import java.util.Calendar

/** What a person looks for in the history. Null in each: everything. */
internal data class HistoryFilter(
    val text: String = "",
    val topic: HistoryTopic = HistoryTopic.EVENTS,
    val time: HistoryTime = HistoryTime.ALWAYS,
    val state: LineState? = null,
    val card: String? = null,
    val channel: PaymentChannel? = null,
    val category: Category? = null,
    val currency: String? = null,
    val atLeast: String = "",
    val atMost: String = "",
) {
    /** How many of the filters besides the text are used. */
    val used: Int get() = listOf(
        topic != HistoryTopic.EVENTS,
        time != HistoryTime.ALWAYS,
        state != null,
        card != null,
        channel != null,
        category != null,
        amounts() != null,
    ).count { it }

    fun query(nowMs: Long): JournalQuery {
        val (from, until) = time.range(nowMs)
        return JournalQuery(
            // What became of a payment says which lines are meant.
            kinds = if (state == null) topic.kinds else emptySet(),
            text = text.trim().ifEmpty { null },
            fromWallMs = from,
            untilWallMs = until,
            card = card,
            channel = channel,
            amount = amounts(),
            state = state,
            category = category,
        )
    }

    private fun amounts(): AmountRange? {
        val code = currency ?: return null
        val (least, most) = minorOf(atLeast, code) to minorOf(atMost, code)
        return if (least == null && most == null) null else AmountRange(code, least ?: 0, most ?: Long.MAX_VALUE)
    }
}

/** Which events are looked for. The steps between them are left out, except in [ALL]. */
internal enum class HistoryTopic(val kinds: Set<JournalKind>) {
    EVENTS(JournalKind.entries.toSet() - STEPS),
    PAYMENTS(kindsNamed("PAYMENT_", "CARD_", "DISPUTE_", "LIMIT_", "FROZEN", "UNFROZEN", "CHANNEL_FROZEN", "PANIC_") - STEPS),
    SIGN_INS(kindsNamed("PIN_", "BIOMETRICS_", "ENROLLED", "OPEN_TRIES") - STEPS),
    LOCKS(kindsNamed("LOCK", "UNLOCK_", "HEARTBEAT_", "ORDER_", "WIPE", "FROZEN", "UNFROZEN", "PANIC_")),
    CHANGES(
        kindsNamed("CODE_", "CHANNEL_", "SECOND_FACTOR_", "ESCROW_", "PASSWORD_", "RECOVER", "PROVEN", "POLICY_", "PROVIDER_", "REMOTE_") +
            setOf(JournalKind.PIN_CHANGED, JournalKind.BIOMETRICS_ON, JournalKind.BIOMETRICS_OFF) - JournalKind.CHANNEL_FROZEN - STEPS,
    ),
    ALL(emptySet()),
}

/** Lines that say the same as another one, or only how the lock works. */
private val STEPS: Set<JournalKind>
    get() = setOf(
        JournalKind.PIN_TRIED,
        JournalKind.PIN_REPEATED,
        JournalKind.KDF_UPGRADED,
        JournalKind.BIOMETRICS_ASKED,
        JournalKind.BIOMETRICS_ENDED,
        JournalKind.RESCUE_ROW_RESTORED,
        JournalKind.CODE_TYPED,
        JournalKind.SECOND_FACTOR_TRIED,
        JournalKind.PAYMENT_RESERVED,
    )

private fun kindsNamed(vararg beginnings: String): Set<JournalKind> =
    JournalKind.entries.filter { kind -> beginnings.any { kind.name.startsWith(it) } }.toSet()

/** Over which time. */
internal enum class HistoryTime {
    ALWAYS,
    THIS_MONTH,
    LAST_MONTH,
    THIS_YEAR,
    ;

    /** From when, and before when, by the phone's clock and zone. */
    fun range(nowMs: Long): Pair<Long?, Long?> {
        val begin = Calendar.getInstance()
        begin.timeInMillis = nowMs
        begin.set(Calendar.DAY_OF_MONTH, 1)
        if (this == THIS_YEAR) begin.set(Calendar.MONTH, Calendar.JANUARY)
        listOf(Calendar.HOUR_OF_DAY, Calendar.MINUTE, Calendar.SECOND, Calendar.MILLISECOND).forEach { begin.set(it, 0) }
        return when (this) {
            ALWAYS -> null to null
            THIS_MONTH, THIS_YEAR -> begin.timeInMillis to null
            LAST_MONTH -> {
                val end = begin.timeInMillis
                begin.add(Calendar.MONTH, -1)
                begin.timeInMillis to end
            }
        }
    }
}
