package dev.walletlock

import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import org.junit.jupiter.api.io.TempDir

/** What the tests of the facade share: a phone, and a file for its wallet. */
abstract class LockTest {
    @TempDir
    lateinit var folder: File

    val phone = FakePhone()
    val file: File get() = File(folder, "wallet.db")

    /** Opens a lock that does all its work on the test's thread, in the test's virtual time. */
    suspend fun TestScope.open(policy: Policy = Policy.DEFAULT, platform: Platform = phone.platform): WalletLock =
        WalletLock.open(file, platform, policy, StandardTestDispatcher(testScheduler))

    suspend fun TestScope.openEnrolled(policy: Policy = Policy.DEFAULT): WalletLock = open(policy).also { it.enrol() }

    companion object {
        const val RIGHT = "835179"
        const val WRONG = "264830"

        /** [RIGHT] with one digit mistyped. */
        const val SLIP = "835178"

        /** After two failures a minute's cool-down, after four the wallet is locked. A repeated wrong PIN counts too. */
        val STRICT = Policy.json(
            """
            {
              "name": "strict",
              "lockout": {
                "cooldowns": [{ "from": 2, "to": 3, "wait_s": 60 }],
                "lock_at": 4, "duplicate_window_s": 0, "duplicate_memory": 0, "no_verdict_budget": 2
              },
              "contacts": [
                { "kind": "phone", "value": "+1 555 0100" },
                { "kind": "form", "value": "https://wallet.example/locked" },
                { "kind": "social", "value": "@wallet" },
                { "kind": "police", "value": "ask for a case number" }
              ]
            }
            """,
        )

        /**
         * Up to 50.00 at once and 80.00 in all by finger; up to 100.00 a day; up to 5.00 without a proof in an open session; two proofs
         * for a transfer of more than 10.00.
         */
        val PAYING = Policy.json(
            """{
              "name": "paying",
              "biometric": { "budgets": [{ "currency": "EUR", "per_payment_minor": 5000, "total_minor": 8000 }] },
              "payment": $PAYMENT_PART
            }""",
        )

        const val PAYMENT_PART = """{
            "limits": [
              { "scope": "all", "currency": "EUR", "per": "day", "max": 10000 },
              { "scope": "all", "currency": "EUR", "per": "payment", "max": 500, "proof": "nothing" },
              { "scope": "transfer", "currency": "EUR", "per": "payment", "max": 1000, "proof": "pin" }
            ],
            "risk": {
              "payments_in_15_min": null, "new_payee_percent": null, "after_change_percent": null,
              "flags": [{ "name": "rooted" }, { "name": "debugged", "proof": "pin_and_code" }]
            }
          }"""

        val PAYMENT = Payment("order-1", Money(1_250, "EUR"), Payee("Bakery", "bakery-7"))
        val LIMIT = Limit(LimitScope.All, "EUR", LimitPeriod.DAY, max = 5_000)

        val CONTACTS = listOf(
            Remedy.Ask(Contact.Phone("+1 555 0100")),
            Remedy.Ask(Contact.Form("https://wallet.example/locked")),
            Remedy.Ask(Contact.Social("@wallet")),
            Remedy.Ask(Contact.Police("ask for a case number")),
        )
    }
}

suspend fun WalletLock.enrol(digits: String = LockTest.RIGHT) = pinOf(digits).use { entry ->
    (enrol(entry) as Enrolment.Enrolled).session.close()
}

suspend fun WalletLock.verify(digits: String): PinOutcome = pinOf(digits).use { verifyPin(it) }

/** Opens a session with the right PIN. */
suspend fun WalletLock.unlock(digits: String = LockTest.RIGHT): Session = (verify(digits) as PinOutcome.Right).session

suspend fun Session.change(current: String, new: String, personal: List<Personal> = emptyList()): PinChange =
    pinOf(current).use { old -> pinOf(new).use { access.changePin(old, it, personal) } }

/** How many sessions are open. Read by reflection: no app needs the number, so it is not in the public API. */
val WalletLock.openSessions: Int
    get() = WalletLock::class.java.getDeclaredField("sessions").run {
        isAccessible = true
        (get(this@openSessions) as Collection<*>).size
    }

/** The rules of the findings. A finding prints nothing, so rules make a better assertion message. */
val List<Finding>.rules: List<PinRule> get() = map { it.rule }

/** The phone's keystore, with a hook that runs just before the PIN's key computes an HMAC. */
class HookedDeviceKey(private val key: DeviceKey) : DeviceKey by key {
    @Volatile
    var onHmac: (() -> Unit)? = null

    override fun hmac(alias: String, input: ByteArray): ByteArray {
        if ("/pin/" in alias) onHmac?.invoke()
        return key.hmac(alias, input)
    }
}
