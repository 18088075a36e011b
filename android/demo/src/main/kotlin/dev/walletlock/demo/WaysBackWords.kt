package dev.walletlock.demo

import dev.walletlock.Advice
import dev.walletlock.Channel
import dev.walletlock.ChannelKind
import dev.walletlock.Contact
import dev.walletlock.Enough
import dev.walletlock.HealthLine
import dev.walletlock.LeadsTo
import dev.walletlock.Loss
import dev.walletlock.PasswordFinding
import dev.walletlock.ProofMethod
import dev.walletlock.RecoveryProgress
import dev.walletlock.RecoveryWay
import dev.walletlock.Task
import dev.walletlock.WayKind
import dev.walletlock.WayState
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale

// What the lock says about getting back in, in sentences.

/** The ways back in, what is proven, and what is missing. */
internal fun inWords(progress: RecoveryProgress): List<String> =
    progress.ways.map(::inWords) + listOfNotNull(
        progress.proven.takeIf { it.isNotEmpty() }?.let { "Proven: ${it.joinToString(transform = ::inWords)}." },
        if (progress.ways.isEmpty()) null else inWords(progress.enough),
        inWords(progress.leadsTo),
    )

private fun inWords(way: RecoveryWay): String {
    val name = listOf(inWords(way.kind), way.mask).filter { it.isNotEmpty() }.joinToString(" ")
    return "$name: ${inWords(way.state)}"
}

private fun inWords(kind: WayKind): String = when (kind) {
    WayKind.RECOVERY_CODE -> "Your recovery code"
    WayKind.SMS -> "Code by SMS to"
    WayKind.MAIL -> "Code or link by mail to"
    WayKind.BACKUP_MAIL -> "Code or link to your second address"
    WayKind.AUTHENTICATOR -> "Code of your authenticator app"
    WayKind.PERSON -> "A person at your provider"
}

private fun inWords(state: WayState): String = when (state) {
    WayState.Available -> "you can use it now"
    is WayState.Sent -> {
        val again = if (state.resendAfterMs == 0L) "now" else "in ${durationInWords(state.resendAfterMs)}"
        "sent, valid for ${durationInWords(state.validForMs)}, ${triesLeft(state.triesLeft)}, another one $again"
    }
    is WayState.Waiting -> "in ${durationInWords(state.leftMs)}"
    WayState.Proven -> "proven"
}

private fun inWords(method: ProofMethod): String = when (method) {
    ProofMethod.SMS -> "SMS"
    ProofMethod.MAIL, ProofMethod.LINK -> "mail"
    ProofMethod.AUTHENTICATOR -> "authenticator app"
    ProofMethod.CODE -> "recovery code"
    ProofMethod.DEVICE -> "another device"
    ProofMethod.PERSON -> "a person at the provider"
}

private fun inWords(enough: Enough): String = when (enough) {
    Enough.Now -> "That is enough."
    is Enough.After -> "That is enough in ${durationInWords(enough.leftMs)}, or at once with a person at your provider."
    Enough.OneMore -> "Prove one thing more."
    Enough.TwoMore -> "Prove two things."
}

private fun inWords(leadsTo: LeadsTo): String = when (leadsTo) {
    LeadsTo.NEW_PIN -> "Then you set a new PIN, and everything kept is still there."
    LeadsTo.MORE_TRIES -> "Then you have three more tries for your PIN. Without it the wallet can only be started anew."
    LeadsTo.START_ANEW ->
        "Nothing that is set up reaches you. Ask whoever gave you this wallet, or start anew: that destroys what is kept here."
}

internal fun inWords(kind: ChannelKind): String = when (kind) {
    ChannelKind.SMS -> "Phone number"
    ChannelKind.MAIL -> "Mail address"
    ChannelKind.BACKUP_MAIL -> "Second mail address"
}

internal fun inWords(finding: PasswordFinding): String = when (finding) {
    is PasswordFinding.TooShort -> "it is too short, use at least ${finding.least} characters"
    PasswordFinding.NoUpperCase -> "it has no capital letter"
    PasswordFinding.NoLowerCase -> "it has no small letter"
    PasswordFinding.NoDigit -> "it has no digit"
    PasswordFinding.NoSymbol -> "it has no symbol"
    PasswordFinding.Repeated -> "it is the same piece again and again"
    PasswordFinding.Common -> "it is one of those that are tried first"
    PasswordFinding.UsedBefore -> "you used it before"
}

internal fun inWords(task: Task): String = when (task) {
    Task.REGISTER_PHONE -> "Have your provider register this phone again"
    Task.SECOND_FACTOR -> "Set up a second factor"
    Task.CHANNELS -> "Check your phone number and mail addresses"
    Task.REVIEW_JOURNAL -> "Look through what happened"
    Task.BIOMETRICS -> "Switch your finger on again"
    Task.SHEET -> "Print a recovery sheet"
    Task.CHANGE_PIN -> "Change your PIN"
    Task.REPORT -> "Tell your provider what happened"
}

internal fun inWords(line: HealthLine): String {
    val loss = when (line.loss) {
        Loss.PHONE -> "Without this phone"
        Loss.SIM -> "Without your SIM card"
        Loss.MAIL_ACCOUNT -> "Without your mailbox"
        Loss.PAPER -> "Without the paper"
    }
    val advice = when (line.advice) {
        null -> "there is still a way back in."
        Advice.MAKE_CODE -> "there is no way back in. Make a recovery code."
        Advice.SWITCH_ESCROW_ON -> "there is no way back in. Let your provider keep a key."
        Advice.ADD_CHANNEL -> "there is no way back in. Give another phone number or mail address."
        Advice.KEEP_SECOND_COPY -> "there is no way back in. Keep the code in a second place."
    }
    return "$loss $advice"
}

/** The sheet for the day on which the phone is lost. [paper]: the code, if the person wants it there. */
internal fun sheetLines(date: Date, channels: List<Channel>, contacts: List<Contact>, paper: Paper?): List<String> {
    val day = SimpleDateFormat("yyyy-MM-dd", Locale.ROOT).format(date)
    val first = listOf(
        "If your phone is lost: have your provider lock the wallet first. Then have the SIM card blocked, and go to the police.",
        "With a new phone you get back in by what stands here.",
    )
    return listOf("Wallet of Zoe, $day") + first + contacts.map(::inWords) +
        channels.map { "${inWords(it.kind)}: ${it.mask}" } + listOfNotNull(paper).flatMap { it.lines }
}
