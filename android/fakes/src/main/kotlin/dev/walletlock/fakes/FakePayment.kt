package dev.walletlock.fakes

import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.PaymentChannel

/**
 * A payment that a [FakeCounter] has taken: what both signatures of its authorisation say.
 *
 * @property id the payment's id, as the app named it.
 * @property amount the amount, or the highest amount.
 * @property isUpTo whether [amount] is the highest amount, and not the exact one.
 * @property feeMaxMinor the most that may be charged beside it, in the same currency.
 * @property billing what may be charged to the account, if it has another currency. Null: it has the same.
 * @property payee who is paid.
 * @property card the app's own name for the card. Null: it is not paid by card.
 * @property channel how it is paid.
 * @property shown the lines that the person read.
 * @property methods how the person proved who they are, by RFC 8176: `pin`, `bio`, `otp`.
 * @property risks the names of the risk rules that were met.
 * @property number the number of the authorisation: of two, the later one has the higher number.
 */
public class FakePayment internal constructor(
    public val id: String,
    public val amount: Money,
    public val isUpTo: Boolean,
    public val feeMaxMinor: Long,
    public val billing: Money?,
    public val payee: Payee,
    public val card: String?,
    public val channel: PaymentChannel,
    public val shown: List<String>,
    public val methods: List<String>,
    public val risks: List<String>,
    public val number: Long,
) {
    /** The most that may be charged, in the currency that the phone's limits count: what the phone has set aside. */
    public val mostMinor: Long get() = billing?.minor ?: (amount.minor + feeMaxMinor)

    /** Says neither payee nor amount. */
    override fun toString(): String = "FakePayment(redacted)"
}
