package dev.walletlock.demo

import dev.walletlock.PinEntry
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class TerminalWalletTest {
    @TempDir
    lateinit var folder: File

    /** Types the given lines; after the last one the input has ended. */
    private class ScriptedKeyboard(typed: List<String>) : Keyboard {
        private val lines = ArrayDeque(typed)
        val isDone get() = lines.isEmpty()

        override fun line(prompt: String): String? = lines.removeFirstOrNull()

        override fun digits(prompt: String, entry: PinEntry): Boolean? =
            lines.removeFirstOrNull()?.all { it.isDigit() && entry.push(it.digitToInt()) }

        override fun hasPressedEnter() = true
    }

    private fun use(vararg typed: String): String {
        val keyboard = ScriptedKeyboard(typed.toList())
        val printed = ByteArrayOutputStream()
        val out = PrintStream(printed, true, "UTF-8")
        runBlocking { TerminalWallet(DemoPhone(folder.toPath()), policyNamed("policy.json"), keyboard, out).run() }
        assertTrue(keyboard.isDone, "some scripted lines were not read")
        return printed.toString("UTF-8")
    }

    private fun assertInOrder(said: String, vararg expected: String) {
        expected.fold(0) { from, text ->
            val at = said.indexOf(text, from)
            assertTrue(at >= 0, "expected, in this order: $text\n$said")
            at + text.length
        }
    }

    @Test
    fun `a PIN is set, something kept, and found again at the next start`() {
        val first = use(
            "set", "1990-08-05", "0170 8827364", "123456",
            "set", "835179", "835178",
            "set", "835179", "835179",
            "keep", "card", "4000 1234",
            "quit",
        )
        assertInOrder(
            first,
            "INSECURE",
            "No PIN is set yet.",
            "Refused: its digits follow one another; its keys lie in a line on the keypad.",
            "These are not the same.",
            "The wallet is open.",
            "Kept.",
        )
        val second = use("unlock", "835179", "read", "card", "journal", "", "lock", "check", "quit")
        assertInOrder(
            second,
            "Enter your PIN. 16 tries left.",
            "Kept: card",
            "4000 1234",
            "PIN right: unlocked",
            "Kept (card)",
            "PIN set (key in software, rules 'demo')",
            "Enter your PIN. 16 tries left.",
            "lines are as they were written.",
        )
    }

    @Test
    fun `wrong PINs cool it down, whatever is tried, until the time has passed`() {
        val wrong = (0..4).flatMap { listOf("unlock", "26483$it") }
        val said = use(
            "set", "", "", "835179", "835179", "lock", *wrong.toTypedArray(),
            "wait", "ahead", "2h", "restart", "reboot", "unlock",
            "skip", "30s", "unlock", "835179", "quit",
        )
        assertInOrder(
            said,
            "Wrong PIN. 15 tries left.",
            "Wrong PIN. Try again in 30 seconds. 11 tries left.",
            "COOLING DOWN  0:",
            "1. Wait ",
            "There is no 'unlock' now.",
            "Enter your PIN. 11 tries left.",
            "The wallet is open.",
        )
        assertEquals(6, said.split("COOLING DOWN").size - 1, "after the fifth, and after each thing that was tried")
    }

    @Test
    fun `the wallet locks itself when it is not used`() {
        val said = use("set", "", "", "835179", "835179", "skip", "2m", "quit")
        assertInOrder(said, "The wallet is open.", "Enter your PIN. 16 tries left.")
    }

    @Test
    fun `the PIN is changed, and everything removed`() {
        val said = use(
            "set", "", "", "835179", "835179",
            "change", "835179", "111111", "change", "835179", "835179", "835179",
            "change", "835179", "902746", "902746",
            "lock", "remove", "835179", "remove", "902746", "quit",
        )
        assertInOrder(
            said,
            "Refused: it has too few different digits; it looks like a date.",
            "Refused: you used it before.",
            "Your PIN is changed.",
            "There is no way back.",
            "Wrong PIN. 15 tries left.",
            "Everything is destroyed.",
            "No PIN is set yet.",
        )
    }

    @Test
    fun `an older copy is found out, and a wipe asks for no PIN`() {
        val said = use(
            "set", "", "", "835179", "835179", "putback", "copy", "unlock", "264830", "putback",
            "wipe", "no", "wipe", "wipe", "putback", "set", "835179", "835179", "quit",
        )
        assertInOrder(
            said,
            "There is no 'putback' now.",
            "Wrong PIN. 15 tries left.",
            "LOCKED: PROTECTED DATA DAMAGED",
            "without asking for the PIN",
            "LOCKED: PROTECTED DATA DAMAGED",
            "WIPED",
            "WIPED",
            "The wallet is open.",
        )
    }

    @Test
    fun `a finger opens it and pays a little, and the PIN what is more`() {
        val said = use(
            "set", "", "", "835179", "835179", "lock", "touch",
            "unlock", "835179", "enable", "who?", "me", "lock",
            "touch", "other", "me", "change", "835179", "", "lock",
            "pay", "Bakery", "12.50", "me",
            "pay", "Shoe shop", "45", "835179", "pay", "Shoe shop", "45", "264830", "pay", "Shoe shop", "lots",
            "touch", "", "touch", "hook",
            "unlock", "835179", "journal", "Bakery", "disable", "disable", "lock", "touch", "quit",
        )
        assertInOrder(
            said,
            "the sensor believes",
            "No finger opens this wallet: that is switched off.",
            "Open your wallet without the PIN",
            "Your finger opens the wallet from now on.",
            "Show that it is you.",
            "The wallet is open.",
            "Pay EUR 12.50",
            "To Bakery",
            "Paid: EUR 12.50 to Bakery.",
            "it needs your PIN.",
            "Paid: EUR 45.00 to Shoe shop.",
            "Wrong PIN. 15 tries left.",
            "Nothing was paid.",
            "An amount as 12.50.",
            "The prompt was put away.",
            "Not recognised. Enter your PIN.",
            "Finger recognised (EUR 12.50, to Bakery)",
            "Finger asked for (EUR 12.50, to Bakery)",
            "Only your PIN opens the wallet now.",
            "It was off already.",
            "No finger opens this wallet: that is switched off.",
        )
    }

    @Test
    fun `after a restart of the phone the PIN comes first, and another finger switches it off`() {
        val said = use(
            "set", "", "", "835179", "835179", "enable", "me", "reboot", "touch", "unlock", "835179", "lock",
            "touch", "me", "lock", "addfinger", "touch", "touch",
            "unlock", "835179", "enable", "me", "lock", "touch", "me", "quit",
        )
        assertInOrder(
            said,
            "This phone was restarted: the PIN first.",
            "The wallet is open.",
            "A finger was added to this phone",
            "Your finger opens the wallet from now on.",
            "The wallet is open.",
        )
    }

    @Test
    fun `the journal is exported to a file`() {
        val file = File(folder, "journal.jsonl")
        val said = use("set", "", "", "835179", "835179", "export", file.path, "export", folder.path, "quit")
        assertInOrder(said, "Exported.", "That file cannot be written")
        assertEquals(3, file.readLines().size)
    }

    @Test
    fun `a thrown away phone takes its wallet with it`() {
        use("set", "", "", "835179", "835179", "quit")
        val said = use("new", "quit")
        assertInOrder(said, "Enter your PIN. 16 tries left.", "No PIN is set yet.")
        assertFalse("DAMAGED" in said)
    }

    @Test
    fun `what makes no sense is answered`() {
        val said = use("hlep", "help", "skip", "soon", "", "set", "", "", "12ab", "quit")
        assertInOrder(
            said,
            "There is no 'hlep' now. Try 'help'.",
            "  set        set a PIN",
            "A number and s, m, h or d.",
            "Digits only",
        )
    }

    @Test
    fun `no more input ends it`() {
        assertTrue("No PIN is set yet." in use())
    }
}
