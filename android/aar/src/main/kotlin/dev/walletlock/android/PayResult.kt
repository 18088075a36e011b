package dev.walletlock.android

import dev.walletlock.Authorisation
import dev.walletlock.LockException
import dev.walletlock.Payment
import dev.walletlock.PaymentContext
import dev.walletlock.PaymentRefusal
import dev.walletlock.Session

/**
 * How a [PayActivity] ended: [PayActivity.result] returns it. With AndroidX:
 *
 * ```
 * class Pay : ActivityResultContract<Payment, PayResult>() {
 *     override fun createIntent(context: Context, input: Payment) = PayActivity.intent(context, input)
 *     override fun parseResult(resultCode: Int, intent: Intent?) = PayActivity.result(resultCode, intent)
 * }
 * ```
 */
public sealed interface PayResult {
    /**
     * The payment is approved, and counts from now on.
     *
     * @property authorisation hand it to the provider.
     */
    public class Approved(public val authorisation: Authorisation) : PayResult

    /**
     * The payment is refused. The person has read why.
     *
     * @property reasons all of them.
     */
    public class Refused(public val reasons: List<PaymentRefusal>) : PayResult

    /**
     * Nothing is approved: the person left the sheet, the process was ended meanwhile, or nobody took the result for a minute. To try
     * again, ask for the payment with the same id.
     *
     * @property fault why the lock could not ask, such as [LockException.Invalid] with the name of a field that is wrong. Null: no
     *   fault prevented it.
     */
    public class Cancelled(public val fault: LockException?) : PayResult
}

/** What a [PayActivity] asks for. [session]: the app's. Null: none is used. */
internal class PayOrder(val payment: Payment, val context: PaymentContext, val session: Session?)
