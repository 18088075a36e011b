package dev.walletlock

import dev.walletlock.ffi.LockException as NativeException

// Converts between the generated types of biometrics and the public ones; see Mapping.kt.

internal fun BiometricRequest.toNative(prompt: Long) =
    dev.walletlock.ffi.BiometricRequest(prompt, payment?.toNative(), riskIsRaised)

private fun Payment.toNative() = dev.walletlock.ffi.Payment(
    dev.walletlock.ffi.Money(amount.minor, amount.currency.orInvalid("currency")),
    payee.orInvalid("payee"),
)

/** Refuses text with half a surrogate pair: the generated code would throw an exception that is no [LockException]. */
private fun String.orInvalid(what: String): String =
    if (Charsets.UTF_8.newEncoder().canEncode(this)) this else throw NativeException.Invalid(what)

private fun dev.walletlock.ffi.Payment.toPublic() = Payment(Money(amount.minor, amount.currency), payee)

internal fun dev.walletlock.ffi.BiometricRefusal.toPublic(): BiometricOutcome = when (this) {
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
    is dev.walletlock.ffi.AuthMethod.Pin -> AuthMethod.Pin
    is dev.walletlock.ffi.AuthMethod.Biometrics -> AuthMethod.Biometrics(payment?.toPublic())
}

internal fun dev.walletlock.ffi.Prompt.toPublic(input: ByteArray) =
    BiometricPrompt(alias, purpose.toPublic(), operation.byName(), input, timeoutMs)

private fun dev.walletlock.ffi.PromptPurpose.toPublic(): BiometricPurpose = when (this) {
    is dev.walletlock.ffi.PromptPurpose.Enable -> BiometricPurpose.Enable
    is dev.walletlock.ffi.PromptPurpose.Unlock -> BiometricPurpose.Unlock
    is dev.walletlock.ffi.PromptPurpose.Pay -> payment.toPublic().let { BiometricPurpose.Pay(it.amount, it.payee) }
}
