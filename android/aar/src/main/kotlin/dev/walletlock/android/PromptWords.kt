package dev.walletlock.android

import android.content.Context
import android.text.BidiFormatter
import dev.walletlock.BiometricPurpose
import dev.walletlock.Money
import java.math.BigDecimal
import java.text.NumberFormat
import java.util.Currency
import java.util.Locale

// The words on the system's prompt. They come from the purpose alone, so the person reads what the key is used for.

internal class PromptWords(val title: String, val body: String, val button: String)

/** @throws IllegalArgumentException if the currency is unknown, or the payee has no visible characters. */
internal fun Context.promptWords(purpose: BiometricPurpose): PromptWords {
    val button = getString(R.string.walletlock_biometric_use_pin)
    return when (purpose) {
        is BiometricPurpose.Enable -> PromptWords(
            getString(R.string.walletlock_biometric_enable),
            getString(R.string.walletlock_biometric_enable_body),
            getString(R.string.walletlock_not_now),
        )
        is BiometricPurpose.Unlock -> PromptWords(
            getString(R.string.walletlock_biometric_unlock),
            getString(R.string.walletlock_biometric_unlock_body),
            button,
        )
        is BiometricPurpose.Pay -> {
            val locale = resources.configuration.locales[0]
            PromptWords(
                getString(R.string.walletlock_biometric_pay, purpose.amount.inWords(locale)),
                getString(R.string.walletlock_biometric_payee, readable(purpose.payee, locale)),
                button,
            )
        }
    }
}

/** The exact amount, with every digit of the minor unit, in the format of [locale]. */
internal fun Money.inWords(locale: Locale): String {
    val digits = minorDigits(currency)
    val format = NumberFormat.getCurrencyInstance(locale)
    format.currency = Currency.getInstance(currency)
    format.minimumFractionDigits = digits
    format.maximumFractionDigits = digits
    return format.format(BigDecimal.valueOf(minor, digits))
}

/**
 * How many digits a currency's minor unit has, by ISO 4217. Android's own `Currency` is no help: it has the digits that
 * people usually write, which are fewer for some currencies (the dinar of Iraq: none; by ISO 4217 three).
 *
 * @throws IllegalArgumentException if the currency has no minor unit, such as gold.
 */
internal fun minorDigits(currency: String): Int = when (currency) {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
    -> 0
    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND" -> 3
    "CLF", "UYW" -> 4
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX" ->
        throw IllegalArgumentException("$currency has no minor unit")
    else -> 2
}

/** [payee] without invisible characters, and isolated so that it does not change the direction of the text around it. */
private fun readable(payee: String, locale: Locale): String {
    val shown = StringBuilder()
    payee.codePoints().filter(::isSeen).forEach(shown::appendCodePoint)
    require(shown.isNotBlank()) { "the payee has no visible characters" }
    return BidiFormatter.getInstance(locale).unicodeWrap(shown.trim().toString())
}

private fun isSeen(codePoint: Int): Boolean = when (Character.getType(codePoint).toByte()) {
    Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
    Character.PRIVATE_USE, Character.SURROGATE, Character.UNASSIGNED,
    -> false
    else -> true
}
