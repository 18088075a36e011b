package dev.walletlock.demo

import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.Chain
import dev.walletlock.RecoveryChange
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.Contact
import dev.walletlock.DeviceKeyFault
import dev.walletlock.Finding
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.LockException
import dev.walletlock.Money
import dev.walletlock.NoVerdictCause
import dev.walletlock.Payment
import dev.walletlock.PinRule
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.Reminder
import java.math.BigDecimal
import java.text.SimpleDateFormat
import java.util.Currency
import java.util.Date
import java.util.Locale

// What the lock says, in sentences on which a person can act.

private const val MINUTE_S = 60L
private const val HOUR_S = 3_600L
private const val DAY_S = 86_400L

/** '4 minutes 12 seconds', '2 days 1 hour': two units at most, rounded up, so that nobody comes back too early. */
internal fun durationInWords(ms: Long): String {
    val seconds = (ms + 999) / 1_000
    return when {
        seconds < HOUR_S -> twoUnits(seconds, MINUTE_S, "minute", 1, "second")
        seconds < DAY_S -> twoUnits(roundedUp(seconds, MINUTE_S), HOUR_S, "hour", MINUTE_S, "minute")
        else -> twoUnits(roundedUp(seconds, HOUR_S), DAY_S, "day", HOUR_S, "hour")
    }
}

private fun roundedUp(seconds: Long, unit: Long) = (seconds + unit - 1) / unit * unit

private fun twoUnits(seconds: Long, large: Long, largeName: String, small: Long, smallName: String): String {
    val parts = listOf(counted(seconds / large, largeName), counted(seconds % large / small, smallName))
    return parts.filterNot { it.startsWith("0 ") }.joinToString(" ").ifEmpty { counted(0, smallName) }
}

/** '4:12', '11:59:59', '2 days 1:00:00'. */
internal fun countdown(ms: Long): String {
    val seconds = (ms + 999) / 1_000
    val clock = "%d:%02d".format(seconds % HOUR_S / MINUTE_S, seconds % MINUTE_S)
    return when {
        seconds < HOUR_S -> clock
        seconds < DAY_S -> "%d:%s".format(seconds / HOUR_S, clock.padStart("00:00".length, '0'))
        else -> "${counted(seconds / DAY_S, "day")} ${countdownInDay(seconds % DAY_S, clock)}"
    }
}

private fun countdownInDay(seconds: Long, clock: String) = "${seconds / HOUR_S}:${clock.padStart("00:00".length, '0')}"

/** '1 try', '2 tries'. */
internal fun counted(number: Long, what: String): String = when {
    number == 1L -> "1 $what"
    what.endsWith("y") && what != "day" -> "$number ${what.dropLast(1)}ies"
    else -> "$number ${what}s"
}

internal fun triesLeft(tries: Int): String = "${counted(tries.toLong(), "try")} left"

internal fun inWords(remedy: Remedy): String = when (remedy) {
    is Remedy.Wait -> "Wait ${durationInWords(remedy.ms)}."
    is Remedy.CheckAgain -> "Have it checked again: it may have been a hiccup of the keystore or the disk."
    is Remedy.Restart -> "Restart this phone."
    is Remedy.RecoveryCode ->
        inWords(remedy.state, "Enter your recovery code. It opens the wallet, and you set a new PIN.")
    is Remedy.EnterPin -> "Enter your PIN. It opens the wallet."
    is Remedy.AskProvider -> inWords(remedy.state, "Ask your provider to unlock the wallet.")
    is Remedy.Connect -> inWords(remedy.state, "Connect this phone to the internet, so that it hears from your provider.")
    is Remedy.AskEscrow -> inWords(remedy.state, "Ask your provider, which keeps the key to the wallet, to open it.")
    is Remedy.Ask -> inWords(remedy.contact)
}

private fun inWords(state: RemedyState, remedy: String): String = when (state) {
    is RemedyState.Available -> remedy
    is RemedyState.Waiting -> "In ${durationInWords(state.leftMs)}: $remedy"
    is RemedyState.UsedUp -> "Not any more, because it was used as often as it may be: $remedy"
    is RemedyState.NotSetUp -> "Not yet, because it is not set up: $remedy"
}

