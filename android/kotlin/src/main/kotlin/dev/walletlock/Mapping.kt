package dev.walletlock

import kotlin.enums.enumEntries

// Converts between the generated types and the public ones. Each generated type has a public one of its own, so that the
// public API changes only when we change it.

internal fun dev.walletlock.ffi.LockStatus.toPublic(): LockStatus = when (this) {
    is dev.walletlock.ffi.LockStatus.Unconfigured -> LockStatus.Unconfigured
    is dev.walletlock.ffi.LockStatus.Busy -> LockStatus.Busy
    is dev.walletlock.ffi.LockStatus.Ready -> LockStatus.Ready(triesLeft)
    is dev.walletlock.ffi.LockStatus.CoolingDown ->
        LockStatus.CoolingDown(remainingMs, triesLeft, remedies.map { it.toPublic() })
    is dev.walletlock.ffi.LockStatus.Locked ->
        LockStatus.Locked(reason.byName(), by.byName(), remedies.map { it.toPublic() }, message?.toPublic())
    is dev.walletlock.ffi.LockStatus.Wiped -> LockStatus.Wiped
}

internal fun dev.walletlock.ffi.OpenSessions.toPublic() = OpenSessions(nextEndMs, lastEnd?.byName<SessionEnd>())

private fun dev.walletlock.ffi.FinderMessage.toPublic() = FinderMessage(text, contact?.toPublic())

private fun dev.walletlock.ffi.Remedy.toPublic(): Remedy = when (this) {
    is dev.walletlock.ffi.Remedy.CheckAgain -> Remedy.CheckAgain
    is dev.walletlock.ffi.Remedy.Wait -> Remedy.Wait(ms)
    is dev.walletlock.ffi.Remedy.Restart -> Remedy.Restart
    is dev.walletlock.ffi.Remedy.RecoveryCode -> Remedy.RecoveryCode(state.toPublic())
    is dev.walletlock.ffi.Remedy.EnterPin -> Remedy.EnterPin
    is dev.walletlock.ffi.Remedy.AskProvider -> Remedy.AskProvider(state.toPublic())
    is dev.walletlock.ffi.Remedy.Connect -> Remedy.Connect(state.toPublic())
    is dev.walletlock.ffi.Remedy.AskEscrow -> Remedy.AskEscrow(state.toPublic())
    is dev.walletlock.ffi.Remedy.Contact -> Remedy.Ask(contact.toPublic())
}

private fun dev.walletlock.ffi.RemedyState.toPublic(): RemedyState = when (this) {
    is dev.walletlock.ffi.RemedyState.Available -> RemedyState.Available
    is dev.walletlock.ffi.RemedyState.Waiting -> RemedyState.Waiting(leftMs)
    is dev.walletlock.ffi.RemedyState.UsedUp -> RemedyState.UsedUp
    is dev.walletlock.ffi.RemedyState.NotSetUp -> RemedyState.NotSetUp
}

private fun dev.walletlock.ffi.Contact.toPublic(): Contact = when (this) {
    is dev.walletlock.ffi.Contact.Phone -> Contact.Phone(v1)
    is dev.walletlock.ffi.Contact.Form -> Contact.Form(v1)
    is dev.walletlock.ffi.Contact.Social -> Contact.Social(v1)
    is dev.walletlock.ffi.Contact.Police -> Contact.Police(v1)
}

