package dev.walletlock.android

import dev.walletlock.CodeOutcome
import dev.walletlock.CodeStep
import dev.walletlock.android.RescueSteps.Step
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class EnterCodeStepsTest {
    private val steps = EnterCodeSteps()

    private fun atChecking() {
        assertTrue(steps.typed(CodeStep.Complete))
        assertEquals(Step.CHECKING, steps.step)
    }

    private fun at(step: Step) {
        atChecking()
        steps.opened()
        steps.chosen(refusal = null)
        assertTrue(steps.repeated(isSame = true, hasCode = false))
        steps.made()
        if (step == Step.SHOWN) return
        steps.written()
        if (step == Step.ASK) return
        assertTrue(steps.confirmed(isRight = true, isConfirmed = true, group = 2))
        assertEquals(step, steps.step)
    }

    @Test
    fun `the code, a new PIN twice, the new code, two groups, and it is open`() {
        assertFalse(steps.typed(CodeStep.Typing(2)))
        assertEquals(Step.CODE to 2, steps.step to steps.group)
        at(Step.ASK)
        assertFalse(steps.confirmed(isRight = true, isConfirmed = false, group = 2))
        assertTrue(steps.confirmed(isRight = true, isConfirmed = true, group = 5))
        assertEquals(Step.FINISHING, steps.step)
        steps.finished(hasLost = false)
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `a slip is said in its group`() {
        steps.typed(CodeStep.Slip(4))
        assertEquals(Step.CODE to 4, steps.step to steps.group)
        assertEquals(4, (steps.note as PinNote.CodeSlip).group)
    }

    @Test
    fun `each refusal is shown, and the code is typed or checked again`() {
        atChecking()
        steps.refused(CodeOutcome.Wrong)
        assertEquals(Step.REFUSED to CodeOutcome.Wrong, steps.step to steps.refusal)
        steps.typeAgain()
        assertEquals(Step.CODE to 1, steps.step to steps.group)
        atChecking()
        steps.notChecked(LockTrouble.KEYSTORE_BUSY)
        assertEquals(Step.REFUSED to null, steps.step to steps.refusal)
        assertTrue(steps.note is PinNote.Failed)
        assertTrue(steps.checkAgain())
        assertEquals(Step.CHECKING, steps.step)
    }

    @Test
    fun `two PINs that differ begin again, and a confirmed code is not asked for twice`() {
        atChecking()
        steps.opened()
        steps.chosen(refusal = null)
        assertFalse(steps.repeated(isSame = false, hasCode = false))
        assertEquals(Step.CHOOSE to PinNote.Different, steps.step to steps.note)
        steps.chosen(refusal = null)
        assertTrue(steps.repeated(isSame = true, hasCode = true))
        assertEquals(Step.FINISHING, steps.step)
    }

    @Test
    fun `a PIN that may not be set is chosen anew`() {
        at(Step.FINISHING)
        steps.forbidden(PinNote.Forbidden(emptyList()))
        assertEquals(Step.CHOOSE, steps.step)
    }

    @Test
    fun `after ten minutes the code is typed once more`() {
        at(Step.FINISHING)
        steps.expired(steps.expiredNote)
        assertEquals(Step.CODE to PinNote.CodeExpired, steps.step to steps.note)
        assertEquals(1, steps.group)
    }

    @Test
    fun `what the phone fails at can be tried again`() {
        at(Step.FINISHING)
        steps.failed(LockTrouble.STORAGE)
        assertEquals(Step.FAILED, steps.step)
        assertTrue(steps.retry(hasCode = true))
        assertEquals(Step.FINISHING, steps.step)
        steps.failed(LockTrouble.STORAGE)
        assertTrue(steps.retry(hasCode = false))
        assertEquals(Step.MAKING, steps.step)
    }

    @Test
    fun `what is lost is told before the wallet is shown`() {
        at(Step.FINISHING)
        steps.finished(hasLost = true)
        assertEquals(Step.LOST, steps.step)
        steps.understood()
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `a lock of the provider keeps the wallet closed, and the person can only leave`() {
        at(Step.FINISHING)
        steps.stillLocked()
        assertEquals(Step.LOCKED, steps.step)
        assertFalse("the person leaves", steps.back())
    }

    @Test
    fun `back is one step back, and waits for a running call`() {
        assertFalse("the person leaves", steps.back())
        atChecking()
        assertTrue(steps.back())
        assertEquals(Step.CHECKING, steps.step)
        steps.refused(CodeOutcome.Wrong)
        assertTrue(steps.back())
        assertEquals(Step.CODE, steps.step)
        at(Step.ASK)
        assertTrue(steps.back())
        assertEquals(Step.SHOWN, steps.step)
        assertTrue(steps.back())
        assertEquals(Step.CHOOSE, steps.step)
        assertFalse("the person leaves, and nothing was changed", steps.back())
    }

    @Test
    fun `digits that are gone are typed anew, and an answer that comes too late changes nothing`() {
        steps.opened()
        steps.refused(CodeOutcome.Wrong)
        steps.finished(hasLost = true)
        steps.expired(steps.expiredNote)
        steps.failed(LockTrouble.STORAGE)
        assertFalse(steps.confirmed(isRight = true, isConfirmed = true, group = 1))
        assertEquals(Step.CODE to null, steps.step to steps.note)
        atChecking()
        steps.opened()
        steps.chosen(refusal = null)
        steps.forget()
        assertEquals(Step.CHOOSE, steps.step)
    }
}
