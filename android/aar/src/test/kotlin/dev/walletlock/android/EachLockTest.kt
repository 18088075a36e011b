package dev.walletlock.android

import android.content.Intent
import android.view.MotionEvent
import android.view.View
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.FinderMessage
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.RemedyState.Available
import dev.walletlock.RemedyState.NotSetUp
import dev.walletlock.RemedyState.UsedUp
import dev.walletlock.RemedyState.Waiting
import dev.walletlock.WhoLocked
import java.io.IOException
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CompletableDeferred
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowLooper

/** Each lock's own screen: the finder's message, the remedies with their states, and what the buttons do. */
@RunWith(RobolectricTestRunner::class)
class EachLockTest {
    private val wallet = TestWallet().enrol()
    private val activity = Stage.shown()
    private val view = activity.show(LockedView(activity))

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `who locked it is said beside why`() {
        val expected = mapOf(
            WhoLocked.PHONE to "Locked by this phone",
            WhoLocked.OWNER to "Locked by you",
            WhoLocked.ACCOUNT to "Locked from your account",
            WhoLocked.PROVIDER to "Locked by your provider",
        )
        for (by in WhoLocked.entries) {
            view.show(LockStatus.Locked(LockReason.LOST_OR_STOLEN, by, emptyList()))
            assertEquals(expected.getValue(by), view.text(R.id.walletlock_by))
        }
        view.show(LockStatus.Locked(LockReason.LOCKED_BY_OWNER, WhoLocked.OWNER, emptyList()))
        assertEquals("the heading says it", View.GONE, view.part<View>(R.id.walletlock_by).visibility)
        view.show(LockStatus.Wiped)
        assertEquals("nobody locked it", View.GONE, view.part<View>(R.id.walletlock_by).visibility)
    }

    @Test
    fun `each remedy is a button, a time, or why it cannot be used`() {
        LockScreens.useProvider { _, _ -> ProviderReply.TAKEN }
        view.checked = wallet.lock
        view.setOnRecoveryCode {}
        view.onEnterPin = Runnable {}
        val table = listOf(
            Remedy.EnterPin to "[Enter your PIN]",
            Remedy.Restart to "Restart your phone, then enter your PIN.",
            Remedy.RecoveryCode(Available) to "[Enter your recovery code]",
            Remedy.RecoveryCode(Waiting(2 * HOUR)) to "You can enter your recovery code once more in 2 hours. Then it opens your wallet.",
            Remedy.RecoveryCode(UsedUp) to "Your recovery code was used as often as it may be.",
            Remedy.RecoveryCode(NotSetUp) to "No recovery code was made for this wallet.",
            Remedy.AskProvider(Available) to "[Ask your provider to unlock]",
            Remedy.AskProvider(NotSetUp) to "[Ask your provider to unlock]",
            Remedy.AskProvider(Waiting(60_000)) to "You can ask your provider in 1 minute to unlock your wallet.",
            Remedy.AskProvider(UsedUp) to "Your provider was asked as often as it may be.",
            Remedy.Connect(Available) to "[Try again]",
            Remedy.Connect(NotSetUp) to "[Try again]",
            Remedy.Connect(Waiting(1_000)) to "This phone can try to reach your provider in 1 second.",
            Remedy.Connect(UsedUp) to "Your provider was asked as often as it may be.",
        )
        assertEquals(table.map { it.second }, table.map { (remedy, _) -> shown(remedy) })
        LockScreens.useProvider(null)
        view.setOnRecoveryCode(null)
        view.onEnterPin = null
        val inWords = mapOf(
            Remedy.EnterPin to "Enter your PIN to open your wallet.",
            Remedy.RecoveryCode(Available) to "Enter your recovery code",
            Remedy.AskProvider(Available) to "Ask your provider to unlock your wallet.",
            Remedy.Connect(NotSetUp) to "Connect this phone to the internet, so that it reaches your provider.",
        )
        assertEquals("without a way of the app's", inWords, inWords.mapValues { (remedy, _) -> shown(remedy) })
    }

    @Test
    fun `remedies come in their order, and only the first button stands out`() {
        view.checked = wallet.lock
        view.setOnRecoveryCode {}
        view.show(lost(Remedy.AskProvider(Available), Remedy.RecoveryCode(Available), Remedy.Ask(CALL)))
        val expected = listOf("What you can do", "Ask your provider to unlock your wallet.", "Enter your recovery code", "Call +1 555 0100")
        assertEquals(expected, view.texts().takeLast(4))
        val colours = Colours(activity)
        val buttons = view.all().filter { it.isClickable }.map { (it as TextView).currentTextColor }
        assertEquals(listOf(colours.onBrand, colours.onKey), buttons)
    }

