package dev.walletlock.android

import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.CardRef
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentContext
import dev.walletlock.Session
import org.json.JSONArray
import org.json.JSONObject
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

// Payments in the tests, and the sheet on which a person confirms them.

/** At most 1,000 EUR a day and 500 at once; a code of the authenticator from 200 on; a finger for up to 30. */
val PAY_POLICY: String = JSONObject(TestWallet.POLICY)
    .put("biometric", JSONObject("""{ "budgets": [{ "currency": "EUR", "per_payment_minor": 3000, "total_minor": 10000 }] }"""))
    .put(
        "payment",
        JSONObject(
            """{
                "limits": [
                    { "scope": "all", "currency": "EUR", "per": "day", "max": 100000 },
                    { "scope": "all", "currency": "EUR", "per": "payment", "max": 50000 },
                    { "scope": "all", "currency": "EUR", "per": "payment", "max": 20000, "proof": "pin" }
                ]
            }""",
        ),
    ).toString()

/** The policy with more in its part about payments. */
fun payPolicy(change: JSONObject.() -> Unit): String = JSONObject(PAY_POLICY).apply { getJSONObject("payment").change() }.toString()

/** The policy with one more limit. */
fun payPolicyWith(limit: String): String = payPolicy { (get("limits") as JSONArray).put(JSONObject(limit)) }

fun payment(
    minor: Long = 4_250,
    id: String = "order-1",
    payee: String = "Corner bakery",
    currency: String = "EUR",
    channel: PaymentChannel = PaymentChannel.ONLINE,
): Payment = Payment(id, Money(minor, currency), Payee(payee, "shop-7"), channel, CardRef("card-1", "Visa", "1234"))

internal fun sheet(
    payment: Payment = payment(),
    payContext: PaymentContext = PaymentContext(),
    session: Session? = null,
): ActivityController<PayActivity> {
    val intent = PayActivity.intent(RuntimeEnvironment.getApplication(), payment, payContext, session)
    return started(PayActivity::class.java, intent)
}

/** The lines that the sheet shows, the largest first. */
internal fun ActivityController<PayActivity>.lines(): List<String> {
    val column = get().window.decorView.part<ScrollView>(R.id.walletlock_pay_lines).getChildAt(0) as LinearLayout
    return (0 until column.childCount).map { (column.getChildAt(it) as TextView).text.toString() }
}

internal fun ActivityController<PayActivity>.result(): PayResult =
    shadowOf(get()).run { PayActivity.result(resultCode, resultIntent) }