internal fun inWords(contact: Contact): String = when (contact) {
    is Contact.Phone -> "Call ${contact.number}."
    is Contact.Form -> "Fill in the form at ${contact.address}."
    is Contact.Social -> "Write to ${contact.account}."
    is Contact.Police -> "Go to the police: ${contact.advice}."
}

internal fun inWords(finding: Finding): String = when (finding.rule) {
    PinRule.TOO_SHORT -> "it is too short, use at least ${finding.digits} digits"
    PinRule.TOO_LONG -> "it is too long, use at most ${finding.digits} digits"
    PinRule.FEW_DIGITS -> "it has too few different digits"
    PinRule.RUN -> "its digits follow one another"
    PinRule.REPEATED_BLOCK -> "it is the same few digits again and again"
    PinRule.DOUBLED -> "each of its digits is typed twice or more in a row"
    PinRule.KEYPAD_LINE -> "its keys lie in a line on the keypad"
    PinRule.COMMON -> "it is one of the PINs that most people choose"
    PinRule.PERSONAL -> "it is made of your birthday or telephone number"
    PinRule.USED_BEFORE -> "you used it before"
    PinRule.DATE -> "it looks like a date"
    PinRule.PALINDROME -> "it reads the same backwards"
    PinRule.NEAR_PIN -> "it is one slip from your PIN"
    PinRule.MOSTLY_ONE_DIGIT -> "most of its digits are the same"
    PinRule.KEYPAD_WALK -> "its keys lie beside one another on the keypad"
}

internal fun inWords(cause: NoVerdictCause): String = when (cause) {
    NoVerdictCause.NotAPin -> "That is too short for a PIN. It was not counted."
    NoVerdictCause.Platform -> "This phone's clock cannot be read, so no PIN is checked. Restart it and try again."
    is NoVerdictCause.DeviceKey -> when (cause.fault) {
        DeviceKeyFault.BUSY -> "This phone's keystore is busy. Try again in a moment."
        else -> "This phone's keystore did not answer. The PIN could not be checked."
    }
    NoVerdictCause.Storage -> "This phone's storage failed. Make room on it and try again."
    NoVerdictCause.TryAgain -> "The lock was busy. Try again."
    NoVerdictCause.NoMemory -> "This phone has no memory to spare. It was not counted. Try again in a moment."
}

internal fun inWords(refusal: CodeRefusal): String = when (refusal) {
    is CodeOutcome.NotACode -> "There is a slip in group ${refusal.group}. Type that group again."
    CodeOutcome.Wrong -> "That is a recovery code, but not the one of this wallet. Look for a newer sheet."
    CodeOutcome.OldCode -> "Somebody put an older copy of this wallet here. Its code is not taken any more."
    CodeOutcome.Altered -> "The code is right, but what it opens was changed. Ask whoever gave you this wallet."
    CodeOutcome.NotSetUp -> "This wallet has no recovery code."
    is CodeOutcome.Locked -> Screen.lines(refusal.status).joinToString(" ")
    is CodeOutcome.NoVerdict -> "This phone did not answer, so the code was not checked. Try again in a moment."
}

internal fun inWords(change: RecoveryChange): String = when (change) {
    RecoveryChange.InForce -> "Your recovery code counts from now on."
    is RecoveryChange.Pending ->
        "The change waits ${durationInWords(change.leftMs)}. Then it takes effect with the next right PIN. You can cancel it."
    RecoveryChange.NotConfirmed -> "First type the groups that are asked for."
}

internal fun inWords(reminder: Reminder): String = when (reminder) {
    Reminder.REHEARSE -> "You have not entered your PIN for a long time. Enter it once, so that you do not forget it."
    Reminder.CHANGE -> "Your PIN is old. Change it when it suits you."
    Reminder.REVIEW -> "Look through what happened: it was a month ago."
    Reminder.UNUSED_CARD -> "A card was not used for a year. Remove it if you do not need it."
}

/** 'EUR 12.50'. */
internal fun inWords(money: Money): String {
    val digits = Currency.getInstance(money.currency).defaultFractionDigits.coerceAtLeast(0)
    return "${money.currency} ${BigDecimal.valueOf(money.minor, digits).toPlainString()}"
}

/** What is said after the payment was made. */
internal fun inWords(payment: Payment): String = "Paid: ${inWords(payment.amount)} to ${payment.payee.name}."

