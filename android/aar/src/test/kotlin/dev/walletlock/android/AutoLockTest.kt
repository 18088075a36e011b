package dev.walletlock.android

import android.app.Activity
import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.content.Intent
import android.os.Process
import dev.walletlock.Session
import dev.walletlock.SessionEnd
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakePhone
import java.time.Duration
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowSystemClock

@RunWith(RobolectricTestRunner::class)
class AutoLockTest {
    private val application = RuntimeEnvironment.getApplication()
    private lateinit var lock: WalletLock
    private lateinit var session: Session
    private var autoLock: AutoLock? = null

    @Before
    fun `someone is in`() = runBlocking {
        lock = WalletLock.open(application, platform = FakePhone().platform)
        session = lock.enrolled()
    }

    @After
    fun `the app ends`() {
        autoLock?.close()
        lock.close()
    }

    private fun startAutoLock(afterSeconds: Int = 30) {
        autoLock = AutoLock.start(application, lock, afterSeconds)
    }

    private fun pass(seconds: Long) = shadowOf(application.mainLooper).idleFor(Duration.ofSeconds(seconds))

    private fun <T : Activity> ActivityController<T>.leave() = apply { pause().stop() }

    private fun <T : Activity> ActivityController<T>.comeBack() = apply { restart().resume() }

    private fun turnScreenOff() {
        application.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF))
        pass(0)
    }

    @Test
    fun `while a screen is shown nothing locks`() {
        startAutoLock()
        Sample.controller()
        pass(600)
        assertTrue(session.isLive)
    }

    @Test
    fun `turning the screen off locks at once`() {
        startAutoLock()
        Sample.controller()
        assertTrue(lock.isOpen.value)
        turnScreenOff()
        assertFalse(session.isLive)
        assertFalse("screens are told", lock.isOpen.value)
        assertEquals(SessionEnd.SCREEN_OFF, lock.lastSessionEnd)
    }

    @Test
    fun `leaving the app locks after the time, and not before`() {
        startAutoLock()
        Sample.controller().leave()
        pass(29)
        assertTrue(session.isLive)
        pass(1)
        assertFalse(session.isLive)
        assertEquals(SessionEnd.LOCKED, lock.lastSessionEnd)
    }

    @Test
    fun `coming back in time keeps it open, and starts the time anew`() {
        startAutoLock()
        val screen = Sample.controller().leave()
        pass(29)
        screen.comeBack()
        pass(600)
        assertTrue(session.isLive)
        screen.leave()
        pass(29)
        assertTrue(session.isLive)
        pass(1)
        assertFalse(session.isLive)
    }

    @Test
    fun `with no time leaving locks at once`() {
        startAutoLock(afterSeconds = 0)
        Sample.controller().leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `going from screen to screen is not leaving`() {
        startAutoLock(afterSeconds = 0)
        val first = Sample.controller()
        first.pause()
        val second = Sample.controller()
        first.stop()
        pass(600)
        assertTrue(session.isLive)
        second.pause()
        first.comeBack()
        second.stop().destroy()
        pass(600)
        assertTrue(session.isLive)
        first.leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `what lies half over a screen does not hide it`() {
        startAutoLock(afterSeconds = 0)
        Sample.controller().pause()
        pass(600)
        assertTrue(session.isLive)
    }

    @Test
    fun `turning the phone is not leaving`() {
        startAutoLock(afterSeconds = 0)
        val screen = Sample.controller()
        RuntimeEnvironment.setQualifiers("+land")
        screen.configurationChange()
        screen.recreate()
        pass(600)
        assertTrue(session.isLive)
        screen.leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `a screen that was to be made anew, and was not, was left`() {
        startAutoLock(afterSeconds = 0)
        Robolectric.buildActivity(Turning::class.java).setup().leave()
        pass(1)
        assertTrue(session.isLive)
        pass(1)
        assertFalse(session.isLive)
    }

    @Test
    fun `a phone that slept locks before the screen is shown again`() {
        startAutoLock()
        val screen = Sample.controller().leave()
        // While a phone sleeps the clock goes on, but no timer runs.
        ShadowSystemClock.advanceBy(Duration.ofHours(1))
        assertTrue("the timer has not run", session.isLive)
        val wasLive = mutableListOf<Boolean>()
        application.registerActivityLifecycleCallbacks(OnStarted { wasLive += session.isLive })
        screen.restart()
        assertFalse(wasLive.single())
    }

    @Test
    fun `a screen that was there first is seen too`() {
        val screen = Sample.controller()
        startAutoLock()
        pass(600)
        assertTrue(session.isLive)
        screen.leave()
        pass(30)
        assertFalse(session.isLive)
    }

    @Test
    fun `a closed one does nothing`() {
        startAutoLock()
        val screen = Sample.controller().leave()
        autoLock?.close()
        autoLock?.close()
        pass(600)
        screen.comeBack().leave()
        turnScreenOff()
        assertTrue(session.isLive)
    }

    @Test
    fun `a closed lock needs no locking`() {
        startAutoLock(afterSeconds = 0)
        val screen = Sample.controller()
        lock.close()
        turnScreenOff()
        screen.leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `begun while one screen makes room for another it takes neither for leaving`() {
        val first = Sample.controller()
        first.pause()
        val second = Sample.controller()
        startAutoLock(afterSeconds = 0)
        first.stop()
        pass(600)
        assertTrue(session.isLive)
        second.leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `begun on a screen that is shown it waits for it to be left`() {
        val screen = Sample.controller()
        startAutoLock(afterSeconds = 0)
        pass(600)
        assertTrue(session.isLive)
        screen.leave()
        assertFalse(session.isLive)
    }

    @Test
    fun `begun while the app is going it locks after the time`() {
        val screen = Sample.controller().pause()
        startAutoLock(afterSeconds = 0)
        screen.stop()
        isInFront(false)
        pass(1)
        assertTrue("the system follows within moments", session.isLive)
        pass(1)
        assertFalse(session.isLive)
    }

    @Test
    fun `begun after the app was left it locks after the time`() {
        Sample.controller().leave()
        isInFront(false)
        startAutoLock()
        pass(29)
        assertTrue(session.isLive)
        pass(1)
        assertFalse(session.isLive)
    }

    private fun isInFront(isSo: Boolean) {
        val importance = if (isSo) RunningAppProcessInfo.IMPORTANCE_FOREGROUND else RunningAppProcessInfo.IMPORTANCE_CACHED
        val own = RunningAppProcessInfo(application.packageName, Process.myPid(), arrayOf(application.packageName))
        own.importance = importance
        shadowOf(application.getSystemService(ActivityManager::class.java)).setProcesses(listOf(own))
    }

    @Test
    fun `a time cannot be negative`() {
        assertThrows(IllegalArgumentException::class.java) { AutoLock.start(application, lock, -1) }
    }

    /** An Activity that Android is about to recreate. */
    class Turning : Activity() {
        override fun isChangingConfigurations() = true
    }

    private class OnStarted(private val then: () -> Unit) : android.app.Application.ActivityLifecycleCallbacks {
        override fun onActivityStarted(activity: Activity) = then()

        override fun onActivityCreated(activity: Activity, state: android.os.Bundle?) = Unit

        override fun onActivityResumed(activity: Activity) = Unit

        override fun onActivityPaused(activity: Activity) = Unit

        override fun onActivityStopped(activity: Activity) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, state: android.os.Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }
}
