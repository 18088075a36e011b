package dev.walletlock

import dev.walletlock.ffi.Remedy as NativeRemedy
import dev.walletlock.ffi.RemedyState as NativeState
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ByNameTest {
    @Test
    fun `every constant has one of the same name on the other side`() {
        fun names(constants: Iterable<Enum<*>>) = constants.map { it.name }
        assertEquals(names(dev.walletlock.ffi.Kind.entries), names(JournalKind.entries))
        assertEquals(names(dev.walletlock.ffi.PinRule.entries), names(PinRule.entries))
        assertEquals(names(dev.walletlock.ffi.Severity.entries), names(Severity.entries))
        assertEquals(names(dev.walletlock.ffi.LockReason.entries), names(LockReason.entries))
        assertEquals(names(dev.walletlock.ffi.WhoLocked.entries), names(WhoLocked.entries))
        assertEquals(names(dev.walletlock.ffi.Reminder.entries), names(Reminder.entries))
        assertEquals(names(dev.walletlock.ffi.DeviceKeyFault.entries), names(DeviceKeyFault.entries))
        assertEquals(names(dev.walletlock.ffi.KeyPurpose.entries), names(KeyPurpose.entries))
        assertEquals(names(dev.walletlock.ffi.SecurityLevel.entries), names(SecurityLevel.entries))
        assertEquals(names(dev.walletlock.ffi.BiometricDenial.entries), names(BiometricDenial.entries))
        assertEquals(names(dev.walletlock.ffi.SensorAvailability.entries), names(SensorAvailability.entries))
        assertEquals(names(dev.walletlock.ffi.PromptOperation.entries), names(BiometricOperation.entries))
        assertEquals(names(dev.walletlock.ffi.PromptEnd.entries), names(BiometricEnd.entries))
        assertEquals(names(dev.walletlock.ffi.RollbackProtection.entries), names(RollbackProtection.entries))
        assertEquals(names(dev.walletlock.ffi.RequestKind.entries), names(RequestKind.entries))
        assertEquals(names(dev.walletlock.ffi.WordDone.entries), names(WordDone.entries))
        assertEquals(names(dev.walletlock.ffi.WordError.entries), names(WordError.entries))
        assertEquals(names(dev.walletlock.ffi.OwnerLock.entries), names(OwnerLock.entries))
        assertEquals(names(dev.walletlock.ffi.LeadsTo.entries), names(LeadsTo.entries))
        assertEquals(names(dev.walletlock.ffi.WayKind.entries), names(WayKind.entries))
        assertEquals(names(dev.walletlock.ffi.ProofMethod.entries), names(ProofMethod.entries))
        assertEquals(names(dev.walletlock.ffi.ChannelKind.entries), names(ChannelKind.entries))
        assertEquals(names(dev.walletlock.ffi.FactorKind.entries), names(FactorKind.entries))
        assertEquals(names(dev.walletlock.ffi.GuardedAction.entries), names(GuardedAction.entries))
        assertEquals(names(dev.walletlock.ffi.Task.entries), names(Task.entries))
        assertEquals(names(dev.walletlock.ffi.Loss.entries), names(Loss.entries))
        assertEquals(names(dev.walletlock.ffi.Advice.entries), names(Advice.entries))
        assertEquals(names(dev.walletlock.ffi.PaymentChannel.entries), names(PaymentChannel.entries))
        assertEquals(names(dev.walletlock.ffi.ProofLevel.entries), names(ProofLevel.entries))
        assertEquals(names(dev.walletlock.ffi.Period.entries), names(LimitPeriod.entries))
    }

    /** The native side names a rule in lower case, and the one about the phone's integrity with the app's flag. */
    @Test
    fun `every rule about risk has its name`() {
        val names = listOf(
            "many_payments", "many_payments_today", "refusals", "new_payee", "unusual_amount", "night", "new_place", "too_fast",
            "recent_change",
        )
        val risks = names.map(::riskOf) + riskOf("integrity:rooted")
        assertEquals(RiskRule.entries, risks.map { it.rule })
        assertEquals(List(names.size) { null } + "rooted", risks.map { it.flag })
    }

    @Test
    fun `a lock of the provider is mapped in full`() {
        val states = listOf(
            NativeState.Available to RemedyState.Available,
            NativeState.Waiting(5) to RemedyState.Waiting(5),
            NativeState.UsedUp to RemedyState.UsedUp,
            NativeState.NotSetUp to RemedyState.NotSetUp,
        )
        for ((native, state) in states) {
            val given = dev.walletlock.ffi.LockStatus.Locked(
                dev.walletlock.ffi.LockReason.LOST_OR_STOLEN,
                dev.walletlock.ffi.WhoLocked.PROVIDER,
                dev.walletlock.ffi.FinderMessage("call", dev.walletlock.ffi.Contact.Phone("1")),
                listOf(
                    NativeRemedy.RecoveryCode(native),
                    NativeRemedy.EnterPin,
                    NativeRemedy.AskProvider(native),
                    NativeRemedy.Connect(native),
                ),
            )
            val remedies =
                listOf(Remedy.RecoveryCode(state), Remedy.EnterPin, Remedy.AskProvider(state), Remedy.Connect(state))
            val message = FinderMessage("call", Contact.Phone("1"))
            val mapped = LockStatus.Locked(LockReason.LOST_OR_STOLEN, WhoLocked.PROVIDER, remedies, message)
            assertEquals(mapped, given.toPublic())
        }
    }

    /** Damage that the other tests cannot make without SQL. */
    @Test
    fun `a recovery code whose wallet was altered is refused as such`() {
        assertEquals(CodeOutcome.Altered, dev.walletlock.ffi.CodeRefusal.Altered.toPublic())
    }
}