internal fun inWords(reason: BiometricDenial): String = when (reason) {
    BiometricDenial.LOCKED -> "The wallet takes no finger while it takes no PIN."
    BiometricDenial.SWITCHED_OFF -> "No finger opens this wallet: that is switched off."
    BiometricDenial.ENROLMENT_CHANGED ->
        "A finger was added to this phone, or all were removed, so no finger opens the wallet any more. " +
            "Your PIN and everything kept are as they were; with your PIN you can switch it on anew."
    BiometricDenial.OFF_AFTER_FAILURES ->
        "Far too many fingers were not recognised, so no finger opens the wallet any more. " +
            "With your PIN you can switch it on anew."
    BiometricDenial.NOT_SUPPORTED, BiometricDenial.NO_HARDWARE -> "This phone has no sensor that is good enough."
    BiometricDenial.NONE_ENROLLED -> "This phone knows no finger yet. Add yours in its settings."
    BiometricDenial.BUSY -> "The sensor is not available now."
    BiometricDenial.TOO_MANY_FAILURES -> "Too many fingers were not recognised: the PIN first."
    BiometricDenial.FIRST_UNLOCK -> "This phone was restarted: the PIN first."
    BiometricDenial.PIN_TOO_LONG_AGO -> "You have not entered your PIN for days: the PIN first."
    BiometricDenial.TOO_MANY_USES -> "Your finger was used very often since you entered your PIN: the PIN first."
    BiometricDenial.OVER_BUDGET -> "That is more than you allow to be paid with a finger: it needs your PIN."
    BiometricDenial.RISK_RAISED -> "There is more risk than usual: the PIN."
}

internal fun inWords(end: BiometricEnd): String = when (end) {
    BiometricEnd.CANCELLED_BY_PERSON -> "The prompt was put away."
    BiometricEnd.CANCELLED_BY_SYSTEM -> "The phone took the prompt away."
    BiometricEnd.LOCKED_OUT -> "The sensor pauses: too many fingers that this phone does not know."
    BiometricEnd.LOCKED_OUT_FOR_GOOD -> "The sensor waits until the phone is unlocked with its own PIN."
    BiometricEnd.KEY_INVALIDATED -> inWords(BiometricDenial.ENROLMENT_CHANGED)
    BiometricEnd.NONE_ENROLLED -> inWords(BiometricDenial.NONE_ENROLLED)
    BiometricEnd.NO_HARDWARE -> inWords(BiometricDenial.NO_HARDWARE)
    BiometricEnd.TIMED_OUT -> "Nobody touched the sensor."
    BiometricEnd.NO_VERDICT -> "The sensor did not answer."
}

internal fun inWords(chain: Chain): String = when (chain) {
    is Chain.Intact -> "All ${counted(chain.lines, "line")} are as they were written."
    is Chain.BrokenAt -> "Someone tampered with it: line ${chain.number} is changed, missing, or one too many."
}

