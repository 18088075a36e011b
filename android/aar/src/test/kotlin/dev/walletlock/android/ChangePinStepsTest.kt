package dev.walletlock.android

import dev.walletlock.PinChange
import dev.walletlock.PinOutcome
import dev.walletlock.android.ChangePinSteps.Step
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

class ChangePinStepsTest {
    private val wrong = PinOutcome.Wrong(triesLeft = 3, cooldownMs = 0, repeated = false)
    private val changed = PinChange.Changed(biometricsOn = false)

    private fun at(step: Step, ofWipePin: Boolean = false) = ChangePinSteps(ofWipePin).apply {
        understood()
        check()
        checked(refusal = null)
        if (step == Step.CHOOSE) return@apply
        chosen(refusal = null)
        if (step == Step.AGAIN) return@apply
        repeated(isSame = true, isFingerOn = step == Step.ASK_FINGER)
        assertEquals(step, this.step)
    }

    @Test
    fun `current, new, once more, and it is changed`() {
        val steps = ChangePinSteps()
        assertEquals(Step.CURRENT, steps.step)
        assertTrue(steps.check())
        assertFalse("once at a time", steps.check())
        steps.checked(refusal = null)
        assertEquals(Step.CHOOSE, steps.step)
        steps.chosen(refusal = null)
        assertEquals(Step.AGAIN, steps.step)
        assertTrue("nothing else is asked", steps.repeated(isSame = true, isFingerOn = false))
        steps.changed(changed)
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `where a finger opens the wallet it is asked about first`() {
        val steps = at(Step.AGAIN)
        assertFalse("not yet", steps.repeated(isSame = true, isFingerOn = true))
        assertEquals(Step.ASK_FINGER, steps.step)
        assertTrue(steps.answered())
        assertEquals(Step.CHANGING, steps.step)
    }

    @Test
    fun `who left while something was under way begins anew, unless it is done`() {
        val checking = ChangePinSteps()
        checking.check()
        checking.forget()
        assertEquals("the screen waits for the running call", Step.CHECKING, checking.step)
        checking.checked(refusal = null)
        assertEquals(Step.CURRENT, checking.step)
        checking.check()
        checking.checked(refusal = null)
        assertEquals("once", Step.CHOOSE, checking.step)
        val refused = at(Step.CHANGING)
        refused.forget()
        refused.changed(PinChange.Forbidden(emptyList()))
        assertEquals(Step.CURRENT, refused.step)
        val done = at(Step.CHANGING)
        done.forget()
        done.changed(changed)
        assertEquals(Step.DONE, done.step)
    }

    @Test
    fun `a wrong current PIN is told before a new one is asked for`() {
        val steps = ChangePinSteps()
        steps.check()
        steps.checked(wrong)
        assertEquals(Step.CURRENT, steps.step)
        assertSame(wrong, (steps.note as PinNote.Refused).refusal)
    }

    @Test
    fun `two that differ, one that may not be set and one that is refused are chosen anew`() {
        val differs = at(Step.AGAIN)
        assertFalse(differs.repeated(isSame = false, isFingerOn = true))
        assertEquals(Step.CHOOSE to PinNote.Different, differs.step to differs.note)
        differs.chosen(PinNote.SameAsCurrent)
        assertEquals(Step.CHOOSE to PinNote.SameAsCurrent, differs.step to differs.note)
        val usedBefore = at(Step.CHANGING)
        usedBefore.changed(PinChange.Forbidden(emptyList()))
        assertEquals(Step.CHOOSE, usedBefore.step)
        assertTrue(usedBefore.note is PinNote.Forbidden)
    }

    @Test
    fun `what the lock refuses at the end is asked for from the beginning`() {
        val refused = at(Step.CHANGING).apply { changed(wrong) }
        assertEquals(Step.CURRENT, refused.step)
        val failed = at(Step.CHANGING).apply { notChanged(LockTrouble.STORAGE) }
        assertEquals(Step.CURRENT, failed.step)
        val over = at(Step.CHANGING).apply { sessionOver(PinNote.AskedAgain) }
        assertEquals(Step.CURRENT to PinNote.AskedAgain, over.step to over.note)
    }

    @Test
    fun `back is one step back, and waits for what is under way`() {
        assertFalse(ChangePinSteps().back())
        assertFalse(at(Step.CHOOSE).back())
        for (step in listOf(Step.AGAIN, Step.ASK_FINGER)) {
            val steps = at(step)
            assertTrue(steps.back())
            assertEquals(Step.CHOOSE, steps.step)
        }
        val changing = at(Step.CHANGING)
        assertTrue(changing.back())
        assertEquals(Step.CHANGING, changing.step)
    }

    @Test
    fun `who looks away begins with the current PIN, and what is under way goes on`() {
        for (step in listOf(Step.CHOOSE, Step.AGAIN, Step.ASK_FINGER)) {
            assertEquals(Step.CURRENT, at(step).apply { forget() }.step)
        }
        assertEquals(Step.CHANGING, at(Step.CHANGING).apply { forget() }.step)
    }

    @Test
    fun `a wipe PIN is warned of first, and asks about no finger`() {
        val steps = ChangePinSteps(ofWipePin = true)
        assertFalse(steps.check())
        assertEquals(Step.WARN, steps.step)
        assertTrue(at(Step.AGAIN, ofWipePin = true).repeated(isSame = true, isFingerOn = true))
    }

    @Test
    fun `one that is set can be replaced or removed, and that is said only after the PIN`() {
        fun asked() = ChangePinSteps(ofWipePin = true).apply {
            understood()
            check()
            checked(refusal = null, hasWipePin = true)
            assertEquals(Step.REPLACE_OR_REMOVE, step)
        }
        assertEquals(Step.CHOOSE, asked().apply { replace() }.step)
        val removed = asked()
        assertTrue(removed.remove())
        assertFalse("once", removed.remove())
        removed.changed(changed)
        assertEquals(Step.DONE, removed.step)
    }
}
