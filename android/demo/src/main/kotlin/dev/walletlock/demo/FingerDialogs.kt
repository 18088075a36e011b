package dev.walletlock.demo

import dev.walletlock.BiometricOutcome
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricDenial
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentContext
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentRequest
import dev.walletlock.ProofLevel
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.io.PrintStream
import java.util.UUID

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

    suspend fun unlock(lock: WalletLock): Session? {
        val outcome = sensor.facing(::answer) { lock.verifyBiometrics() }
        if (outcome !is BiometricOutcome.Unlocked) Screen.lines(outcome).forEach(out::println)
        return (outcome as? BiometricOutcome.Unlocked)?.session
    }

    /** Pays nothing: it shows how an app gets an authorisation, which it would hand to its provider. */
    suspend fun pay(lock: WalletLock, pins: PinDialogs) {
        val payee = keyboard.line("Who is paid? ")?.takeIf { it.isNotBlank() } ?: return
        val amount = parseEuros(keyboard.line("How much, in EUR? ").orEmpty().trim())
            ?: return out.println("An amount as 12.50.")
        val payeeId = "payee-${Integer.toHexString(payee.hashCode())}"
        val payment = Payment(UUID.randomUUID().toString(), amount, Payee(payee, payeeId))
        var outcome = lock.payments.authorize(payment, PaymentContext(language = "en"))
        if (outcome is PaymentOutcome.NeedsProof) outcome = confirm(lock, outcome.request, pins)
        if (outcome is PaymentOutcome.Approved) return out.println(inWords(payment))
        inWords(outcome).forEach(out::println)
        out.println("Nothing was paid.")
    }

    /** With a finger if that is enough; with the PIN if it is not, or if nobody was recognised. */
    private suspend fun confirm(lock: WalletLock, request: PaymentRequest, pins: PinDialogs): PaymentOutcome {
        request.lines.forEach { out.println("  | $it") }
        if (ProofLevel.BIOMETRICS in request.anyOf) {
            val outcome = sensor.facing(::answer) { lock.payments.confirmBiometrics(request) }
            if (outcome !is PaymentOutcome.BiometricsRefused) return outcome
            Screen.lines(outcome.refusal).forEach(out::println)
        } else if (request.reasons.isEmpty() && ProofLevel.PIN_AND_BIOMETRICS in request.anyOf) {
            out.println(inWords(BiometricDenial.OVER_BUDGET))
        }
        return pins.confirm(lock, request)
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
