package dev.walletlock.android

import android.content.ClipboardManager
import android.content.Intent
import android.content.pm.ApplicationInfo
import android.view.View
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.FinderMessage
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.WhoLocked
import java.util.concurrent.TimeUnit
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper

@RunWith(RobolectricTestRunner::class)
class LockedViewTest {
    private val activity = Stage.shown()
    private val view = activity.show(LockedView(activity))

    @Test
    fun `each kind of lock has a name and a meaning of its own`() {
        val all = LockReason.entries.map { locked(it) } + LockStatus.CoolingDown(1, null, emptyList()) + LockStatus.Wiped +
            LockStatus.Busy + LockStatus.Unconfigured + LockStatus.Ready(null)
        val said = all.map {
            view.show(it)
            view.text(R.id.walletlock_title) to view.text(R.id.walletlock_body)
        }
        assertEquals(all.size, said.map { it.first }.distinct().size)
        assertEquals(all.size, said.map { it.second }.distinct().size)
        assertTrue(said.none { it.first.isBlank() || it.second.isBlank() })
    }

    @Test
    fun `a busy phone, and damage, can be looked at again, once at a time`(): Unit = TestWallet().enrol().use { wallet ->
        val damaged = LockStatus.Locked(
            LockReason.DATA_DAMAGED,
            WhoLocked.PHONE,
            listOf(Remedy.CheckAgain, Remedy.Ask(Contact.Phone("+1 555 0100"))),
        )
        view.show(LockStatus.Busy)
        assertFalse("nobody said whose status it is", "Check again" in view.texts())
        view.bind(wallet.lock)
        for (status in listOf(LockStatus.Busy, damaged)) {
            view.show(status)
            wallet.hold()
            button("Check again").performClick()
            assertFalse(button("Check again").isEnabled)
            assertTrue(button("Check again").isShown)
            wallet.release()
            assertEquals("You can go on", view.text(R.id.walletlock_title))
        }
    }

    @Test
    fun `damage is no dead end - what happened, a code, and whom to call stand there`() {
        view.show(locked(LockReason.DATA_DAMAGED, Remedy.CheckAgain, Remedy.Ask(Contact.Phone("+1 555 0100"))))
        val words = view.text(R.id.walletlock_body)
        assertTrue(words, words.endsWith("(Code\u00a0${LockTrouble.DAMAGED.code})"))
        assertTrue(button("Call +1 555 0100").isEnabled)
    }

    @Test
    fun `a look that changes nothing is told, or nobody would know that it was taken`() {
        // The wallet has no PIN, so it is `Unconfigured` before and after the check.
        TestWallet().use { wallet ->
            view.bind(wallet.lock)
            view.show(LockStatus.Busy)
            view.show(LockStatus.Unconfigured)
            view.setOnGoOn {}
            view.checkAgain(wallet.lock)
            TestWallet.settle()
            assertEquals("Checked again just now: nothing has changed.", view.text(R.id.walletlock_note))
        }
    }

    @Test
    @Config(qualifiers = "ar-ldrtl")
    fun `from right to left, a number and an address keep their own way`() {
        RuntimeEnvironment.getApplication().applicationInfo.run { flags = flags or ApplicationInfo.FLAG_SUPPORTS_RTL }
        show(Contact.Phone("+1 555 0100"))
        button("Call \u2066+1 555 0100\u2069").performClick()
        assertEquals("what is dialled is the number", "+1 555 0100", started()!!.data!!.schemeSpecificPart)
        show(Contact.Form("https://wallet.example/locked"))
        button("Fill in the form at \u2066wallet.example\u2069")
        show(Contact.Police("ask for a case number."))
        assertTrue("Go to the police: \u2068ask for a case number.\u2069" in view.texts())
        show(Contact.Social("@wallet"))
        view.labelled("Copy \u2066@wallet\u2069").performClick()
        val clip = RuntimeEnvironment.getApplication().getSystemService(ClipboardManager::class.java)!!.primaryClip!!
        assertEquals("@wallet", clip.getItemAt(0).text)
    }

    @Test
    fun `that it cannot be looked at is told`(): Unit = TestWallet().enrol().use { wallet ->
        val told = mutableListOf<LockTrouble>()
        view.setOnTrouble { told.add(it) }
        view.bind(wallet.lock)
        view.show(LockStatus.Busy)
        wallet.phone.clock.failure = IllegalStateException()
        button("Check again").performClick()
        TestWallet.settle()
        assertEquals(listOf(LockTrouble.PLATFORM), told)
        wallet.phone.clock.failure = null
        button("Try again").performClick()
        TestWallet.settle()
        assertEquals("You can go on", view.text(R.id.walletlock_title))
    }

    @Test
    fun `it counts down with the lock, and sees it open`(): Unit = TestWallet().enrol().use { wallet ->
        view.bind(wallet.lock)
        wallet.enterWrongPin(2)
        assertEquals("Try again in 4 minutes", view.text(R.id.walletlock_title))
        assertEquals("4:12", view.text(R.id.walletlock_clock))
        wallet.letPass(1_000)
        assertEquals("4:11", view.text(R.id.walletlock_clock))
        wallet.letPass(200_000)
        assertEquals("Try again in 51 seconds", view.text(R.id.walletlock_title))
        wallet.letPass(51_000)
        assertEquals("You can go on", view.text(R.id.walletlock_title))
        assertEquals(View.GONE, view.part<View>(R.id.walletlock_clock).visibility)
    }

