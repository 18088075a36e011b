package dev.walletlock

import java.util.Locale
import kotlin.math.roundToInt

/**
 * A payment that is asked for ([Payments.authorize]). The call that gets it checks its values, and throws
 * [LockException.Invalid] with the name of the one that is wrong. That name stands in quotes below.
 *
 * @property id the app's own name for the payment: 1 to 36 printable ASCII characters without blanks ("payment id"). The same id
 *   and content gets the same answer. The same id with other content is refused ([PaymentRefusal.Conflict]).
 * @property amount how much, or how much at most: 1 to a trillion of the currency's smallest unit, together with [feeMaxMinor]
 *   ("amount"; "currency" if ISO 4217 does not list it).
 * @property payee who is paid ("payee").
 * @property channel how the payment is made.
 * @property card what it is paid with ("card"). Null: not by card.
 * @property kind whether the amount is exact.
 * @property feeMaxMinor the most that is charged beside the amount, in the smallest unit of the same currency ("fee").
 * @property mcc what the payee sells: the category code of ISO 18245, 0 to 9999 ("merchant category"). Null: not known.
 * @property billing the most that is charged to the account, with the fee, if it has another currency ("billing amount"). Then limits
 *   count this. Null: it has the same currency.
 * @property nonce the provider's nonce for this payment: 1 to 64 printable ASCII characters without blanks ("nonce"). Null: none.
 */
public data class Payment @JvmOverloads constructor(
    public val id: String,
    public val amount: Money,
    public val payee: Payee,
    public val channel: PaymentChannel = PaymentChannel.ONLINE,
    public val card: CardRef? = null,
    public val kind: AmountKind = AmountKind.EXACT,
    public val feeMaxMinor: Long = 0,
    public val mcc: Int? = null,
    public val billing: Money? = null,
    public val nonce: String? = null,
) {
    /** Says neither payee nor amount. */
    override fun toString(): String = "Payment(redacted)"
}

/** Whether the amount of a payment is exact. */
public enum class AmountKind {
    /** Exactly this amount. */
    EXACT,

    /** At most this amount: tips, hotels, fuel. */
    UP_TO,
}

/**
 * Who is paid.
 *
 * @property name the name that the person reads: 1 to 200 bytes of UTF-8, without control characters and those that change the
 *   direction of text.
 * @property id what identifies the payee to the provider: 1 to 36 printable ASCII characters without blanks.
 */
public data class Payee(public val name: String, public val id: String) {
    /** Says neither. */
    override fun toString(): String = "Payee(redacted)"
}

/**
 * A card, as a payment names it. A card's full number is refused in every field.
 *
 * @property id the app's own name for the card: 1 to 36 printable ASCII characters without blanks.
 * @property label what the person calls it, for example its network: up to 36 bytes of UTF-8.
 * @property last4 its last four digits.
 */
public data class CardRef(public val id: String, public val label: String, public val last4: String) {
    /** Says nothing about the card. */
    override fun toString(): String = "CardRef(redacted)"
}

/** How a payment is made. */
public enum class PaymentChannel {
    /** At a terminal, contactless. */
    IN_STORE,

    /** On a web page or in an app. */
    ONLINE,

    /** The phone shows a code that the payee scans. */
    CODE_SHOWN,

    /** The phone scans a code that the payee shows. */
    CODE_SCANNED,

    /** To an account. */
    TRANSFER,
}

/**
 * The circumstances of a payment. A value that is out of range is [LockException.Invalid] ("payment context").
 *
 * @property language the language of the lines that the person reads, as a tag of BCP 47. Chinese gives Simplified Chinese, and
 *   every other language English. The default is the language of the default locale.
 * @property place where the phone is, for the rules about places. Null: not known, and no rule looks at it.
 * @property flags what is wrong with the phone's integrity, by the names of the policy (`payment.risk.flags`); at most 16.
 */
public data class PaymentContext @JvmOverloads constructor(
    public val language: String = Locale.getDefault().toLanguageTag(),
    public val place: CoarsePlace? = null,
    public val flags: List<String> = emptyList(),
)

/**
 * A place, to a tenth of a degree: some ten kilometres. The wallet needs no better one.
 *
 * @property latitudeTenths tenths of a degree, -900 to 900.
 * @property longitudeTenths tenths of a degree, -1800 to 1800.
 */
public data class CoarsePlace(public val latitudeTenths: Int, public val longitudeTenths: Int) {
    /** Does not say where. */
    override fun toString(): String = "CoarsePlace(redacted)"

    /** Makes places. */
    public companion object {
        /**
         * The place of a position in degrees.
         *
         * @throws IllegalArgumentException if one of the numbers is not a number.
         */
        @JvmStatic
        public fun of(latitude: Double, longitude: Double): CoarsePlace =
            CoarsePlace((latitude * 10).roundToInt(), (longitude * 10).roundToInt())
    }
}