internal fun inWords(kind: JournalKind?): String = when (kind) {
    JournalKind.ENROLLED -> "PIN set"
    JournalKind.PIN_TRIED -> "PIN entered"
    JournalKind.PIN_RIGHT -> "PIN right: unlocked"
    JournalKind.PIN_WRONG -> "PIN wrong"
    JournalKind.PIN_REPEATED -> "PIN wrong, the same again: not counted"
    JournalKind.PIN_NO_VERDICT -> "PIN could not be checked"
    JournalKind.PIN_REFUSED -> "Someone was turned away during the wait"
    JournalKind.OPEN_TRIES_COUNTED -> "App ended in the middle of a try: counted as wrong"
    JournalKind.LOCKED -> "Locked"
    JournalKind.PIN_CHANGED -> "PIN changed"
    JournalKind.KDF_UPGRADED -> "PIN made harder to guess"
    JournalKind.POLICY_CHANGED -> "New rules in force"
    JournalKind.ITEM_WRITTEN -> "Kept"
    JournalKind.ITEM_DELETED -> "Deleted"
    JournalKind.WIPED -> "Everything destroyed"
    JournalKind.BIOMETRICS_ON -> "Finger opens it from here on"
    JournalKind.BIOMETRICS_OFF -> "Finger opens it no more"
    JournalKind.BIOMETRICS_ASKED -> "Finger asked for"
    JournalKind.BIOMETRICS_RIGHT -> "Finger recognised"
    JournalKind.BIOMETRICS_NOT_RECOGNISED -> "Finger not recognised"
    JournalKind.BIOMETRICS_ENDED -> "Finger: no answer, nothing counted"
    JournalKind.BIOMETRICS_REFUSED -> "Finger not asked for"
    JournalKind.CODE_PENDING -> "Change of the recovery code asked for"
    JournalKind.CODE_CANCELLED -> "Change of the recovery code cancelled"
    JournalKind.CODE_SET -> "Recovery code set"
    JournalKind.CODE_WITHDRAWN -> "Recovery code withdrawn"
    JournalKind.RECOVERED -> "Opened with the recovery code"
    JournalKind.ITEM_LOST -> "Damaged and lost"
    JournalKind.RESCUE_ROW_RESTORED -> "Somebody changed what the recovery code opens; put right"
    JournalKind.PROVIDER_REGISTERED -> "Phone registered with the provider"
    JournalKind.LOCK_ORDERED -> "Provider ordered a lock"
    JournalKind.FROZEN -> "Payments frozen"
    JournalKind.UNFROZEN -> "Payments no longer frozen"
    JournalKind.WIPE_ORDERED -> "Provider ordered that everything is destroyed"
    JournalKind.UNLOCK_GRANTED -> "Provider allowed to unlock"
    JournalKind.LOCK_CLEARED -> "Lock cleared"
    JournalKind.PROVIDER_KEY_REVOKED -> "Key of the provider no longer valid"
    JournalKind.ORDER_WITHHELD -> "An order of the provider did not arrive: locked until it does"
    JournalKind.HEARTBEAT_DUE -> "Has not heard from the provider for long: locks soon"
    JournalKind.HEARTBEAT_EXPIRED -> "Has not heard from the provider for too long: locked"
    JournalKind.REMOTE_WIPE_ALLOWED -> "Whether the provider may destroy everything: changed"
    JournalKind.LOCK_RESTORED -> "A lock of the provider was missing in the file: locked again"
    JournalKind.LOCK_SET -> "Locked by the owner"
    JournalKind.ESCROW_PENDING -> "A change of the key that the provider keeps waits"
    JournalKind.ESCROW_CANCELLED -> "The change of the key that the provider keeps was cancelled"
    JournalKind.ESCROW_ON -> "The provider keeps the key to the wallet"
    JournalKind.ESCROW_OFF -> "The provider keeps no key to the wallet any more"
    JournalKind.CHANNEL_PENDING -> "Phone number or mail address confirmed: counts after a wait"
    JournalKind.CHANNEL_SET -> "Phone number or mail address counts from here on"
    JournalKind.CHANNEL_LEAVES -> "Removing a phone number or mail address asked for"
    JournalKind.CHANNEL_REMOVED -> "Phone number or mail address removed"
    JournalKind.CHANNEL_CANCELLED -> "Change of a phone number or mail address cancelled"
    JournalKind.CODE_ASKED -> "Provider asked to send a code"
    JournalKind.CODE_TYPED -> "Sent code typed"
    JournalKind.PROVEN -> "Proven by somebody who wants to get back in"
    JournalKind.RECOVERY_WAITS -> "Enough proven for a new PIN after a wait"
    JournalKind.RECOVERY_CANCELLED -> "Getting back in cancelled"
    JournalKind.SECOND_FACTOR_PENDING -> "Change of the second factor asked for"
    JournalKind.SECOND_FACTOR_CANCELLED -> "Change of the second factor cancelled"
    JournalKind.SECOND_FACTOR_ON -> "Second factor asked for from here on"
    JournalKind.SECOND_FACTOR_OFF -> "Second factor asked for no more"
    JournalKind.SECOND_FACTOR_TRIED -> "Code of the authenticator entered"
    JournalKind.SECOND_FACTOR_RIGHT -> "Second factor right"
    JournalKind.PASSWORD_SET -> "Password of the account changed"
    JournalKind.CHANNEL_CHANGE_PAUSED -> "Change of a phone number or mail address paused"
    JournalKind.PAYMENT_RESERVED -> "Payment set aside"
    JournalKind.PAYMENT_APPROVED -> "Payment approved"
    JournalKind.PAYMENT_RELEASED -> "Payment not confirmed: counts no more"
    JournalKind.PAYMENT_REFUSED -> "Payment refused"
    JournalKind.PAYMENT_CAPTURED -> "Payment charged"
    JournalKind.PAYMENT_DECLINED -> "Payment not charged: counts no more"
    JournalKind.LIMIT_SET -> "Limit set or lowered"
    JournalKind.LIMIT_PENDING -> "Higher limit asked for"
    JournalKind.LIMIT_CANCELLED -> "Higher limit cancelled"
    JournalKind.LIMIT_RAISED -> "Limit raised, or gone"
    JournalKind.CHANNEL_FROZEN -> "Payments of one kind frozen"
    JournalKind.PANIC_FROZEN -> "Everything stopped in a panic"
    JournalKind.CARD_ADDED -> "Card added"
    JournalKind.CARD_FROZEN -> "Payments with a card frozen"
    JournalKind.CARD_UNFROZEN -> "Payments with a card allowed again"
    JournalKind.CARD_REMOVED -> "Card removed"
    JournalKind.CARD_RESTORED -> "Removed card brought back"
    JournalKind.CARD_DESTROYED -> "Removed card destroyed"
    JournalKind.LINES_DELETED -> "Oldest lines deleted"
    JournalKind.DISPUTE_OPENED -> "Payment disputed"
    JournalKind.DISPUTE_REPORTED -> "Dispute reported"
    JournalKind.DISPUTE_CLOSED -> "Dispute ended"
    null -> "Written by a newer version"
}

