package dev.walletlock.android

import android.app.Activity
import android.app.Dialog
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.View.INVISIBLE
import android.view.View.VISIBLE
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.FrameLayout
import android.widget.PopupWindow
import android.widget.TextView
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

@RunWith(RobolectricTestRunner::class)
class LockGuardTest {
    @get:Rule
    val version = AndroidVersion()

    private val application = RuntimeEnvironment.getApplication()
    private val wallet = TestWallet()
    private lateinit var guard: LockGuard

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        guard.close()
        wallet.close()
        Exemption.end()
    }

    private fun guarded(): LockGuard = LockGuard.install(application).also { guard = it }

    private fun withFirstRun(): LockGuard =
        LockGuard.install(application, firstRun = { Intent(it, Welcome::class.java) }).also { guard = it }

    @Test
    fun `nothing of an Activity is seen, touched or read until the wallet is open`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        assertTrue(home.isCovered())
        assertFalse(home.balance.isShown)
        home.window.decorView.touch()
        home.press(KeyEvent.KEYCODE_5)
        assertEquals(emptyList<String>(), home.got)
        assertEquals("accessibility services find nothing", emptyList<String>(), home.read())
        home.opensLockScreen()

        guard.keep(wallet.unlocked())
        TestWallet.settle()
        assertFalse(home.isCovered())
        assertTrue(home.balance.isShown)
        home.window.decorView.touch()
        home.press(KeyEvent.KEYCODE_5)
        assertEquals(listOf("touch", "touch", "key"), home.got)
        assertTrue("balance" in home.read())
    }

    @Test
    fun `it is in no screenshot and not among the recent apps, open or not`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        assertFalse(home.isCovered())
        assertTrue(home.window.attributes.flags and FLAG_SECURE != 0)
        assertEquals(false, home.isInRecents)
    }

    @Test
    fun `while the wallet is being opened it is covered, and no lock screen comes yet`() {
        wallet.enrol()
        val opening = CompletableDeferred<Unit>()
        LockScreens.useLock {
            opening.await()
            wallet.lock
        }
        guarded()
        val home = shown<Home>()
        assertTrue(home.isCovered())
        assertNull(shadowOf(home).nextStartedActivity)
        opening.complete(Unit)
        TestWallet.settle()
        home.opensLockScreen()
    }

    @Test
    fun `a wallet that does not open is the lock screen's to tell`() {
        wallet.enrol()
        LockScreens.useLock { throw Faults.ofOpening.first().first }
        guarded()
        val home = shown<Home>()
        assertTrue(home.isCovered())
        home.opensLockScreen()
        LockScreens.useLock { wallet.lock }
        unlocks(home)
        assertFalse(home.isCovered())
        wallet.lock.lockNow()
        TestWallet.settle()
        assertTrue("it follows the lock that opened in the end", home.isCovered())
    }

    @Test
    fun `the right PIN opens it, and the session is the app's to use`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        assertNull(guard.session.value)
        unlocks(home)
        assertFalse(home.isCovered())
        assertTrue(guard.session.value!!.isLive)
        runBlocking { guard.session.value!!.vault.write("card", byteArrayOf(4)) }
    }

    @Test
    fun `what ends the session covers all that is there, and asks once in each task`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val below = controller<Home>()
        below.pause()
        val top = shown<Second>()
        below.stop()
        val elsewhere = shown<Second> { task = 2 }
        guard.lockNow()
        TestWallet.settle()
        assertNull(guard.session.value)
        listOf(below.get(), top, elsewhere).forEach { assertTrue(it.isCovered()) }
        assertEquals("one in each task: the one below is not shown", 2, lockScreens())
    }

    @Test
    fun `one unlock answers the lock screens of both tasks`() {
        wallet.enrol()
        guarded()
        val first = shown<Home>()
        val second = shown<Second> { task = 2 }
        val other = lockScreenOf(second)
        unlocks(first)
        assertTrue(other.get().isFinishing)
        listOf(first, second).forEach { assertFalse(it.isCovered()) }
    }

    @Test
    fun `a session that ended meanwhile opens nothing, and the lock screen stays`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        val screen = lockScreenOf(home)
        val session = wallet.unlocked()
        wallet.lock.lockNow()
        guard.keep(session)
        TestWallet.settle()
        assertFalse(screen.get().isFinishing)
        assertNull(guard.session.value)
        assertTrue(home.isCovered())
    }

    @Test
    fun `a lock screen that somebody waits for is the guard's once a link came above it`() {
        wallet.enrol()
        guarded()
        val waitedFor = LockActivity.intent(application, canGoBack = true)
        val screen = Robolectric.buildActivity(LockActivity::class.java, waitedFor).setup()
        TestWallet.settle()
        val linked = shown<Second>()
        screen.newIntent(linked.opensLockScreen())
        val pad = screen.get().window.decorView.part<PinPadView>(R.id.walletlock_pad)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertTrue(screen.get().isFinishing)
        assertTrue(guard.session.value!!.isLive)
        assertFalse(linked.isCovered())
    }

    @Test
    fun `what the settings were opened with is the guard's too, and stays when they go`() {
        wallet.enrol()
        guarded()
        val session = wallet.unlocked()
        SettingsState(wallet.lock).use {
            it.take(session)
            TestWallet.settle()
            assertSame(session, guard.session.value)
        }
        assertTrue(session.isLive)
    }

    @Test
    fun `the time that a session has covers the app when it is over`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        wallet.letPass(WEEK_MS)
        assertTrue(home.isCovered())
        assertNull(guard.session.value)
    }

    @Test
    fun `the lock screen says why it came where nobody could know`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        wallet.letPass(WEEK_MS)
        assertEquals(
            "Your wallet locks itself after a time.",
            lockScreenOf(home).get().window.decorView.part<PinPadView>(R.id.walletlock_pad).message(),
        )
        guard.keep(wallet.unlocked())
        TestWallet.settle()
        guard.lockNow()
        TestWallet.settle()
        assertEquals("", lockScreenOf(home).get().window.decorView.part<PinPadView>(R.id.walletlock_pad).message())
    }

    @Test
    fun `who goes back from the lock screen leaves the app, and finds the lock screen again`() {
        wallet.enrol()
        guarded()
        val home = controller<Home>()
        val screen = lockScreenOf(home.get())
        home.pause().stop()
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertTrue(shadowOf(screen.get()).isTaskMovedToBack)
        assertFalse("it stays above what is covered", screen.get().isFinishing)
        screen.pause().stop()
        home.restart().resume()
        home.get().opensLockScreen()
    }

    @Test
    fun `who went back from a lock screen of the app's own leaves the app, and finds it again`() {
        wallet.enrol()
        guard = LockGuard.install(application, lockScreen = { Intent(it, Second::class.java) })
        val home = controller<Home>()
        val started = shadowOf(home.get()).nextStartedActivity
        assertEquals(Second::class.java.name, started.component!!.className)
        val own = Robolectric.buildActivity(Second::class.java, started).setup()
        home.pause().stop()
        own.get().finish()
        own.pause()
        home.restart().resume()
        assertEquals(1, home.get().leftTimes)
        assertNull(shadowOf(home.get()).nextStartedActivity)
        assertTrue(home.get().isCovered())
        home.pause().stop().restart().resume()
        assertEquals(1, home.get().leftTimes)
        assertEquals(Second::class.java.name, shadowOf(home.get()).nextStartedActivity.component!!.className)
    }

    @Test
    fun `the back key on what is covered leaves the app`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        home.press(KeyEvent.KEYCODE_BACK)
        assertEquals(1, home.leftTimes)
        assertFalse(home.isFinishing)
    }

    @Test
    fun `turning the phone holds, and so does a new process`() {
        wallet.enrol()
        guarded()
        val home = controller<Home>()
        home.recreate()
        assertTrue(home.get().isCovered())
        val saved = Bundle()
        home.saveInstanceState(saved).pause().stop().destroy()
        guard.close()
        lockScreens()
        guarded()
        val again = Robolectric.buildActivity(Home::class.java).setup(saved).get()
        assertTrue(again.isCovered())
        again.opensLockScreen()
    }

    @Test
    fun `an open one that is turned stays open`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = controller<Home>()
        home.recreate()
        assertFalse(home.get().isCovered())
        assertNull(shadowOf(home.get()).nextStartedActivity)
    }

    @Test
    fun `a link that brings another Activity above the lock screen is covered, and the lock screen comes to the front`() {
        wallet.enrol()
        guarded()
        lockScreenOf(shown<Home>())
        val linked = shown<Second>()
        assertTrue(linked.isCovered())
        val started = linked.opensLockScreen()
        assertTrue(started.flags and Intent.FLAG_ACTIVITY_REORDER_TO_FRONT != 0)
    }

    @Test
    fun `a dialog and a popup are gone while it is covered, and come back`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        val dialog = home.dialog().apply { show() }
        val popup = PopupWindow(TextView(home), 100, 100).apply { showAtLocation(home.balance, 0, 0, 0) }
        TestWallet.settle()
        wallet.lock.lockNow()
        TestWallet.settle()
        assertFalse(dialog.isSeen())
        assertFalse(popup.contentView.isShown)
        assertTrue("it is hidden, and not closed", dialog.window!!.decorView.isAttachedToWindow)
        guard.keep(wallet.unlocked())
        TestWallet.settle()
        assertTrue(dialog.isSeen())
        assertTrue(popup.contentView.isShown)
    }

    @Test
    fun `a dialog that comes while it is covered is gone too`() {
        wallet.enrol()
        guarded()
        val home = Robolectric.buildActivity(Impatient::class.java).setup().get()
        TestWallet.settle()
        assertFalse(home.early.isSeen())
        assertFalse(home.late.isSeen())
        val later = home.dialog().apply { show() }
        home.window.decorView.viewTreeObserver.dispatchOnPreDraw()
        assertFalse(later.isSeen())
        later.show()
        later.window!!.decorView.viewTreeObserver.dispatchOnPreDraw()
        assertFalse("also when it is shown once more", later.isSeen())
        guard.keep(wallet.unlocked())
        TestWallet.settle()
        listOf(home.early, home.late, later).forEach { assertTrue(it.isSeen()) }
    }

    @Test
    fun `a dialog that was closed while it was covered can be shown again`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        val dialog = home.dialog().apply { show() }
        TestWallet.settle()
        guard.lockNow()
        dialog.dismiss()
        TestWallet.settle()
        guard.keep(wallet.unlocked())
        dialog.show()
        TestWallet.settle()
        assertTrue(dialog.isSeen())
    }

    @Test
    fun `a dialog of the lock screen is not hidden`() {
        wallet.enrol()
        guarded()
        val screen = lockScreenOf(shown<Home>()).get()
        val dialog = Dialog(screen).apply { setContentView(TextView(screen)) }
        dialog.show()
        TestWallet.settle()
        assertTrue(dialog.isSeen())
    }

    @Test
    fun `what the app puts into a covered window is covered too, and what it hides stays hidden`() {
        wallet.enrol()
        guarded()
        val home = shown<Home>()
        val added = TextView(home)
        (home.window.decorView as FrameLayout).addView(added)
        assertTrue("the picture waits", home.window.decorView.viewTreeObserver.dispatchOnPreDraw())
        assertEquals(INVISIBLE, added.visibility)
        home.balance.visibility = View.GONE
        home.setContentView(TextView(home).apply { text = "anew" })
        assertEquals(emptyList<String>(), home.read())
        guard.keep(wallet.unlocked())
        TestWallet.settle()
        assertEquals(VISIBLE, added.visibility)
        assertEquals(View.GONE, home.balance.visibility)
        assertTrue("anew" in home.read())
    }

    @Test
    fun `before there is a PIN nothing is covered, unless the app names its first run`() {
        guarded()
        val home = shown<Home>()
        assertFalse(home.isCovered())
        assertNull(shadowOf(home).nextStartedActivity)
    }

    @Test
    fun `the first run comes where there is no PIN, and lets go when there is one`() {
        withFirstRun()
        val home = shown<Home>()
        assertTrue(home.isCovered())
        assertEquals(Welcome::class.java.name, shadowOf(home).nextStartedActivity.component!!.className)
        val welcome = shown<Welcome>()
        assertFalse(welcome.isCovered())
        assertNull(shadowOf(welcome).nextStartedActivity)
        wallet.lock.let { lock -> runBlocking { guard.keep(lock.enrolled()) } }
        TestWallet.settle()
        assertFalse(home.isCovered())
        guard.lockNow()
        TestWallet.settle()
        assertTrue("it is an Activity like any other now", welcome.isCovered())
    }

    @Test
    fun `who went back from the first run leaves the app`() {
        withFirstRun()
        val home = controller<Home>()
        val welcome = Robolectric.buildActivity(Welcome::class.java, shadowOf(home.get()).nextStartedActivity).setup()
        home.pause().stop()
        welcome.get().finish()
        welcome.pause()
        home.restart().resume()
        assertEquals(1, home.get().leftTimes)
    }

    @Test
    fun `a PIN that was set without a session to keep locks a moment later`() {
        withFirstRun()
        val welcome = shown<Welcome>()
        wallet.enrol()
        TestWallet.settle()
        pass(1)
        assertTrue(welcome.isCovered())
        welcome.opensLockScreen()
    }

    @Test
    fun `a wiped wallet says so on the lock screen, and then the first run comes`() {
        wallet.enrol()
        withFirstRun().keep(wallet.unlocked())
        val home = shown<Home>()
        runBlocking { wallet.lock.wipe() }
        TestWallet.settle()
        assertTrue(home.isCovered())
        home.opensLockScreen()
        val screen = lockScreenOf(home)
        screen.get().window.decorView.all().first { (it as? TextView)?.text == "Go on" }.performClick()
        TestWallet.settle()
        assertTrue(screen.get().isFinishing)
        assertEquals(Welcome::class.java.name, shadowOf(home).nextStartedActivity.component!!.className)
    }

    @Test
    fun `what is excluded is shown, by its name in the list or on itself`() {
        wallet.enrol()
        guard = LockGuard.install(application, excluded = setOf(Second::class.java))
        for (free in listOf(shown<Second>(), shown<Help>())) {
            assertFalse(free.isCovered())
            assertNull(shadowOf(free).nextStartedActivity)
            assertEquals(0, free.window.attributes.flags and FLAG_SECURE)
        }
        assertTrue(shown<Home>().isCovered())
    }

    @Test
    fun `a lock screen of the app's own`() {
        wallet.enrol()
        guard = LockGuard.install(application, lockScreen = { Intent(it, Second::class.java) })
        val home = shown<Home>()
        assertEquals(Second::class.java.name, shadowOf(home).nextStartedActivity.component!!.className)
        val own = Robolectric.buildActivity(Second::class.java, Intent().putExtra(LockActivity.EXTRA_GUARD, true)).setup().get()
        assertFalse(own.isCovered())
        guard.keep(wallet.unlocked())
        TestWallet.settle()
        assertTrue(own.isFinishing)
        assertFalse(home.isCovered())
    }

    @Test
    fun `a picker that the app opens does not lock it`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        AutoLock.start(application, wallet.lock, afterSeconds = 0).use {
            val home = controller<Home>()
            guard.exempt(forSeconds = 60)
            home.pause().stop()
            pass(59)
            assertTrue(wallet.lock.isOpen.value)
            home.restart().resume()
            assertFalse(home.get().isCovered())
            home.pause().stop()
            assertFalse("it was for once", wallet.lock.isOpen.value)
        }
    }

    @Test
    fun `an exemption ends by itself, and not the screen that goes off`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        AutoLock.start(application, wallet.lock, afterSeconds = 0).use {
            val home = controller<Home>()
            guard.exempt(forSeconds = 60)
            home.pause().stop()
            pass(60)
            assertFalse(wallet.lock.isOpen.value)
            assertTrue(home.get().isCovered())

            guard.keep(wallet.unlocked())
            home.restart().resume()
            guard.exempt(forSeconds = 60)
            home.pause().stop()
            application.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF))
            TestWallet.settle()
            assertFalse(wallet.lock.isOpen.value)
        }
        for (seconds in listOf(0, -1, 601)) {
            assertThrows(IllegalArgumentException::class.java) { guard.exempt(seconds) }
        }
    }

    @Test
    fun `a session that is replaced is closed, and the wallet stays open`() {
        wallet.enrol()
        guarded()
        val first = wallet.unlocked()
        val second = wallet.unlocked()
        guard.keep(first)
        guard.keep(second)
        TestWallet.settle()
        assertFalse(first.isLive)
        assertTrue(second.isLive)
        assertSame(second, guard.session.value)
        assertFalse(shown<Home>().isCovered())
    }

    @Test
    fun `a lock that the app has closed is opened anew`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        val next = TestWallet().enrol()
        LockScreens.useLock { next.lock }
        wallet.lock.close()
        TestWallet.settle()
        assertTrue(home.isCovered())
        guard.keep(next.unlocked())
        TestWallet.settle()
        assertFalse(home.isCovered())
        next.lock.lockNow()
        TestWallet.settle()
        assertTrue(home.isCovered())
        next.close()
    }

    @Test
    fun `the second guard takes the place of the first`() {
        wallet.enrol()
        val first = guarded()
        val home = shown<Home>()
        guard = LockGuard.install(application)
        assertFalse("nobody covers it until it is shown again", home.isCovered())
        assertTrue(shown<Second>().isCovered())
        assertNull(first.session.value)
    }

    @Test
    fun `an older Android's windows are found as well`() {
        wallet.enrol()
        guarded().keep(wallet.unlocked())
        val home = shown<Home>()
        val dialog = home.dialog().apply { show() }
        TestWallet.settle()
        version.becomes(Build.VERSION_CODES.P)
        guard.lockNow()
        assertFalse(dialog.isSeen())
    }

    private fun unlocks(home: Activity) {
        val screen = lockScreenOf(home)
        val pad = screen.get().window.decorView.part<PinPadView>(R.id.walletlock_pad)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertTrue(screen.get().isFinishing)
    }

    /** Shows the lock screen that [home] has started, or else one as the guard starts it. */
    private fun lockScreenOf(home: Activity): ActivityController<LockActivity> {
        val intent = shadowOf(home).nextStartedActivity
            ?: LockActivity.intent(home).putExtra(LockActivity.EXTRA_GUARD, true)
        return Robolectric.buildActivity(LockActivity::class.java, intent).setup().also { TestWallet.settle() }
    }

    /** Checks that one lock screen was started. Robolectric keeps one list, so another Activity may have started it. */
    private fun Activity.opensLockScreen(): Intent {
        val started = shadowOf(this).nextStartedActivity
        assertEquals(LockActivity::class.java.name, started?.component?.className)
        assertNull("once", shadowOf(this).nextStartedActivity)
        return started
    }

    /** How many lock screens were started since the last call. Fails if anything else was started. */
    private fun lockScreens(): Int {
        val started = generateSequence { shadowOf(application).nextStartedActivity }.map { it.component!!.className }.toList()
        started.forEach { assertEquals(LockActivity::class.java.name, it) }
        return started.size
    }

    private fun pass(seconds: Long) = shadowOf(application.mainLooper).idleFor(Duration.ofSeconds(seconds))

    private inline fun <reified A : Screen> controller(before: A.() -> Unit = {}): ActivityController<A> {
        val controller = Robolectric.buildActivity(A::class.java)
        controller.get().before()
        return controller.setup().also { TestWallet.settle() }
    }

    private inline fun <reified A : Screen> shown(before: A.() -> Unit = {}): A = controller(before).get()

    /** A screen of the app, which records the touches and keys that reach it. */
    abstract class Screen : Activity() {
        val got = mutableListOf<String>()
        lateinit var balance: TextView
        var leftTimes = 0
        var isInRecents: Boolean? = null

        var task = 1

        override fun onCreate(state: Bundle?) {
            super.onCreate(state)
            balance = TextView(this).apply { text = "balance" }
            setContentView(balance)
        }

        override fun getTaskId(): Int = task

        override fun moveTaskToBack(nonRoot: Boolean): Boolean = true.also { leftTimes++ }

        override fun setRecentsScreenshotEnabled(enabled: Boolean) {
            isInRecents = enabled
        }

        override fun dispatchTouchEvent(event: MotionEvent): Boolean = true.also { got += "touch" }

        override fun dispatchKeyEvent(event: KeyEvent): Boolean = true.also { got += "key" }

        fun dialog() = Dialog(this).apply { setContentView(TextView(context).apply { text = "in a dialog" }) }
    }

    class Home : Screen()

    class Second : Screen()

    class Welcome : Screen()

    @Unguarded
    class Help : Screen()

    /** An Activity that shows dialogs before it is shown itself. */
    class Impatient : Screen() {
        lateinit var early: Dialog
        lateinit var late: Dialog

        override fun onCreate(state: Bundle?) {
            super.onCreate(state)
            early = dialog().apply { show() }
        }

        override fun onResume() {
            super.onResume()
            late = dialog().apply { show() }
        }
    }

    private fun Activity.press(key: Int) = window.callback.dispatchKeyEvent(KeyEvent(KeyEvent.ACTION_UP, key))

    private fun Activity.isCovered(): Boolean = !window.decorView.part<View>(android.R.id.content).isShown

    private fun Dialog.isSeen(): Boolean = window!!.decorView.visibility == VISIBLE

    /** The texts that an accessibility service finds, from the window's root view down. */
    private fun Activity.read(): List<String> {
        val texts = mutableListOf<String>()
        fun visit(view: View) {
            val children = ArrayList<View>()
            view.addChildrenForAccessibility(children)
            view.createAccessibilityNodeInfo()?.text?.let { texts += it.toString() }
            children.forEach(::visit)
        }
        visit(window.decorView)
        return texts
    }

    private companion object {
        const val WEEK_MS = 7 * 24 * 3_600_000L
    }
}
