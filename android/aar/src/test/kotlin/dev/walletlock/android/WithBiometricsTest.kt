package dev.walletlock.android

import android.app.Activity
import android.graphics.Rect
import android.view.View
import dev.walletlock.AuthMethod
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.NoVerdictCause
import dev.walletlock.fakes.FakePerson
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** The lock screen where a finger or face opens the wallet too. */
@RunWith(RobolectricTestRunner::class)
class WithBiometricsTest {
    private val wallet = TestWallet().enrol().withBiometrics()
    private val person = wallet.phone.person
    private var last: ActivityController<LockActivity>? = null

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    @Test
    fun `a finger ends it with a session, as the right PIN does`() {
        val screen = shown()
        person.touches()
        screen.waitUntil { isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        val session = LockActivity.takeSession(shadowOf(screen.get()).resultIntent)!!
        assertTrue(session.isLive)
        assertEquals(AuthMethod.Biometrics, runBlocking { session.authMethod() })
        session.close()
    }

    @Test
    fun `who puts the prompt away has the pad, no words, and a button that asks again`() {
        for (act in listOf(FakePerson::cancels, FakePerson::choosesPin, FakePerson::isInterrupted, FakePerson::doesNothing)) {
            val screen = shown()
            act(person)
            screen.waitUntil { canAsk() }
            assertEquals(act.name, "", screen.pad().message())
            assertFalse("it does not come back by itself", person.isPromptShown)
            screen.ask()!!.performClick()
            person.touches()
            screen.waitUntil { isFinishing }
            assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        }
    }

    @Test
    fun `the PIN does as well, and takes the prompt away`() {
        val screen = shown()
        person.seesPrompt()
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        screen.waitUntil { isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        settleUntil("it is gone") { !person.isPromptShown }
    }

    @Test
    fun `a rotation neither asks again nor loses the answer`() {
        val screen = shown()
        person.seesPrompt()
        val prompt = wallet.phone.biometrics.shown
        screen.recreate()
        TestWallet.settle()
        assertTrue("the same one", prompt != null && wallet.phone.biometrics.shown === prompt)
        person.touches()
        screen.waitUntil { isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertNotNull(shadowOf(screen.get()).resultIntent)
    }

    @Test
    fun `an answer between two screens is the next one's`() {
        val screen = shown()
        val unlocking = (screen.get().onRetainNonConfigurationInstance() as LockScreenState).unlocking!!
        var isSettled = false
        // The present screen is told nothing, as if it were just being recreated.
        unlocking.onChange = {}
        unlocking.onSettled = { isSettled = true }
        person.touches()
        settleUntil("no answer") { isSettled }
        assertFalse(screen.get().isFinishing)
        screen.recreate()
        screen.waitUntil { isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `after a rotation that follows a prompt the button is there, and nothing else comes`() {
        val screen = shown()
        person.choosesPin()
        screen.waitUntil { canAsk() }
        screen.recreate()
        TestWallet.settle()
        assertTrue(screen.get().canAsk())
        assertFalse(person.isPromptShown)
    }

    @Test
    fun `who leaves takes the prompt along, and has the button afterwards`() {
        val screen = shown()
        person.seesPrompt()
        screen.pause().stop()
        settleUntil("it is gone") { !person.isPromptShown }
        screen.restart().start().resume()
        screen.waitUntil { canAsk() }
        assertFalse(person.isPromptShown)
        assertEquals("", screen.pad().message())
        screen.ask()!!.performClick()
        person.touches()
        screen.waitUntil { isFinishing }
    }

    @Test
    fun `who goes back while asked leaves nothing open`() {
        val screen = shown()
        person.seesPrompt()
        screen.get().finish()
        screen.pause().stop().destroy()
        settleUntil("it is gone") { !person.isPromptShown }
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        assertNull(shadowOf(screen.get()).resultIntent)
    }

    @Test
    fun `it is not offered where the app does not want it, or the person has not switched it on`() {
        val unwanted = shown(withBiometrics = false)
        val off = TestWallet().enrol()
        LockScreens.useLock { off.lock }
        for (screen in listOf(unwanted, shown())) {
            assertNull(screen.ask())
            assertFalse(screen.get().isAsking())
            assertEquals("", screen.pad().message())
        }
        off.close()
    }

    @Test
    fun `while a PIN is waited for nobody is asked, and afterwards they are`() {
        wallet.enterWrongPin(2)
        val screen = shown()
        assertEquals(View.VISIBLE, screen.get().window.decorView.part<View>(R.id.walletlock_locked).visibility)
        assertFalse(person.isPromptShown)
        wallet.letPass(252_000)
        person.touches()
        screen.waitUntil { isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `another finger on the phone is told, and the PIN opens`() {
        person.enrolsAnother()
        val screen = shown()
        screen.waitUntil { pad().message().isNotEmpty() }
        assertEquals(CHANGED, screen.pad().message())
        assertFalse(screen.get().canAsk())
        screen.pad().enter(TestWallet.RIGHT)
        assertEquals("until the next digit", "", screen.pad().message())
        screen.pad().done()
        screen.waitUntil { isFinishing }
        assertEquals("also the next time", CHANGED, shown().pad().message())
    }

    @Test
    fun `each way in which only the PIN does has its words, and no button`() {
        val ways = mapOf<String, () -> Unit>(
            "Your fingerprint or face was not recognised. Enter your PIN." to
                { repeat(5) { person.someoneElseTouches() } },
            "Fingerprint and face failed too often. Enter your PIN." to
                { person.promptEnds(BiometricEnd.LOCKED_OUT) },
            "" to { person.promptEnds(BiometricEnd.NO_HARDWARE) },
        )
        for ((words, act) in ways) {
            val screen = shown()
            act()
            settleUntil(words) { !screen.get().isAsking() && screen.ask() == null && screen.pad().message() == words }
            wallet.unlocked().close()
            person.unlocksPhone()
            screen.pause().stop().destroy()
        }
    }

    @Test
    fun `where trying again may help the button stays`() {
        val screen = shown()
        person.promptEnds(BiometricEnd.NO_VERDICT)
        screen.waitUntil { canAsk() }
        assertEquals("Your phone could not check that. Enter your PIN.", screen.pad().message())
    }

    @Test
    fun `after a restart of the phone it says that the PIN is first`() {
        wallet.phone.clock.reboot()
        val screen = shown()
        assertEquals(
            "Your phone was restarted. Enter your PIN once, then fingerprint and face work again.",
            screen.pad().message(),
        )
        assertNull(screen.ask())
        assertFalse(person.isPromptShown)
    }

    @Test
    fun `another screen's prompt is no news`() {
        val refused = BiometricOutcome.NoVerdict(NoVerdictCause.TryAgain)
        val resources = RuntimeEnvironment.getApplication().resources
        val answer = Unlocking.Answer.NotByBiometrics(refused)
        assertNull(resources.answered("", answer, erasesLast = false))
    }

    @Test
    fun `the button has words, and room for a finger`() {
        val screen = shown()
        person.choosesPin()
        screen.waitUntil { canAsk() }
        val button = screen.ask()!!
        assertEquals("Use fingerprint or face", button.contentDescription)
        assertTrue("${button.width} x ${button.height}", minOf(button.width, button.height) >= button.dp(48))
        assertTrue(button.createAccessibilityNodeInfo().run { isClickable && isFocusable })
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `also on a small screen with large letters nothing lies on anything else`() = nothingOverlaps()

    @Test
    @Config(qualifiers = "w640dp-h320dp-land-xhdpi")
    fun `nor on one on its side`() = nothingOverlaps()

    private fun nothingOverlaps() {
        val screen = shown()
        person.choosesPin()
        screen.waitUntil { canAsk() }
        val touched = screen.get().window.decorView.all().filter { it.isClickable && it.visibility == View.VISIBLE }
        assertEquals("ten digits, the key that asks, and 'Forgot PIN?'", 12, touched.size)
        val places = touched.map { view -> Rect().also { assertTrue(view.getGlobalVisibleRect(it)) } }
        places.zip(touched) { place, view ->
            assertEquals("all of it is seen", view.width to view.height, place.width() to place.height())
            assertTrue("$place", minOf(place.width(), place.height()) >= view.dp(48))
            assertEquals(1, places.count { Rect.intersects(it, place) })
        }
    }

    /** Ends the last screen first: two lock screens in one task act as one. */
    private fun shown(withBiometrics: Boolean = true): ActivityController<LockActivity> {
        last?.takeUnless { it.get().isDestroyed }?.pause()?.stop()?.destroy()
        val intent = LockActivity.intent(RuntimeEnvironment.getApplication(), withBiometrics = withBiometrics)
        return Robolectric.buildActivity(LockActivity::class.java, intent).setup().also {
            last = it
            TestWallet.settle()
        }
    }

    private fun ActivityController<LockActivity>.waitUntil(condition: LockActivity.() -> Boolean) =
        settleUntil("the screen stays as it is: ${pad().message()}") { get().condition() }

    private fun ActivityController<LockActivity>.pad() = get().pad()

    private fun LockActivity.pad(): PinPadView = window.decorView.part(R.id.walletlock_pad)

    private fun ActivityController<LockActivity>.ask(): View? = get().ask()

    /** The key that asks for a finger or face, if it is visible. While it is not, its place in the pad stays empty. */
    private fun LockActivity.ask(): View? =
        window.decorView.part<View>(R.id.walletlock_biometric).takeIf { it.visibility == View.VISIBLE }

    /** Whether the last prompt is settled, so that the key can ask once more. */
    private fun LockActivity.canAsk() = ask() != null && !isAsking()

    /** Whether a prompt is shown, or its outcome has not reached the screen yet. */
    private fun LockActivity.isAsking() = pad().behaviour.binding.unlocking?.isAsking == true

    private companion object {
        const val CHANGED =
            "Fingerprint and face were switched off because a new one was added on this phone. Enter your PIN."
    }
}