    @Test
    fun `a code that waits counts down in its place, and a screen reader hears it once a minute`() {
        Stage.listen()
        fun status(leftMs: Long) = lost(Remedy.RecoveryCode(Waiting(leftMs)), Remedy.Ask(CALL))
        view.show(status(72 * HOUR))
        assertTrue("${view.texts()}", "You can enter your recovery code once more in 3 days. Then it opens your wallet." in view.texts())
        view.show(status(2 * HOUR))
        val call = button("Call +1 555 0100")
        val before = spoken().size
        assertTrue("it is told when it comes", before > 0)
        for (second in 1..59) {
            ShadowLooper.idleMainLooper(1, TimeUnit.SECONDS)
            view.show(status(2 * HOUR - second * 1_000))
        }
        assertTrue("${view.texts()}", "1:59:01" in view.texts())
        assertTrue("nothing was built anew", call === button("Call +1 555 0100"))
        assertTrue("${spoken()}", spoken().size - before <= 1)
    }

    @Test
    fun `a lock that the PIN clears after a wait says how long`() {
        view.show(LockStatus.Locked(LockReason.UNUSUAL_ACTIVITY, WhoLocked.PROVIDER, listOf(Remedy.Wait(252_000), Remedy.Ask(CALL))))
        assertEquals("4:12", view.text(R.id.walletlock_clock))
        assertTrue(view.text(R.id.walletlock_body).endsWith("\nYou can enter your PIN in 4 minutes."))
    }

    // Whoever finds the phone.

    @Test
    fun `whoever finds the phone reads the provider's message and calls, and learns nothing about the owner`() {
        view.checked = wallet.lock
        view.show(found())
        val expected = listOf(
            "Did you find this phone?",
            "The provider of a wallet on this phone asks you:",
            "Please bring it to any of our shops.",
            "Call +1 555 0199",
            "This is my phone",
        )
        assertEquals(expected, view.texts().filter { it.isNotEmpty() })
        button("Call +1 555 0199").performClick()
        val intent = shadowOf(RuntimeEnvironment.getApplication()).nextStartedActivity
        assertEquals(Intent.ACTION_DIAL to "+1 555 0199", intent.action to intent.data!!.schemeSpecificPart)
    }

    @Test
    fun `the owner goes on, and whoever takes the phone up next reads the message again`() {
        view.show(found())
        button("This is my phone").performClick()
        assertEquals("Your phone was reported lost or stolen", view.text(R.id.walletlock_title))
        assertTrue("Ask your provider to unlock your wallet." in view.texts())
        assertFalse("Please bring it to any of our shops." in view.texts())
        view.show(found(leftMs = HOUR - 1_000))
        assertEquals("a time that passes is no new lock", "Your phone was reported lost or stolen", view.text(R.id.walletlock_title))
        view.dispatchWindowVisibilityChanged(View.GONE)
        assertEquals("Did you find this phone?", view.text(R.id.walletlock_title))
        button("This is my phone").performClick()
        view.show(found("Another message"))
        assertTrue("Another message" in view.texts())
    }

    @Test
    fun `a message without a contact has no button but the owner's`() {
        view.show(LockStatus.Locked(LockReason.PROVIDER_ORDER, WhoLocked.PROVIDER, emptyList(), FinderMessage("Thank you.", null)))
        assertEquals(listOf("This is my phone"), view.all().filter { it.isClickable }.map { (it as TextView).text.toString() })
    }

    // The provider.

    @Test
    fun `a button reaches the provider by the app's own way, one call at a time, and says what became of it`() {
        val asked = mutableListOf<Pair<ProviderCall, CompletableDeferred<ProviderReply>>>()
        LockScreens.useProvider { lock, call ->
            check(lock === wallet.lock)
            CompletableDeferred<ProviderReply>().also { asked += call to it }.await()
        }
        view.checked = wallet.lock
        view.show(expired())
        val said = mapOf(
            ProviderReply.LATER to "Your provider has your request. Your wallet opens as soon as your provider agrees.",
            ProviderReply.REFUSED to "Your provider did not agree. Contact your provider to learn why.",
            ProviderReply.NOT_REACHED to "Your provider could not be reached. Check that this phone is connected, then try again.",
            ProviderReply.TAKEN to "",
        )
        for ((reply, words) in said) {
            button("Try again").performClick()
            assertEquals("Reaching your provider…", view.text(R.id.walletlock_note))
            assertFalse(button("Try again").isEnabled)
            button("Try again").performClick()
            asked.last().second.complete(reply)
            TestWallet.settle()
            assertEquals(words, view.text(R.id.walletlock_note))
            assertTrue(button("Try again").isEnabled)
        }
        assertEquals(List(4) { ProviderCall.HEARTBEAT }, asked.map { it.first })
        view.show(lost(Remedy.AskProvider(NotSetUp)))
        button("Ask your provider to unlock").performClick()
        assertEquals(ProviderCall.UNLOCK, asked.last().first)
    }

