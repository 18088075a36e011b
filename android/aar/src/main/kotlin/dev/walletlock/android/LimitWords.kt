package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.Limit
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.PaymentChannel
import dev.walletlock.ProofLevel
import java.math.BigDecimal
import java.text.NumberFormat

// Limits and amounts in words.

/** The exact amount with the currency's code, because a sign such as `$` names several currencies: '1,234.50 EUR'. */
internal fun Resources.amount(minor: Long, currency: String): String {
    val digits = digitsOf(currency) ?: 0
    val format = NumberFormat.getNumberInstance(configuration.locales[0])
    format.minimumFractionDigits = digits
    format.maximumFractionDigits = digits
    return isolatedNumber(format.format(BigDecimal.valueOf(minor, digits)) + NO_BREAK_SPACE + currency)
}

/** Null: by ISO 4217 the currency has no smallest unit, so its amounts are whole numbers. */
internal fun digitsOf(currency: String): Int? = try {
    minorDigits(currency)
} catch (_: IllegalArgumentException) {
    null
}

/** So much of what [limit] counts: an amount, or a number of payments. */
internal fun Resources.measured(limit: Limit, count: Long): String =
    if (limit.countsPayments) {
        getQuantityString(R.plurals.walletlock_payments, count.coerceAtMost(Int.MAX_VALUE.toLong()).toInt(), count)
    } else {
        amount(count, limit.currency)
    }

/** The limit with its maximum: 'At most 500.00 EUR a day (online)'. */
internal fun Resources.words(limit: Limit): String = getString(
    when (limit.per) {
        LimitPeriod.PAYMENT -> R.string.walletlock_limit_payment
        LimitPeriod.DAY -> R.string.walletlock_limit_day
        LimitPeriod.THIRTY_DAYS -> R.string.walletlock_limit_thirty_days
        LimitPeriod.ALWAYS -> R.string.walletlock_limit_always
        LimitPeriod.SINCE_PROOF -> R.string.walletlock_limit_since_proof
    },
    measured(limit, limit.max),
).let { words ->
    val more = listOfNotNull(
        words(limit.scope).takeIf { limit.scope != LimitScope.All },
        limit.proof?.let {
            getString(if (it == ProofLevel.NOTHING) R.string.walletlock_limit_unproven else R.string.walletlock_limit_one_proof)
        },
        getString(R.string.walletlock_limit_night).takeIf { limit.atNight },
    )
    more.fold(words) { said, next -> getString(R.string.walletlock_limit_with, said, next) }
}

/** Whether it limits each payment by itself: then nothing of it is used up. */
internal val Limit.isOfOnePayment: Boolean get() = per == LimitPeriod.PAYMENT

/** Which payments a limit is about. */
internal fun Resources.words(scope: LimitScope): String = when (scope) {
    LimitScope.All -> getString(R.string.walletlock_limit_all)
    LimitScope.Remote -> getString(R.string.walletlock_limit_remote)
    is LimitScope.Through -> words(scope.channel)
    is LimitScope.Card -> getString(R.string.walletlock_limit_card, isolated(scope.id))
}

internal fun Resources.words(channel: PaymentChannel): String = getString(
    when (channel) {
        PaymentChannel.IN_STORE -> R.string.walletlock_pay_in_store
        PaymentChannel.ONLINE -> R.string.walletlock_pay_online
        PaymentChannel.CODE_SHOWN -> R.string.walletlock_pay_code_shown
        PaymentChannel.CODE_SCANNED -> R.string.walletlock_pay_code_scanned
        PaymentChannel.TRANSFER -> R.string.walletlock_pay_transfer
    },
)

private const val NO_BREAK_SPACE = "\u00a0"