    @Test
    fun `the countdown is read out once a minute, and exactly to who asks`() {
        Stage.listen()
        view.show(cooling(252_000))
        val before = spoken().size
        for (second in 1..59) {
            ShadowLooper.idleMainLooper(1, TimeUnit.SECONDS)
            view.show(cooling(252_000L - second * 1_000))
        }
        assertEquals(before, spoken().size)
        assertEquals("Try again in 4 minutes", title().contentDescription)
        for (second in 60..180) {
            ShadowLooper.idleMainLooper(1, TimeUnit.SECONDS)
            view.show(cooling(252_000L - second * 1_000))
        }
        assertTrue("${spoken()}", spoken().size - before in 1..3)
    }

    @Test
    @Config(qualifiers = "w800dp-h1280dp-mdpi")
    fun `on a tablet lines stay short, in the middle`() {
        show(Contact.Phone("+1 555 0100"))
        TestWallet.settle()
        val button = button("Call +1 555 0100")
        assertEquals(448, button.width)
        val place = IntArray(2).also(button::getLocationInWindow)
        assertEquals(176, place[0])
    }

    @Test
    fun `a long wait is told in words`() {
        view.show(cooling(172_800_000))
        assertEquals("Try again in 2 days", view.text(R.id.walletlock_title))
        assertEquals(View.GONE, view.part<View>(R.id.walletlock_clock).visibility)
    }

    @Test
    fun `a number is dialled, but not called`() {
        show(Contact.Phone("+1 555 0100"))
        button("Call +1 555 0100").performClick()
        val intent = started()!!
        assertEquals(Intent.ACTION_DIAL, intent.action)
        assertEquals("+1 555 0100", intent.data!!.schemeSpecificPart)
    }

    @Test
    fun `an address is opened`() {
        show(Contact.Form("https://wallet.example/locked?a=1"))
        button("Fill in the form at wallet.example").performClick()
        val intent = started()!!
        assertEquals(Intent.ACTION_VIEW, intent.action)
        assertEquals("https://wallet.example/locked?a=1", intent.dataString)
        show(Contact.Social("https://social.example/@wallet"))
        button("Write to social.example").performClick()
        assertEquals("https://social.example/@wallet", started()!!.dataString)
    }

    @Test
    fun `what a browser should not open can be copied`() {
        for (address in listOf("http://wallet.example", "javascript:alert(1)", "intent://x#Intent;end", "@wallet", "https:")) {
            show(Contact.Social(address))
            assertTrue(view.texts().toString(), "Write to $address" in view.texts())
            val copy = view.labelled("Copy $address")
            copy.performClick()
            val clip = RuntimeEnvironment.getApplication().getSystemService(ClipboardManager::class.java)!!.primaryClip!!
            assertEquals(address, clip.getItemAt(0).text)
            assertEquals("Copied", copy.contentDescription)
        }
        assertNull(started())
    }

    @Test
    fun `a phone that cannot call shows the number to copy`() {
        shadowOf(RuntimeEnvironment.getApplication()).checkActivities(true)
        show(Contact.Phone("+1 555 0100"))
        button("Call +1 555 0100").performClick()
        assertNull(started())
        view.labelled("Copy +1 555 0100")
        assertTrue("Call +1 555 0100" in view.texts())
        shadowOf(RuntimeEnvironment.getApplication()).checkActivities(false)
    }

    @Test
    fun `remedies come in their order, and advice is no button`() {
        view.show(
            locked(
                LockReason.UNTIL_RESTART,
                Remedy.Wait(1),
                Remedy.Restart,
                Remedy.Ask(Contact.Police("Ask for a case number.")),
                Remedy.Ask(Contact.Phone("1")),
            ),
        )
        assertEquals(
            listOf("What you can do", "Restart your phone, then enter your PIN.", "Go to the police: Ask for a case number.", "Call 1"),
            view.texts().takeLast(4),
        )
        assertEquals(listOf("Call 1"), view.all().filter { it.isClickable }.map { (it as TextView).text })
    }

    @Test
    fun `who has nobody to turn to is told whom to look for`() {
        view.show(locked(LockReason.DATA_DAMAGED))
        assertTrue("Contact the company that provides this wallet." in view.texts())
        view.show(cooling(1_000))
        assertFalse("waiting is enough", "Contact the company that provides this wallet." in view.texts())
    }

    @Test
    fun `there is a way on only where it leads somewhere`() {
        view.show(LockStatus.Wiped)
        assertFalse("Go on" in view.texts())
        var went = 0
        view.setOnGoOn { went++ }
        button("Go on").performClick()
        assertEquals(1, went)
        view.show(locked(LockReason.DATA_DAMAGED))
        assertFalse("Go on" in view.texts())
    }

    private fun locked(reason: LockReason, vararg remedies: Remedy) =
        LockStatus.Locked(reason, WhoLocked.PHONE, remedies.toList())

    private fun cooling(ms: Long) = LockStatus.CoolingDown(ms, 3, emptyList())

    private fun show(contact: Contact) = view.show(locked(LockReason.TOO_MANY_ATTEMPTS, Remedy.Ask(contact)))

    private fun title(): TextView = view.part(R.id.walletlock_title)

    private fun spoken() = activity.told.filter { "TYPE_WINDOW_CONTENT_CHANGED" in it && "Try again" in it }

    private fun button(text: String): View = view.all().first { it.isClickable && (it as? TextView)?.text?.toString() == text }

    private fun started(): Intent? = shadowOf(RuntimeEnvironment.getApplication()).nextStartedActivity
}

fun View.text(id: Int): String = part<TextView>(id).text.toString()

fun View.texts(): List<String> =
    all().filterIsInstance<TextView>().filter { it.visibility == View.VISIBLE }.map { it.text.toString() }