internal fun dev.walletlock.ffi.Refusal.toPublic(): Refusal = when (this) {
    is dev.walletlock.ffi.Refusal.Wrong -> PinOutcome.Wrong(triesLeft, cooldownMs, repeated)
    is dev.walletlock.ffi.Refusal.Locked -> PinOutcome.Locked(status.toPublic())
    is dev.walletlock.ffi.Refusal.NoVerdict -> PinOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.NoVerdict.toPublic(): NoVerdictCause = when (this) {
    is dev.walletlock.ffi.NoVerdict.NotAPin -> NoVerdictCause.NotAPin
    is dev.walletlock.ffi.NoVerdict.Platform -> NoVerdictCause.Platform
    is dev.walletlock.ffi.NoVerdict.DeviceKey -> NoVerdictCause.DeviceKey(fault.toPublic())
    is dev.walletlock.ffi.NoVerdict.Storage -> NoVerdictCause.Storage
    is dev.walletlock.ffi.NoVerdict.TryAgain -> NoVerdictCause.TryAgain
    is dev.walletlock.ffi.NoVerdict.NoMemory -> NoVerdictCause.NoMemory
}

internal fun dev.walletlock.ffi.PinChange.toPublic(): PinChange = when (this) {
    is dev.walletlock.ffi.PinChange.Changed -> PinChange.Changed(biometricsOn)
    is dev.walletlock.ffi.PinChange.Forbidden -> PinChange.Forbidden(findings.toPublic())
    is dev.walletlock.ffi.PinChange.Refused -> refusal.toPublic()
}

internal fun dev.walletlock.ffi.Removal.toPublic(): Removal = when (this) {
    is dev.walletlock.ffi.Removal.Removed -> Removal.Removed
    is dev.walletlock.ffi.Removal.Refused -> refusal.toPublic()
}

internal fun dev.walletlock.ffi.Judgement.toPublic() = Judgement(findings.toPublic(), allowed)

internal fun List<dev.walletlock.ffi.Finding>.toPublic(): List<Finding> =
    map { Finding(it.rule.byName(), it.severity.byName(), it.digits) }

internal fun List<Personal>.toNative(): List<dev.walletlock.ffi.Personal> = map {
    when (it) {
        is Personal.Birthday -> dev.walletlock.ffi.Personal.Birthday(it.year, it.month, it.day)
        is Personal.Number -> dev.walletlock.ffi.Personal.Number(it.digits)
    }
}

internal fun dev.walletlock.ffi.Reminder.toPublic(): Reminder = byName()

internal fun dev.walletlock.ffi.DeviceKeyFault.toPublic(): DeviceKeyFault = byName()

internal fun dev.walletlock.ffi.SecurityLevel.toPublic(): SecurityLevel = byName()

internal fun dev.walletlock.ffi.RollbackProtection.toPublic(): RollbackProtection = byName()

internal fun SecurityLevel.toNative(): dev.walletlock.ffi.SecurityLevel = byName()

internal fun dev.walletlock.ffi.KeyPurpose.toPublic(): KeyPurpose = byName()

internal fun dev.walletlock.ffi.Event.toPublic() = Event(number, wallMs, kind.toPublic())

private fun dev.walletlock.ffi.Kind.toPublic(): JournalKind = byName()

internal fun JournalQuery.toNative() = dev.walletlock.ffi.JournalQuery(
    below = below,
    kinds = kinds.map { it.byName() },
    fromWallMs = fromWallMs,
    untilWallMs = untilWallMs,
    text = text?.orInvalid("text"),
    card = card?.orInvalid("card"),
    channel = channel?.byName<dev.walletlock.ffi.PaymentChannel>(),
    amount = amount?.run { dev.walletlock.ffi.AmountRange(currency.orInvalid("currency"), fromMinor, toMinor) },
    state = state?.byName<dev.walletlock.ffi.LineState>(),
    category = category?.byName<dev.walletlock.ffi.Category>(),
    limit = limit,
)

internal fun dev.walletlock.ffi.JournalPage.toPublic() = 
    JournalPage(entries.map { it.toPublic() }, next, newest, oldest)

internal fun dev.walletlock.ffi.Summary.toPublic() = Summary(spent.map { it.toPublic() }, unreadable)

private fun dev.walletlock.ffi.Spent.toPublic() =
    Spent(year, month, card, category.byName(), Money(amount.minor, amount.currency), payments)

internal fun dev.walletlock.ffi.Alert.toPublic() = Alert(number, wallMs, kind.toPublic(), `class`.byName())

private fun dev.walletlock.ffi.JournalEntry.toPublic() =
    JournalEntry(number, wallMs, bootCount, sinceBootMs, kind?.toPublic(), details)

internal fun dev.walletlock.ffi.Chain.toPublic(): Chain = when (this) {
    is dev.walletlock.ffi.Chain.Intact -> Chain.Intact(lines)
    is dev.walletlock.ffi.Chain.BrokenAt -> Chain.BrokenAt(number)
}

/** The constant of the same name. A test checks that both enums have the same names. */
internal inline fun <reified T : Enum<T>> Enum<*>.byName(): T = enumEntries<T>().first { it.name == name }
