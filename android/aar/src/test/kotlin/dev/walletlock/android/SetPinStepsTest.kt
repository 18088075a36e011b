package dev.walletlock.android

import dev.walletlock.BiometricChange
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.android.SetPinSteps.Step
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class SetPinStepsTest {
    private val steps = SetPinSteps()

    private fun atSetting() {
        steps.chosen(refusal = null)
        assertTrue(steps.repeated(isSame = true))
    }

    private fun atOffer() {
        atSetting()
        steps.set(offersFinger = true)
    }

    @Test
    fun `choose, once more, set, and the finger is offered`() {
        assertEquals(Step.CHOOSE, steps.step)
        steps.chosen(refusal = null)
        assertEquals(Step.AGAIN, steps.step)
        assertTrue("it is to be set", steps.repeated(isSame = true))
        assertEquals(Step.SETTING, steps.step)
        steps.set(offersFinger = true)
        assertEquals(Step.OFFER_FINGER, steps.step)
        assertTrue(steps.switchOn())
        steps.switchedOn(BiometricChange.Done)
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `no finger is offered that the phone cannot ask for`() {
        atSetting()
        steps.set(offersFinger = false)
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `one that may not be set is chosen anew`() {
        steps.chosen(PinNote.Forbidden(emptyList()))
        assertEquals(Step.CHOOSE, steps.step)
        assertNotNull(steps.note)
        steps.chosen(refusal = null)
        assertNull("that is over", steps.note)
    }

    @Test
    fun `two that differ begin again, and say so`() {
        steps.chosen(refusal = null)
        assertFalse(steps.repeated(isSame = false))
        assertEquals(Step.CHOOSE to PinNote.Different, steps.step to steps.note)
    }

    @Test
    fun `what the lock refuses, or the phone fails at, is chosen anew`() {
        for (why in listOf(PinNote.Forbidden(emptyList()), PinNote.Failed(LockTrouble.STORAGE))) {
            atSetting()
            steps.notSet(why)
            assertEquals(Step.CHOOSE to why, steps.step to steps.note)
        }
    }

    @Test
    fun `a finger that was not switched on is offered again, or left out`() {
        atOffer()
        assertTrue(steps.switchOn())
        assertFalse("once at a time", steps.switchOn())
        steps.switchedOn(BiometricOutcome.Ended(BiometricEnd.CANCELLED_BY_PERSON))
        assertEquals(Step.OFFER_FINGER, steps.step)
        assertTrue(steps.note is PinNote.BiometricsNotSwitchedOn)
        steps.switchOn()
        steps.notSwitchedOn(LockTrouble.KEYSTORE_BUSY)
        assertEquals(Step.OFFER_FINGER, steps.step)
        steps.skip()
        assertEquals(Step.DONE, steps.step)
    }

    @Test
    fun `back is one step back, and never takes back what is set`() {
        assertFalse("the person leaves", steps.back())
        steps.chosen(refusal = null)
        assertTrue(steps.back())
        assertEquals(Step.CHOOSE, steps.step)
        atSetting()
        assertTrue("the screen waits for the running call", steps.back())
        assertEquals(Step.SETTING, steps.step)
        steps.set(offersFinger = true)
        assertTrue(steps.back())
        assertEquals("as 'not now'", Step.DONE, steps.step)
    }

    @Test
    fun `digits that are gone are typed anew, and what is under way goes on`() {
        steps.chosen(refusal = null)
        steps.forget()
        assertEquals(Step.CHOOSE, steps.step)
        atSetting()
        steps.forget()
        assertEquals(Step.SETTING, steps.step)
    }

    @Test
    fun `an answer that comes too late changes nothing`() {
        steps.set(offersFinger = true)
        steps.notSet(PinNote.Different)
        steps.switchedOn(BiometricChange.Done)
        steps.skip()
        assertFalse(steps.repeated(isSame = true))
        assertEquals(Step.CHOOSE to null, steps.step to steps.note)
    }
}
