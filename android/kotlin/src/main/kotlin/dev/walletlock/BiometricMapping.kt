package dev.walletlock

// Converts between the generated types of biometrics and the public ones; see Mapping.kt.

internal fun BiometricRequest.toNative(prompt: Long) = dev.walletlock.ffi.BiometricRequest(prompt, riskIsRaised)

internal fun dev.walletlock.ffi.BiometricRefusal.toPublic(): BiometricRefusal = when (this) {
    is dev.walletlock.ffi.BiometricRefusal.NotRecognised -> BiometricOutcome.NotRecognised
    is dev.walletlock.ffi.BiometricRefusal.Ended -> BiometricOutcome.Ended(end.byName())
    is dev.walletlock.ffi.BiometricRefusal.Denied -> BiometricOutcome.Denied(reason.byName())
    is dev.walletlock.ffi.BiometricRefusal.NoVerdict -> BiometricOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.BiometricChange.toPublic(): BiometricChange = when (this) {
    is dev.walletlock.ffi.BiometricChange.Done -> BiometricChange.Done
    is dev.walletlock.ffi.BiometricChange.Ended -> BiometricOutcome.Ended(end.byName())
    is dev.walletlock.ffi.BiometricChange.Denied -> BiometricOutcome.Denied(reason.byName())
    is dev.walletlock.ffi.BiometricChange.NoVerdict -> BiometricOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.BiometricAvailability.toPublic(): BiometricAvailability = when (this) {
    is dev.walletlock.ffi.BiometricAvailability.Available -> BiometricAvailability.Available
    is dev.walletlock.ffi.BiometricAvailability.Denied -> BiometricAvailability.Denied(reason.byName())
}

internal fun SensorAvailability.toNative(): dev.walletlock.ffi.SensorAvailability = byName()

internal fun BiometricEnd.toNative(): dev.walletlock.ffi.PromptEnd = byName()

internal fun dev.walletlock.ffi.AuthMethod.toPublic(): AuthMethod = when (this) {
    dev.walletlock.ffi.AuthMethod.PIN -> AuthMethod.Pin
    dev.walletlock.ffi.AuthMethod.BIOMETRICS -> AuthMethod.Biometrics
}

internal fun dev.walletlock.ffi.Prompt.toPublic(input: ByteArray) =
    BiometricPrompt(alias, purpose.toPublic(), operation.byName(), input, timeoutMs)

private fun dev.walletlock.ffi.PromptPurpose.toPublic(): BiometricPurpose = when (this) {
    is dev.walletlock.ffi.PromptPurpose.Enable -> BiometricPurpose.Enable
    is dev.walletlock.ffi.PromptPurpose.Unlock -> BiometricPurpose.Unlock
    is dev.walletlock.ffi.PromptPurpose.Pay -> BiometricPurpose.Pay(Money(amount.minor, amount.currency), payee)
}