    @Test
    fun `no connection is not a fault, and a fault of the lock is told`() {
        val told = mutableListOf<LockTrouble>()
        view.setOnTrouble { told.add(it) }
        view.checked = wallet.lock
        LockScreens.useProvider { _, _ -> throw IOException("no route") }
        view.show(expired())
        button("Try again").performClick()
        TestWallet.settle()
        assertTrue(view.text(R.id.walletlock_note).startsWith("Your provider could not be reached."))
        LockScreens.useProvider { lock, _ -> ProviderReply.TAKEN.also { lock.recheck() } }
        wallet.phone.clock.failure = IllegalStateException()
        button("Try again").performClick()
        TestWallet.settle()
        assertEquals(listOf(LockTrouble.PLATFORM), told)
        assertEquals("Your wallet did not open", view.text(R.id.walletlock_title))
    }

    // Busy, and damaged.

    @Test
    fun `a busy phone offers the code, unless there is none`() {
        wallet.phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
        view.setOnRecoveryCode {}
        view.bind(wallet.lock)
        view.show(LockStatus.Busy)
        TestWallet.settle()
        assertEquals("there is none", listOf("Check again"), buttons())
        TestWallet().use { other ->
            other.enrolWithCode()
            view.bind(other.lock)
            view.show(LockStatus.Ready(null))
            view.show(LockStatus.Busy)
            TestWallet.settle()
            assertEquals(listOf("Check again", "Enter your recovery code"), buttons())
        }
    }

    @Test
    fun `a damaged wallet can be started anew only after a check that changed nothing, and after a question`() {
        wallet.damage()
        view.setOnGoOn {}
        view.bind(wallet.lock)
        TestWallet.settle()
        assertFalse("Start anew" in view.texts())
        button("Check again").performClick()
        TestWallet.settle()
        button("Start anew").performClick()
        assertEquals(listOf("Do not erase it", "Erase everything"), buttons())
        button("Do not erase it").performClick()
        assertEquals("Your wallet cannot be opened", view.text(R.id.walletlock_title))
        button("Start anew").performClick()
        button("Erase everything").performClick()
        TestWallet.settle()
        assertEquals(LockStatus.Wiped, wallet.lock.status.value)
        assertEquals("Your wallet is empty", view.text(R.id.walletlock_title))
        assertEquals(listOf("Go on"), buttons())
    }

    @Test
    fun `a touch through another window erases nothing`() {
        wallet.damage()
        view.bind(wallet.lock)
        TestWallet.settle()
        button("Check again").performClick()
        TestWallet.settle()
        button("Start anew").performClick()
        TestWallet.settle()
        val erase = button("Erase everything")
        val (x, y) = IntArray(2).also(erase::getLocationInWindow)
        view.touch(MotionEvent.FLAG_WINDOW_IS_OBSCURED, x + erase.width / 2f, y + erase.height / 2f)
        assertTrue(wallet.lock.status.value is LockStatus.Locked)
        assertTrue(view.text(R.id.walletlock_note).startsWith("Something is covering this screen."))
    }

    private fun expired() =
        LockStatus.Locked(LockReason.HEARTBEAT_EXPIRED, WhoLocked.PHONE, listOf(Remedy.Connect(Available), Remedy.Ask(CALL)))

    private fun lost(vararg remedies: Remedy) =
        LockStatus.Locked(LockReason.LOST_OR_STOLEN, WhoLocked.PROVIDER, remedies.toList())

    private fun found(text: String = "Please bring it to any of our shops.", leftMs: Long = HOUR) = LockStatus.Locked(
        LockReason.LOST_OR_STOLEN,
        WhoLocked.PROVIDER,
        listOf(Remedy.AskProvider(Available), Remedy.RecoveryCode(Waiting(leftMs)), Remedy.Ask(CALL)),
        FinderMessage(text, Contact.Phone("+1 555 0199")),
    )

    /** What [remedy] looks like: a button in brackets. */
    private fun shown(remedy: Remedy): String {
        view.show(LockStatus.Ready(null))
        view.show(lost(remedy))
        val last = view.all().filterIsInstance<TextView>().last { it.visibility == View.VISIBLE && !it.text.matches(CLOCK) }
        return if (last.isClickable) "[${last.text}]" else last.text.toString()
    }

    private fun buttons() = view.all().filter { it.isClickable && it.isShown }.map { (it as TextView).text.toString() }

    private fun button(text: String): View = view.all().first { it.isClickable && (it as? TextView)?.text?.toString() == text }

    private fun spoken() = activity.told.filter { "TYPE_WINDOW_CONTENT_CHANGED" in it && "recovery code" in it }

    private companion object {
        const val HOUR = 3_600_000L
        val CALL = Contact.Phone("+1 555 0100")
        val CLOCK = Regex("[0-9:]+")
    }
}
