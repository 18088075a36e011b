package dev.walletlock.demo

import dev.walletlock.Contact
import dev.walletlock.DeviceKeyFault
import dev.walletlock.FinderMessage
import dev.walletlock.Finding
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.PinRule
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.Severity
import dev.walletlock.WhoLocked
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** The sentences that the person reads on the screen. */
class ScreenTest {
    private val contacts = listOf(
        Remedy.Ask(Contact.Phone("+1 555 0100")),
        Remedy.Ask(Contact.Form("https://wallet.example/locked")),
        Remedy.Ask(Contact.Social("@wallet")),
        Remedy.Ask(Contact.Police("ask for a case number")),
    )

    private fun shown(status: LockStatus) = Screen.lines(status).joinToString("\n")

    @Test
    fun `while one may enter a PIN it says how often`() {
        assertEquals("No PIN is set yet.", shown(LockStatus.Unconfigured))
        assertEquals("Enter your PIN. 16 tries left.", shown(LockStatus.Ready(16)))
        assertEquals("Enter your PIN. 1 try left.", shown(LockStatus.Ready(1)))
        assertEquals("Enter your PIN.", shown(LockStatus.Ready(null)))
    }

    @Test
    fun `cooling down says how long, how often after that, who, and what to do`() {
        val status = LockStatus.CoolingDown(252_000, 6, listOf(Remedy.Wait(252_000)) + contacts)
        val expected = """
            COOLING DOWN  4:12
            Too many wrong PINs. Try again in 4 minutes 12 seconds. 6 tries left after that.
            This phone locked it by itself. Your account and your provider are not involved.
            What you can do now:
              1. Wait 4 minutes 12 seconds.
              2. Call +1 555 0100.
              3. Fill in the form at https://wallet.example/locked.
              4. Write to @wallet.
              5. Go to the police: ask for a case number.
        """.trimIndent()
        assertEquals(expected, shown(status))
    }

    @Test
    fun `without a contact there is still something to do`() {
        val expected = """
            LOCKED: TOO MANY WRONG PINS
            No PIN is taken any more, the right one neither, until you have shown in some other way who you are.
            This phone locked it by itself. Your account and your provider are not involved.
            Ask whoever gave you this wallet.
        """.trimIndent()
        assertEquals(expected, shown(LockStatus.Locked(LockReason.TOO_MANY_ATTEMPTS, WhoLocked.PHONE, emptyList())))
    }

    @ParameterizedTest
    @EnumSource
    fun `it never says just locked`(reason: LockReason) {
        val lines = Screen.lines(LockStatus.Locked(reason, WhoLocked.PHONE, contacts))
        assertTrue(lines.first().length > "LOCKED".length)
        assertTrue(lines[2].startsWith("This phone locked it"))
        assertEquals(listOf("What you can do now:", "  1. Call +1 555 0100."), lines.subList(3, 5))
    }

    @Test
    fun `each who and each reason has words of its own`() {
        val said = WhoLocked.entries.map { Screen.lines(LockStatus.Locked(LockReason.LOCKED_BY_OWNER, it, emptyList()))[2] }
        assertEquals(WhoLocked.entries.size, said.toSet().size)
        val reasons = LockReason.entries.map { Screen.lines(LockStatus.Locked(it, WhoLocked.PHONE, emptyList())).take(2) }
        assertEquals(2 * LockReason.entries.size, reasons.flatten().toSet().size)
    }

    @Test
    fun `a lock of the provider - its message comes first, and each remedy says whether it can be used`() {
        val remedies = listOf(
            Remedy.EnterPin,
            Remedy.AskProvider(RemedyState.Available),
            Remedy.Connect(RemedyState.NotSetUp),
            Remedy.RecoveryCode(RemedyState.Waiting(7_200_000)),
            Remedy.RecoveryCode(RemedyState.UsedUp),
        )
        val message = FinderMessage("Please call us.", Contact.Phone("+1 555 0199"))
        val expected = """
            A message of the provider, for whoever finds this phone: Please call us.
            Call +1 555 0199.
            LOCKED: PHONE REPORTED LOST OR STOLEN
            Your provider was told that this phone is lost or stolen. If you have it, ask your provider to unlock the wallet.
            Your provider locked it.
            What you can do now:
              1. Enter your PIN. It opens the wallet.
              2. Ask your provider to unlock the wallet.
              3. Not yet, because it is not set up: Connect this phone to the internet, so that it hears from your provider.
              4. In 2 hours: Enter your recovery code. It opens the wallet, and you set a new PIN.
              5. Not any more, because it was used as often as it may be: Enter your recovery code. It opens the wallet, and you set a new PIN.
        """.trimIndent()
        assertEquals(expected, shown(LockStatus.Locked(LockReason.LOST_OR_STOLEN, WhoLocked.PROVIDER, remedies, message)))
    }

    @Test
    fun `a verdict says what the next try will be like`() {
        fun shown(triesLeft: Int?, cooldownMs: Long, repeated: Boolean = false) =
            Screen.lines(PinOutcome.Wrong(triesLeft, cooldownMs, repeated)).single()
        assertEquals("Wrong PIN. 15 tries left.", shown(15, 0))
        assertEquals("Wrong PIN. Try again in 30 seconds. 1 try left.", shown(1, 30_000))
        assertEquals("Wrong PIN.", shown(null, 0))
        val again = "Wrong again, and the same PIN as a moment ago: not counted twice. 15 tries left."
        assertEquals(again, shown(15, 0, repeated = true))
    }

    @Test
    fun `no verdict is no wrong PIN`() {
        val causes = DeviceKeyFault.entries.map { NoVerdictCause.DeviceKey(it) } +
            listOf(NoVerdictCause.NotAPin, NoVerdictCause.Platform, NoVerdictCause.Storage, NoVerdictCause.TryAgain) +
            NoVerdictCause.NoMemory
        for (cause in causes) {
            val line = Screen.lines(PinOutcome.NoVerdict(cause)).single()
            assertTrue("wrong" !in line.lowercase() && line.endsWith("."), line)
        }
    }

    @Test
    fun `a refused PIN is refused with every reason`() {
        val findings = listOf(
            Finding(PinRule.TOO_SHORT, Severity.FORBIDDEN, 6),
            Finding(PinRule.RUN, Severity.FORBIDDEN, null),
            Finding(PinRule.DATE, Severity.WEAK, null),
        )
        val expected =
            "Refused: it is too short, use at least 6 digits; its digits follow one another; it looks like a date."
        assertEquals(expected, Screen.refused(findings))
        val reasons = PinRule.entries.map { inWords(Finding(it, Severity.FORBIDDEN, 6)) }
        assertEquals(PinRule.entries.size, reasons.toSet().size, "each in words of its own")
    }
}
