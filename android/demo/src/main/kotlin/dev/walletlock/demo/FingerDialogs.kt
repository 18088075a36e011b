package dev.walletlock.demo

import dev.walletlock.BiometricOutcome
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricRequest
import dev.walletlock.LockStatus
import dev.walletlock.Money
import dev.walletlock.Payment
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.io.PrintStream

/** The dialogs that ask for a finger. The person at the keyboard says whose finger it is. */
internal class FingerDialogs(
    private val sensor: InsecureSensor,
    private val keyboard: Keyboard,
    private val out: PrintStream,
) {
    suspend fun switchOn(session: Session) {
        val change = sensor.facing(::answer) { session.access.enableBiometrics() }
        Screen.switchedOn(change).forEach(out::println)
    }

    suspend fun switchOff(session: Session) = out.println(
        if (session.access.disableBiometrics()) "Only your PIN opens the wallet now." else "It was off already.",
    )

    suspend fun unlock(lock: WalletLock): Session? = (ask(lock) as? BiometricOutcome.Unlocked)?.session

    /** Pays nothing: it shows how an app finds out whether it may pay. */
    suspend fun pay(lock: WalletLock, unlock: suspend () -> Session?) {
        val payee = keyboard.line("Who is paid? ")?.takeIf { it.isNotBlank() } ?: return
        val amount = parseEuros(keyboard.line("How much, in EUR? ").orEmpty().trim())
            ?: return out.println("An amount as 12.50.")
        val payment = Payment(amount, payee)
        val outcome = ask(lock, payment)
        val session = (outcome as? BiometricOutcome.Unlocked)?.session
            ?: (if (lock.status.value is LockStatus.Ready) unlock() else null)
            ?: return out.println("Nothing was paid.")
        session.close()
        out.println(inWords(payment))
    }

    private suspend fun ask(lock: WalletLock, payment: Payment? = null): BiometricOutcome {
        val outcome = sensor.facing(::answer) { lock.verifyBiometrics(BiometricRequest(payment)) }
        if (outcome !is BiometricOutcome.Unlocked) Screen.lines(outcome).forEach(out::println)
        return outcome
    }

    private suspend fun answer(prompt: BiometricPrompt): Touch {
        Screen.lines(prompt.purpose).forEach { out.println("  | $it") }
        while (true) {
            when (keyboard.line("Who touches the sensor? (me, other, hook; Enter: use the PIN) ")?.trim()) {
                "me" -> return Touch.OWNER
                "other" -> return Touch.STRANGER
                "hook" -> return Touch.HOOK
                "", null -> return Touch.USE_PIN
            }
        }
    }
}

/** Reads '12.50' or '12'. Null if [text] is no such amount, or has more than nine digits before the point. */
internal fun parseEuros(text: String): Money? {
    val (euros, cents) = Regex("(\\d{1,9})(?:\\.(\\d\\d))?").matchEntire(text)?.destructured ?: return null
    return Money(euros.toLong() * 100 + cents.ifEmpty { "0" }.toLong(), "EUR")
}
