package dev.walletlock.demo

import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricDenial
import dev.walletlock.Enrolment
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentRequest
import dev.walletlock.Personal
import dev.walletlock.PinChange
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Removal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.io.PrintStream

/** The dialogs that ask for a PIN. */
internal class PinDialogs(private val keyboard: Keyboard, private val out: PrintStream) {
    /** Asked for once, and never written to a file. */
    private var personal: List<Personal>? = null

    suspend fun unlock(lock: WalletLock): Session? = PinEntry().use { entry ->
        lock.prepare()
        if (!ask("Your PIN: ", entry)) return null
        when (val outcome = lock.verifyPin(entry)) {
            is PinOutcome.Right -> outcome.session
            is Refusal -> {
                // If the wallet is locked, the caller shows the lock's status next anyway.
                if (outcome !is PinOutcome.Locked) Screen.lines(outcome).forEach(out::println)
                null
            }
        }
    }

    /** Confirms a payment. If nothing is typed, the payment is cancelled. */
    suspend fun confirm(lock: WalletLock, request: PaymentRequest): PaymentOutcome = PinEntry().use { entry ->
        lock.prepare()
        if (ask("Your PIN, to pay: ", entry)) return lock.payments.confirmPin(request, entry)
        lock.payments.cancel(request)
        PaymentOutcome.Expired
    }

    suspend fun set(lock: WalletLock): Session? = PinEntry().use { entry ->
        val personal = askPersonal()
        if (!askNew(lock, entry, personal)) return null
        when (val enrolment = lock.enrol(entry, personal)) {
            is Enrolment.Enrolled -> enrolment.session
            is Enrolment.Forbidden -> null.also { out.println(Screen.refused(enrolment.findings)) }
        }
    }

    suspend fun change(lock: WalletLock, session: Session): Unit = PinEntry().use { current ->
        PinEntry().use { new ->
            val personal = askPersonal()
            if (!ask("Your PIN now: ", current) || !askNew(lock, new, personal)) return
            when (val change = session.access.changePin(current, new, personal, keepsBiometrics(lock))) {
                is PinChange.Changed -> out.println(Screen.changed(change))
                is PinChange.Forbidden -> out.println(Screen.refused(change.findings))
                is Refusal -> Screen.lines(change).forEach(out::println)
            }
        }
    }

    /** Asks only if biometrics are switched on. */
    private suspend fun keepsBiometrics(lock: WalletLock): Boolean {
        if (lock.biometricAvailability() == BiometricAvailability.Denied(BiometricDenial.SWITCHED_OFF)) return true
        out.println("A finger opens this wallet. If someone knew your PIN, it may be theirs.")
        return keyboard.line("Type 'off' to switch fingers off, or press Enter: ") != "off"
    }

    suspend fun remove(lock: WalletLock): Unit = PinEntry().use { entry ->
        out.println("This destroys the PIN, everything kept and the journal. There is no way back.")
        if (!ask("Your PIN, to go on: ", entry)) return
        when (val removal = lock.remove(entry)) {
            is Removal.Removed -> out.println("Everything is destroyed.")
            is Refusal -> Screen.lines(removal).forEach(out::println)
        }
    }

    suspend fun wipe(lock: WalletLock) {
        out.println("This destroys the PIN and everything kept, without asking for the PIN. There is no way back.")
        if (keyboard.line("Type 'wipe', to go on: ") == "wipe") lock.wipe()
    }

    /** Judges the PIN before asking for it again, so that nobody types a forbidden PIN twice. */
    private suspend fun askNew(lock: WalletLock, entry: PinEntry, personal: List<Personal>): Boolean {
        if (!ask("A new PIN: ", entry)) return false
        val judgement = lock.judgePin(entry, personal)
        if (!judgement.allowed) {
            out.println(Screen.refused(judgement.findings))
            return false
        }
        if (judgement.findings.isNotEmpty()) {
            out.println("You may use it, but ${judgement.findings.joinToString("; ", transform = ::inWords)}.")
        }
        return PinEntry().use { again ->
            val isSame = ask("Once more: ", again) && entry.matches(again)
            if (!isSame) out.println("These are not the same.")
            isSame
        }
    }

    /** False if nothing was typed, which cancels the dialog, or if it was not 1 to 12 digits. */
    private fun ask(prompt: String, entry: PinEntry): Boolean {
        if (keyboard.digits(prompt, entry) == false) {
            out.println("Digits only, 12 at most.")
            entry.clear()
        }
        return entry.length > 0
    }

    private fun askPersonal(): List<Personal> = personal ?: run {
        out.println("So that your PIN is made of neither (or press Enter):")
        val birthday = keyboard.line("Your birthday, year-month-day: ").orEmpty()
            .split('-').mapNotNull { it.trim().toIntOrNull() }
        val number = keyboard.line("Your telephone number: ").orEmpty()
        listOfNotNull(
            birthday.takeIf { it.size == 3 }?.let { (year, month, day) -> Personal.Birthday(year, month, day) },
            number.takeIf { it.isNotBlank() }?.let(Personal::Number),
        ).also { personal = it }
    }
}
