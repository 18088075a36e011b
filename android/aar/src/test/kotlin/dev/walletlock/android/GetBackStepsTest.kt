package dev.walletlock.android

import dev.walletlock.CodeRequest
import dev.walletlock.Enough
import dev.walletlock.FactorOutcome
import dev.walletlock.LeadsTo
import dev.walletlock.RecoveryProgress
import dev.walletlock.RecoveryWay
import dev.walletlock.WayKind
import dev.walletlock.WayState
import dev.walletlock.android.GetBackSteps.Page
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class GetBackStepsTest {
    private val steps = GetBackSteps()

    private fun way(kind: WayKind, state: WayState = WayState.Available) =
        RecoveryWay(kind, if (kind.isSent) kind.name else null, if (kind.isSent) "mask" else "", isStale = false, state)

    private fun progress(
        vararg ways: RecoveryWay,
        former: List<RecoveryWay> = emptyList(),
        enough: Enough = Enough.TwoMore,
        leadsTo: LeadsTo = LeadsTo.NEW_PIN,
    ) = RecoveryProgress(ways.toList(), former, emptyList(), enough, null, canBeCancelledHere = true, leadsTo)

    @Test
    fun `what is missing, and what enough proof leads to`() {
        val code = way(WayKind.RECOVERY_CODE)
        val all = arrayOf(code, way(WayKind.SMS), way(WayKind.PERSON))
        fun check(expected: Standing, progress: RecoveryProgress, canAskEscrow: Boolean) =
            assertEquals(expected, standing(progress, progress.ways, canAskEscrow))
        check(Standing.TWO_MORE, progress(*all), canAskEscrow = true)
        check(Standing.ONE_MORE, progress(*all, enough = Enough.OneMore), canAskEscrow = true)
        check(Standing.WAITS, progress(*all, enough = Enough.After(1)), canAskEscrow = true)
        check(Standing.NEW_PIN, progress(*all, enough = Enough.Now), canAskEscrow = true)
        // Only the provider's key makes a new PIN of what was proven.
        check(Standing.MORE_TRIES, progress(*all, enough = Enough.Now), canAskEscrow = false)
        check(Standing.MORE_TRIES, progress(*all, enough = Enough.Now, leadsTo = LeadsTo.MORE_TRIES), canAskEscrow = false)
        check(Standing.ONLY_CODE, progress(code), canAskEscrow = false)
        check(Standing.NOTHING, progress(leadsTo = LeadsTo.START_ANEW), canAskEscrow = false)
        check(Standing.NOTHING, progress(), canAskEscrow = false)
    }

    @Test
    fun `a code is sent at once only where one can be sent`() {
        for ((way, isSentNow) in listOf(
            way(WayKind.SMS) to true,
            way(WayKind.MAIL) to true,
            way(WayKind.SMS, WayState.Sent(1, 5, 0)) to false,
            way(WayKind.SMS, WayState.Waiting(1)) to false,
            way(WayKind.AUTHENTICATOR) to false,
        )) {
            val steps = GetBackSteps()
            assertEquals("$way", isSentNow, steps.choose(way))
            assertEquals("$way", way, (steps.page as Page.Code).way)
        }
        assertFalse(steps.choose(way(WayKind.PERSON)))
        assertTrue(steps.page is Page.Person)
    }

    @Test
    fun `the page follows its way, and is left when the way is gone`() {
        steps.choose(way(WayKind.SMS))
        val sent = way(WayKind.SMS, WayState.Sent(1, 5, 0))
        steps.learned(progress(sent, way(WayKind.MAIL)))
        assertEquals(sent, (steps.page as Page.Code).way)
        steps.learned(progress(way(WayKind.MAIL)))
        assertEquals(Page.Ways, steps.page)
    }

    @Test
    fun `a refusal says only what concerns the way on the screen`() {
        val refused = { way: WayKind, byLink: Boolean ->
            GetBackSteps().run {
                choose(way(way))
                assertTrue(begin())
                proved(Carried.REFUSED, byLink)
                assertFalse(isBusy)
                note
            }
        }
        assertEquals(GetBackNote.WrongCode, refused(WayKind.SMS, false))
        assertEquals(GetBackNote.LinkNotOpened, refused(WayKind.MAIL, true))
        assertEquals(GetBackNote.Refused, refused(WayKind.PERSON, false))
    }

    @Test
    fun `what is proven leads back to the ways, and what cancels says so`() {
        steps.choose(way(WayKind.SMS))
        steps.begin()
        steps.proved(Carried.TAKEN, byLink = false)
        assertEquals(Page.Ways to null, steps.page to steps.note)
        steps.showCancel()
        assertTrue("a code that was used up is sent again", steps.choose(way(WayKind.SMS, WayState.Proven)))
        steps.begin()
        steps.proved(Carried.TAKEN, byLink = false)
        assertEquals(Page.Ways to GetBackNote.Cancelled, steps.page to steps.note)
    }

    @Test
    fun `a former channel pauses a change, says so, and is left when it is none any more`() {
        val sms = way(WayKind.SMS)
        steps.showPause()
        assertTrue(steps.choose(sms))
        val sent = way(WayKind.SMS, WayState.Sent(1, 5, 0))
        steps.learned(progress(way(WayKind.MAIL), former = listOf(sent)))
        assertEquals(sent to Aim.PAUSE, (steps.page as Page.Code).run { way to aim })
        steps.back()
        assertEquals(Page.Pause, steps.page)
        steps.choose(sent)
        steps.begin()
        steps.proved(Carried.TAKEN, byLink = false)
        assertEquals(Page.Ways to GetBackNote.Paused, steps.page to steps.note)
        steps.showPause()
        steps.choose(sent)
        steps.learned(progress(sent))
        assertEquals("the answer came by another way", Page.Ways to GetBackNote.Paused, steps.page to steps.note)
        steps.showPause()
        steps.learned(progress(sent))
        assertEquals("nothing is left to pause", Page.Ways, steps.page)
    }

    @Test
    fun `each outcome of the authenticator`() {
        fun tried(outcome: FactorOutcome): GetBackNote? = GetBackSteps().let {
            it.choose(way(WayKind.AUTHENTICATOR))
            it.begin()
            it.tried(outcome)
            it.note
        }
        assertEquals(2, (tried(FactorOutcome.Wrong(2, 0)) as GetBackNote.WrongFactor).triesLeft)
        assertEquals(30_000L, (tried(FactorOutcome.Wrong(1, 30_000)) as GetBackNote.Wait).leftMs)
        assertEquals(7L, (tried(FactorOutcome.Waiting(7)) as GetBackNote.Wait).leftMs)
        assertEquals(GetBackNote.WrongCode, tried(FactorOutcome.NotACode))
        assertEquals(GetBackNote.CannotCancel, tried(FactorOutcome.NotEnough))
        assertNull(tried(FactorOutcome.Right))
        assertNull(tried(FactorOutcome.NotSetUp))
    }

    @Test
    fun `one call at a time, and Back does nothing meanwhile`() {
        steps.choose(way(WayKind.SMS))
        assertTrue(steps.begin())
        assertFalse(steps.begin())
        assertTrue(steps.back())
        assertTrue(steps.page is Page.Code)
        steps.notAsked(CodeRequest.NotYet(5))
        assertEquals(5L, (steps.note as GetBackNote.Wait).leftMs)
        assertTrue(steps.back())
        assertEquals(Page.Ways, steps.page)
        assertFalse("from the ways Back leaves the screen", steps.back())
    }

    @Test
    fun `Back goes from a way to cancel to the other ways to cancel, and from erasing to what is left`() {
        steps.showCancel()
        steps.choose(way(WayKind.PERSON))
        steps.back()
        assertEquals(Page.Cancel, steps.page)
        steps.back()
        steps.showLeft()
        steps.askToStartAnew()
        steps.back()
        assertEquals(Page.Left, steps.page)
        steps.back()
        assertEquals(Page.Ways, steps.page)
    }
}
