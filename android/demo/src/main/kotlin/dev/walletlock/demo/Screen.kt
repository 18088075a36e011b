package dev.walletlock.demo

import dev.walletlock.BiometricChange
import dev.walletlock.BiometricOutcome
import dev.walletlock.BiometricPurpose
import dev.walletlock.FinderMessage
import dev.walletlock.Finding
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.PinChange
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Remedy
import dev.walletlock.WhoLocked

/** What the person sees: which lock it is, for how long, who locked, and what can be done now, the best choice first. */
internal object Screen {
    fun lines(status: LockStatus): List<String> = when (status) {
        is LockStatus.Unconfigured -> listOf("No PIN is set yet.")
        is LockStatus.Busy -> listOf("BUSY", "This phone does not answer properly now. Nothing is lost by that: try again.")
        is LockStatus.Ready -> listOf("Enter your PIN." + status.triesLeft?.let { " ${triesLeft(it)}." }.orEmpty())
        is LockStatus.CoolingDown -> listOf(
            "COOLING DOWN  ${countdown(status.remainingMs)}",
            "Too many wrong PINs. Try again in ${durationInWords(status.remainingMs)}." +
                status.triesLeft?.let { " ${triesLeft(it)} after that." }.orEmpty(),
            who(WhoLocked.PHONE),
        ) + choices(status.remedies)
        is LockStatus.Locked ->
            status.message?.let(::message).orEmpty() + title(status.reason) + reason(status.reason) + who(status.by) +
                choices(status.remedies)
        is LockStatus.Wiped ->
            listOf("WIPED", "Everything kept here was destroyed. You can set a new PIN.")
    }

    /** The verdict on a PIN that was not accepted. */
    fun lines(refusal: Refusal): List<String> = when (refusal) {
        is PinOutcome.Wrong -> listOf(wrong(refusal))
        is PinOutcome.Locked -> lines(refusal.status)
        is PinOutcome.NoVerdict -> listOf(inWords(refusal.cause))
    }

    fun changed(change: PinChange.Changed): String =
        "Your PIN is changed." + if (change.biometricsOn) " A finger opens the wallet as before." else ""

    /** What the system's prompt says, its button last. */
    fun lines(purpose: BiometricPurpose): List<String> = when (purpose) {
        is BiometricPurpose.Enable -> listOf("Open your wallet without the PIN", "From now on your finger can open it.")
        is BiometricPurpose.Unlock -> listOf("Open your wallet", "Show that it is you.")
        is BiometricPurpose.Pay -> listOf("Pay ${inWords(purpose.amount)}", "To ${purpose.payee}")
    } + "(touch the sensor)  [Use PIN]"

    /** How a request for a finger ended. */
    fun lines(outcome: BiometricOutcome): List<String> = when (outcome) {
        is BiometricOutcome.Unlocked -> listOf("The wallet is open.")
        is BiometricOutcome.NotRecognised -> listOf("Not recognised. Enter your PIN.")
        is BiometricOutcome.Ended -> listOf(inWords(outcome.end))
        is BiometricOutcome.Denied -> listOf(inWords(outcome.reason))
        is BiometricOutcome.NoVerdict -> listOf(inWords(outcome.cause))
    }

    /** How the attempt to switch biometrics on ended. */
    fun switchedOn(change: BiometricChange): List<String> = when (change) {
        is BiometricChange.Done -> listOf("Your finger opens the wallet from now on. Your PIN stays as it is.")
        is BiometricOutcome.Ended -> lines(change)
        is BiometricOutcome.Denied -> lines(change)
        is BiometricOutcome.NoVerdict -> lines(change)
    }

    /** 'Refused: its digits follow one another; its keys lie in a line.' */
    fun refused(findings: List<Finding>): String = "Refused: ${findings.joinToString("; ", transform = ::inWords)}."

    private fun wrong(wrong: PinOutcome.Wrong): String = listOfNotNull(
        if (wrong.repeated) "Wrong again, and the same PIN as a moment ago: not counted twice." else "Wrong PIN.",
        if (wrong.cooldownMs > 0) "Try again in ${durationInWords(wrong.cooldownMs)}." else null,
        wrong.triesLeft?.let { "${triesLeft(it)}." },
    ).joinToString(" ")

    private fun title(reason: LockReason): String = when (reason) {
        LockReason.TOO_MANY_ATTEMPTS -> "LOCKED: TOO MANY WRONG PINS"
        LockReason.UNTIL_RESTART -> "LOCKED UNTIL RESTART"
        LockReason.DATA_DAMAGED -> "LOCKED: PROTECTED DATA DAMAGED"
        LockReason.LOST_OR_STOLEN -> "LOCKED: PHONE REPORTED LOST OR STOLEN"
        LockReason.PROVIDER_ORDER -> "LOCKED BY YOUR PROVIDER"
        LockReason.LOCKED_BY_OWNER -> "LOCKED BY YOU"
        LockReason.UNUSUAL_ACTIVITY -> "LOCKED: UNUSUAL ACTIVITY"
        LockReason.HEARTBEAT_EXPIRED -> "LOCKED: TOO LONG WITHOUT YOUR PROVIDER"
    }

    private fun reason(reason: LockReason): String = when (reason) {
        LockReason.TOO_MANY_ATTEMPTS ->
            "No PIN is taken any more, the right one neither, until you have shown in some other way who you are."
        LockReason.UNTIL_RESTART -> "Too many wrong PINs since this phone was started."
        LockReason.DATA_DAMAGED ->
            "The protected data, or the key to it in this phone, is damaged, missing, foreign or an older copy. " +
                "Nothing was deleted."
        LockReason.LOST_OR_STOLEN ->
            "Your provider was told that this phone is lost or stolen. If you have it, ask your provider to unlock the wallet."
        LockReason.PROVIDER_ORDER -> "Your provider ordered it. It can tell you why."
        LockReason.LOCKED_BY_OWNER -> "To open it again, you have to show in some other way who you are, and enter your PIN."
        LockReason.UNUSUAL_ACTIVITY -> "Your provider has seen something unusual. The lock protects you until that is clear."
        LockReason.HEARTBEAT_EXPIRED -> "This phone has not heard from your provider for a long time."
    }

    private fun message(message: FinderMessage): List<String> =
        listOf("A message of the provider, for whoever finds this phone: ${message.text}") +
            listOfNotNull(message.contact).map(::inWords)

    private fun who(by: WhoLocked): String = when (by) {
        WhoLocked.PHONE -> "This phone locked it by itself. Your account and your provider are not involved."
        WhoLocked.OWNER -> "It was locked on this phone, by its owner. Your provider is not involved."
        WhoLocked.ACCOUNT -> "It was locked from your account, on another device or a website."
        WhoLocked.PROVIDER -> "Your provider locked it."
    }

    private fun choices(remedies: List<Remedy>): List<String> =
        if (remedies.isEmpty()) {
            listOf("Ask whoever gave you this wallet.")
        } else {
            listOf("What you can do now:") + remedies.mapIndexed { i, remedy -> "  ${i + 1}. ${inWords(remedy)}" }
        }
}
