package dev.walletlock.android

import dev.walletlock.RecoveryChange
import dev.walletlock.android.MakeCodeSteps.Step
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class MakeCodeStepsTest {
    private val steps = MakeCodeSteps()

    private fun at(step: Step) {
        assertTrue(steps.make())
        if (step == Step.MAKING) return
        steps.made()
        if (step == Step.SHOWN) return
        steps.written()
        if (step == Step.ASK) return
        assertTrue(steps.typed(isRight = true, isConfirmed = true, group = 7))
        assertEquals(step, steps.step)
    }

    @Test
    fun `why, the code, two groups, and it counts`() {
        assertEquals(Step.WHY, steps.step)
        at(Step.ASK)
        assertFalse("there is another group", steps.typed(isRight = true, isConfirmed = false, group = 3))
        assertEquals(Step.ASK to null, steps.step to steps.note)
        assertTrue(steps.typed(isRight = true, isConfirmed = true, group = 7))
        steps.set(RecoveryChange.InForce)
        assertEquals(Step.IN_FORCE, steps.step)
        steps.understood()
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `a wrong group is typed again`() {
        at(Step.ASK)
        assertFalse(steps.typed(isRight = false, isConfirmed = false, group = 3))
        assertEquals(Step.ASK, steps.step)
        assertEquals(3, (steps.note as PinNote.NotThatGroup).group)
    }

    @Test
    fun `a code that waits says how long`() {
        at(Step.SETTING)
        steps.set(RecoveryChange.Pending(1_000))
        assertEquals(Step.WAITS to 1_000L, steps.step to steps.leftMs)
        steps.understood()
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `what the phone fails at can be tried again`() {
        val why = PinNote.Failed(LockTrouble.STORAGE)
        at(Step.MAKING)
        steps.notMade(why)
        assertEquals(Step.WHY to why, steps.step to steps.note)
        at(Step.SETTING)
        steps.notSet(why)
        assertEquals(Step.SHOWN to why, steps.step to steps.note)
        steps.written()
        steps.typed(isRight = true, isConfirmed = true, group = 1)
        steps.set(RecoveryChange.NotConfirmed)
        assertEquals("the groups are asked back again", Step.SHOWN, steps.step)
    }

    @Test
    fun `who does not enter the PIN is where they were`() {
        at(Step.MAKING)
        steps.notMade(null)
        assertEquals(Step.WHY, steps.step)
        assertNull(steps.note)
    }

    @Test
    fun `a code is made anew if the wallet locked itself before it was set`() {
        at(Step.SHOWN)
        steps.sessionOver()
        assertEquals(Step.WHY to PinNote.CodeSessionOver, steps.step to steps.note)
        at(Step.SETTING)
        steps.sessionOver()
        assertEquals("the call goes to its end", Step.SETTING, steps.step)
    }

    @Test
    fun `back is one step back, and never takes back what is set`() {
        assertFalse("the person leaves", steps.back())
        at(Step.MAKING)
        assertTrue("the screen waits for the running call", steps.back())
        assertEquals(Step.MAKING, steps.step)
        steps.made()
        steps.written()
        assertTrue(steps.back())
        assertEquals(Step.SHOWN, steps.step)
        assertTrue(steps.back())
        assertEquals(Step.WHY, steps.step)
        at(Step.SETTING)
        steps.set(RecoveryChange.InForce)
        assertFalse(steps.back())
    }

    @Test
    fun `an answer that comes too late changes nothing`() {
        steps.made()
        steps.written()
        steps.set(RecoveryChange.InForce)
        steps.understood()
        assertFalse(steps.typed(isRight = true, isConfirmed = true, group = 1))
        assertEquals(Step.WHY, steps.step)
    }
}
