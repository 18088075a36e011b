package dev.walletlock.demo

import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.Policy
import dev.walletlock.Remedy
import dev.walletlock.Session
import java.io.PrintStream
import java.text.SimpleDateFormat
import java.util.Locale
import kotlinx.coroutines.flow.takeWhile

/** The wallet in a terminal: prints the lock's status and the commands that are possible now, and runs the typed command. */
internal class TerminalWallet(
    private val phone: DemoPhone,
    private val policy: Policy,
    private val keyboard: Keyboard,
    private val out: PrintStream,
) {
    private class Command(val word: String, val help: String, val run: suspend () -> Unit)

    private lateinit var app: DemoApp
    private lateinit var pins: PinDialogs
    private val fingers = FingerDialogs(phone.sensor, keyboard, out)
    private var session: Session? = null
    private var copy: WalletCopy? = null
    private var isOver = false

    suspend fun run() {
        out.println("Walletlock, a wallet in the terminal.")
        out.println("INSECURE: device keys lie in a file here, on a phone in its hardware; and here the sensor believes")
        out.println("whoever says whose finger it is. Keep no real secrets in it.")
        app = DemoApp.start(phone, policy)
        pins = PinDialogs(keyboard, out)
        try {
            while (!isOver) turn()
        } finally {
            session?.close()
            app.close()
        }
    }

    /** Prints the status once, and runs one command. */
    private suspend fun turn() {
        val status = app.lock.refresh()
        session?.takeUnless { it.isLive }?.let { over ->
            over.close()
            session = null
        }
        out.println()
        (if (session == null) Screen.lines(status) else listOf("The wallet is open.")).forEach(out::println)
        val onWallet = walletCommands(status)
        val onPhone = phoneCommands()
        out.println("wallet: ${onWallet.joinToString("  ") { it.word }}")
        out.println("phone:  ${onPhone.joinToString("  ") { it.word }}  help")
        val offered = onWallet + onPhone
        val word = keyboard.line("${SimpleDateFormat("yyyy-MM-dd HH:mm", Locale.ROOT).format(phone.date)} > ")?.trim()
        try {
            when (word) {
                null -> isOver = true
                "" -> return
                "help" -> offered.forEach { out.println("  %-11s%s".format(it.word, it.help)) }
                else -> {
                    val command = offered.find { it.word == word }
                    if (command == null) out.println("There is no '$word' now. Try 'help'.") else command.run()
                }
            }
        } catch (fault: LockException) {
            out.println(inWords(fault))
        }
    }

    private fun walletCommands(status: LockStatus): List<Command> {
        val open = session
        val hasPin = status !is LockStatus.Unconfigured && status !is LockStatus.Wiped
        return when {
            open != null -> openCommands(open)
            !hasPin -> listOf(Command("set", "set a PIN") { session = pins.set(app.lock) })
            status is LockStatus.Ready -> listOf(
                Command("unlock", "enter the PIN") { session = pins.unlock(app.lock) },
                Command("touch", "open it with your finger") { session = fingers.unlock(app.lock) },
                payCommand(),
            )
            status is LockStatus.CoolingDown -> listOf(Command("wait", "watch the countdown") { watch() })
            status is LockStatus.Busy || status is LockStatus.Locked && Remedy.CheckAgain in status.remedies ->
                listOf(Command("again", "have it looked at again") { app.lock.recheck() })
            else -> emptyList()
        } + if (hasPin) lockCommands() else emptyList()
    }

    private fun openCommands(open: Session): List<Command> {
        val vault = VaultDialogs(open, keyboard, out)
        return listOf(
            Command("keep", "keep something", vault::keep),
            Command("read", "read what is kept", vault::read),
            Command("delete", "delete what is kept", vault::delete),
            Command("journal", "look through what happened", vault::journal),
            Command("export", "write the journal to a file, signed", vault::export),
            Command("change", "change the PIN") { pins.change(app.lock, open) },
            Command("enable", "let your finger open it too") { fingers.switchOn(open) },
            Command("disable", "let only the PIN open it") { fingers.switchOff(open) },
            payCommand(),
            Command("lock", "lock the wallet") { app.lock.lockNow() },
        )
    }

    private fun payCommand() = Command("pay", "pay with your finger; with the PIN what is more than it may") {
        fingers.pay(app.lock, pins)
    }

    private fun lockCommands() = listOf(
        Command("check", "check that nobody tampered with the journal") {
            out.println(inWords(app.lock.verifyJournal()))
        },
        Command("remind", "is there something to remind me of?") {
            out.println(app.lock.takeReminder()?.let(::inWords) ?: "Nothing to remind you of.")
        },
        Command("rules", "the policy in force") { out.println(app.lock.policy().json) },
        Command("remove", "destroy the PIN and everything kept") { pins.remove(app.lock) },
        Command("wipe", "destroy them without the PIN, as on an order of the provider") { pins.wipe(app.lock) },
    )

    private fun phoneCommands() = listOfNotNull(
        Command("skip", "let time pass") { askForTime("How long?")?.let(phone.clock::skip) },
        Command("ahead", "set the phone's clock ahead; no time passes") {
            askForTime("How far?")?.let(phone.clock::setAhead)
        },
        Command("restart", "end the app and start it again") { app.restart() },
        Command("reboot", "restart the phone") { app.restartPhone() },
        Command("addfinger", "add another finger in the phone's settings") { phone.sensor.enrolAnother() },
        Command("copy", "end the app, copy the wallet's files, and start it again") {
            app.restart { copy = phone.copyWallet() }
        },
        copy?.let { Command("putback", "put that copy back in their place") { app.restart { phone.putBack(it) } } },
        Command("new", "throw this phone away and take a new one") { takeNewPhone() },
        Command("quit", "leave; the wallet stays as it is") { isOver = true },
    )

    private suspend fun watch() {
        out.println("Press Enter to stop watching.")
        app.lock.status.takeWhile { it is LockStatus.CoolingDown && !keyboard.hasPressedEnter() }.collect {
            out.print("\r  %-20s".format(countdown((it as LockStatus.CoolingDown).remainingMs)))
            out.flush()
        }
        out.println()
    }

    private fun askForTime(question: String): Long? {
        val typed = keyboard.line("$question (30s, 5m, 2h, 7d) ") ?: return null
        return parseTime(typed.trim()).also { if (it == null) out.println("A number and s, m, h or d.") }
    }

    private suspend fun takeNewPhone() {
        app.close()
        phone.reset()
        app = DemoApp.start(phone, policy)
    }
}

/** '5m' in milliseconds. Null if [text] is not a time, or is more than ten years. */
internal fun parseTime(text: String): Long? {
    val unitMs = mapOf('s' to 1_000L, 'm' to 60_000L, 'h' to 3_600_000L, 'd' to 86_400_000L)[text.lastOrNull()]
    val number = text.dropLast(1).toIntOrNull()?.takeIf { it >= 0 }
    return if (unitMs == null || number == null) null else (number * unitMs).takeIf { it <= 3_650 * 86_400_000L }
}
