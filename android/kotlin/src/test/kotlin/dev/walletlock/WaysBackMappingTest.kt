package dev.walletlock

import dev.walletlock.ffi.ChannelKind as NativeChannelKind
import dev.walletlock.ffi.ChannelState as NativeChannelState
import dev.walletlock.ffi.CodeRequest as NativeRequest
import dev.walletlock.ffi.Enough as NativeEnough
import dev.walletlock.ffi.FactorKind as NativeFactorKind
import dev.walletlock.ffi.FactorOutcome as NativeOutcome
import dev.walletlock.ffi.LeadsTo as NativeLeadsTo
import dev.walletlock.ffi.PasswordFinding as NativeFinding
import dev.walletlock.ffi.PendingFactor as NativePending
import dev.walletlock.ffi.ProofMethod as NativeMethod
import dev.walletlock.ffi.RecoveryProgress as NativeProgress
import dev.walletlock.ffi.RecoveryWay as NativeWay
import dev.walletlock.ffi.SecondFactor as NativeFactor
import dev.walletlock.ffi.WayKind as NativeWayKind
import dev.walletlock.ffi.WayState as NativeState
import kotlin.time.Duration.Companion.milliseconds
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

/** The values about the ways back in, from the generated types to the public ones. */
class WaysBackMappingTest {
    @Test
    fun `how proving ended`() {
        assertEquals(CodeRequest.Asked("text"), NativeRequest.Asked("text").toPublic())
        assertEquals(CodeRequest.NotYet(5), NativeRequest.NotYet(5).toPublic())
        assertEquals(CodeRequest.NoCode, NativeRequest.NoCode.toPublic())
        val outcomes = listOf(
            NativeOutcome.Right to FactorOutcome.Right,
            NativeOutcome.Wrong(3, 7) to FactorOutcome.Wrong(3, 7),
            NativeOutcome.Waiting(9) to FactorOutcome.Waiting(9),
            NativeOutcome.NotSetUp to FactorOutcome.NotSetUp,
            NativeOutcome.NotACode to FactorOutcome.NotACode,
            NativeOutcome.NotEnough to FactorOutcome.NotEnough,
        )
        for ((native, outcome) in outcomes) assertEquals(outcome, native.toPublic())
    }

    @Test
    fun `a progress in full`() {
        val states = listOf(
            NativeState.Available to WayState.Available,
            NativeState.Sent(600, 5, 60) to WayState.Sent(600, 5, 60),
            NativeState.Waiting(8) to WayState.Waiting(8),
            NativeState.Proven to WayState.Proven,
        )
        val enough = listOf(
            NativeEnough.Now to Enough.Now,
            NativeEnough.After(4) to Enough.After(4),
            NativeEnough.OneMore to Enough.OneMore,
            NativeEnough.TwoMore to Enough.TwoMore,
        )
        for ((nativeState, state) in states) for ((nativeEnough, isEnough) in enough) {
            val native = NativeProgress(
                listOf(NativeWay(NativeWayKind.BACKUP_MAIL, "ab", "z***@mi.com", true, nativeState)),
                listOf(NativeWay(NativeWayKind.SMS, "cd", "+155****5678", false, nativeState)),
                listOf(NativeMethod.LINK),
                nativeEnough,
                3,
                true,
                NativeLeadsTo.MORE_TRIES,
            )
            val way = RecoveryWay(WayKind.BACKUP_MAIL, "ab", "z***@mi.com", true, state)
            val former = RecoveryWay(WayKind.SMS, "cd", "+155****5678", false, state)
            val proven = listOf(ProofMethod.LINK)
            val public = RecoveryProgress(listOf(way), listOf(former), proven, isEnough, 3, true, LeadsTo.MORE_TRIES)
            assertEquals(public, native.toPublic())
        }
    }

    @Test
    fun `channels and second factor`() {
        val states = listOf(
            NativeChannelState.NotConfirmed to ChannelState.NotConfirmed,
            NativeChannelState.Waiting(5) to ChannelState.Waiting(5),
            NativeChannelState.InForce(7, true, 6) to ChannelState.InForce(7, true, 6),
            NativeChannelState.InForce(-1, false, null) to ChannelState.InForce(-1, false, null),
        )
        for ((native, state) in states) {
            val channel = dev.walletlock.ffi.Channel("ab", NativeChannelKind.MAIL, "z***@mi.com", native)
            assertEquals(Channel("ab", ChannelKind.MAIL, "z***@mi.com", state), channel.toPublic())
        }
        assertEquals(SecondFactor(null, null), NativeFactor(null, null).toPublic())
        val waiting = NativeFactor(NativeFactorKind.SMS, NativePending(5, NativeFactorKind.AUTHENTICATOR))
        assertEquals(SecondFactor(FactorKind.SMS, PendingFactor(5, FactorKind.AUTHENTICATOR)), waiting.toPublic())
        val leaving = NativeFactor(NativeFactorKind.SMS, NativePending(5, null))
        assertEquals(SecondFactor(FactorKind.SMS, PendingFactor(5, null)), leaving.toPublic())
    }

    @Test
    fun `reasons against a password`() {
        val findings = listOf(
            NativeFinding.TooShort(12) to PasswordFinding.TooShort(12),
            NativeFinding.NoUpperCase to PasswordFinding.NoUpperCase,
            NativeFinding.NoLowerCase to PasswordFinding.NoLowerCase,
            NativeFinding.NoDigit to PasswordFinding.NoDigit,
            NativeFinding.NoSymbol to PasswordFinding.NoSymbol,
            NativeFinding.Repeated to PasswordFinding.Repeated,
            NativeFinding.Common to PasswordFinding.Common,
            NativeFinding.UsedBefore to PasswordFinding.UsedBefore,
        )
        for ((native, finding) in findings) assertEquals(finding, native.toPublic())
    }

    @Test
    fun `times are durations too`() {
        assertEquals(5.milliseconds, Enough.After(5).left)
        assertEquals(5.milliseconds, CodeRequest.NotYet(5).left)
        assertEquals(5.milliseconds, FactorOutcome.Wrong(1, 5).wait)
        assertEquals(5.milliseconds, FactorOutcome.Waiting(5).left)
        assertEquals(listOf(5.milliseconds, 6.milliseconds), WayState.Sent(5, 1, 6).run { listOf(validFor, resendAfter) })
        assertEquals(5.milliseconds, WayState.Waiting(5).left)
        assertEquals(5.milliseconds, ChannelState.Waiting(5).left)
        assertEquals(5.milliseconds, ChannelState.InForce(0, false, 5).leavesIn)
        assertEquals(5.milliseconds, PendingFactor(5, null).left)
        assertEquals(5.milliseconds, RecoveryProgress(emptyList(), emptyList(), emptyList(), Enough.Now, 5, false, LeadsTo.NEW_PIN).waitLeft)
    }

    @Test
    fun `a request prints nothing of what was typed`() {
        assertFalse("482915" in NewChannel("ab", CodeRequest.Asked("482915")).toString())
    }
}
