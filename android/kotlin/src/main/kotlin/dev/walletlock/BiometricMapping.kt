package dev.walletlock

import dev.walletlock.ffi.LockException as NativeException

// What stands in for the generated types of biometrics; see Mapping.kt.

internal fun BiometricRequest.toNative() = dev.walletlock.ffi.BiometricRequest(payment?.toNative(), riskIsRaised)

private fun Payment.toNative() = dev.walletlock.ffi.Payment(
    dev.walletlock.ffi.Money(amount.minor, amount.currency.orInvalid("currency")),
    payee.orInvalid("payee"),
)

/** Half a surrogate pair is no text: the generated code would throw what is no fault of ours. */
private fun String.orInvalid(what: String): String =
    if (Charsets.UTF_8.newEncoder().canEncode(this)) this else throw NativeException.Invalid(what)

private fun dev.walletlock.ffi.Payment.toPublic() = Payment(Money(amount.minor, amount.currency), payee)

internal fun dev.walletlock.ffi.BiometricRefusal.toPublic(): BiometricOutcome = when (this) {
    is dev.walletlock.ffi.BiometricRefusal.NotRecognised -> BiometricOutcome.NotRecognised
    is dev.walletlock.ffi.BiometricRefusal.Ended -> BiometricOutcome.Ended(end.twin())
    is dev.walletlock.ffi.BiometricRefusal.NotNow -> BiometricOutcome.NotNow(reason.toPublic())
    is dev.walletlock.ffi.BiometricRefusal.NoVerdict -> BiometricOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.BiometricChange.toPublic(): BiometricChange = when (this) {
    is dev.walletlock.ffi.BiometricChange.Done -> BiometricChange.Done
    is dev.walletlock.ffi.BiometricChange.Ended -> BiometricOutcome.Ended(end.twin())
    is dev.walletlock.ffi.BiometricChange.NotNow -> BiometricOutcome.NotNow(reason.toPublic())
    is dev.walletlock.ffi.BiometricChange.NoVerdict -> BiometricOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.NotNow.toPublic(): NoBiometrics = twin()

internal fun BiometricAvailability.toNative(): dev.walletlock.ffi.Availability = twin()

internal fun BiometricEnd.toNative(): dev.walletlock.ffi.PromptEnd = twin()

internal fun dev.walletlock.ffi.Means.toPublic(): Means = when (this) {
    is dev.walletlock.ffi.Means.Pin -> Means.Pin
    is dev.walletlock.ffi.Means.Biometrics -> Means.Biometrics(payment?.toPublic())
}

internal fun dev.walletlock.ffi.Prompt.toPublic(input: ByteArray) =
    BiometricPrompt(alias, purpose.toPublic(), operation.twin(), input, timeoutMs)

private fun dev.walletlock.ffi.PromptPurpose.toPublic(): BiometricPurpose = when (this) {
    is dev.walletlock.ffi.PromptPurpose.Enable -> BiometricPurpose.Enable
    is dev.walletlock.ffi.PromptPurpose.Unlock -> BiometricPurpose.Unlock
    is dev.walletlock.ffi.PromptPurpose.Pay -> payment.toPublic().let { BiometricPurpose.Pay(it.amount, it.payee) }
}