/** '  12  2026-01-01 09:30:05  PIN wrong (failure 3)'. */
internal fun inWords(entry: JournalEntry): String {
    val time = SimpleDateFormat("yyyy-MM-dd HH:mm:ss", Locale.ROOT).format(Date(entry.wallMs))
    val details = entry.details?.let(::details)
    val inBrackets = when {
        details == null -> " (its details are not what was written)"
        details.isEmpty() -> ""
        else -> " (${details.joinToString()})"
    }
    return "%4d  %s  %s%s".format(entry.number, time, inWords(entry.kind), inBrackets)
}

private fun details(all: Map<String, String>): List<String> {
    val minor = all["amount_minor"]?.toLongOrNull()
    val currency = all["currency"]
    if (minor == null || currency == null) return all.toSortedMap().map { (name, value) -> detail(name, value) }
    val rest = details(all - setOf("amount_minor", "currency", "for"))
    return listOf(inWords(Money(minor, currency))) + rest
}

private fun detail(name: String, value: String): String = when (name) {
    "failures" -> "failure $value"
    "device_key" -> "key in ${value.replace('_', ' ')}"
    "policy" -> "rules '$value'"
    "payee" -> "to $value"
    "wait_h" -> "waits $value hours"
    "proven_lines" -> "$value lines of the journal proven"
    "item", "reason", "because", "how", "change" -> value
    else -> "$name $value"
}

internal fun inWords(fault: LockException): String = when (fault) {
    is LockException.InUse -> "This wallet is open in another window. Close it there first."
    is LockException.NewerVersion -> "A newer version of this demo wrote this wallet. Use that one."
    is LockException.Storage -> "The folder of this wallet cannot be read or written."
    is LockException.DataDamaged -> "The protected data is damaged."
    is LockException.DeviceKey -> "The keystore did not answer."
    is LockException.Platform -> "The clock or the randomness of this computer failed."
    is LockException.Policy -> "The policy is not valid. ${fault.field}: ${fault.problem}."
    is LockException.SessionEnded -> "The wallet has locked itself again. Unlock it first."
    is LockException.PinNeeded -> "This needs your PIN, entered just now."
    is LockException.SecondFactorNeeded -> "This needs your second factor first."
    is LockException.WrongState -> "That is not possible now."
    is LockException.Invalid -> "That is too long, or empty (${fault.what})."
    is LockException.LimitReached -> "That is enough for now (${fault.what}). Unlock the wallet again to go on."
    is LockException.NoMemory -> "There is not enough memory now. Try again in a moment."
    is LockException.Closed -> "It was closed."
    is LockException.NoLibrary, is LockException.BeforeFirstUnlock -> "That happens on a phone only."
    is LockException.Jna -> "JNA cannot be started on this computer, and this needs it."
    is LockException.Internal -> "A defect in Walletlock. Nothing was opened by it."
}
