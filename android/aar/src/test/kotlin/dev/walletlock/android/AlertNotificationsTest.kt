package dev.walletlock.android

import android.Manifest
import android.app.Notification
import android.app.NotificationManager
import android.service.notification.StatusBarNotification
import dev.walletlock.Alert
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

/** The alerts as Android's notifications. */
@RunWith(RobolectricTestRunner::class)
class AlertNotificationsTest {
    private val wallet = TestWallet(PAY_POLICY).enrol()
    private val context = RuntimeEnvironment.getApplication()
    private val manager = context.getSystemService(NotificationManager::class.java)!!
    private val alerts = AlertNotifications(context)
    private var app = CoroutineScope(Dispatchers.Unconfined)

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        app.cancel()
        wallet.close()
    }

    @Test
    fun `an alert is shown once, and then acknowledged`() {
        allow()
        show()
        val before = shown().size
        wallet.pay(payment(12_80))
        assertTrue("${titles()}", "A payment was approved" in titles().drop(before))
        assertEquals("nothing is left to show", emptyList<Alert>(), pending())
        restart()
        val after = shown().size
        TestWallet.settle()
        assertEquals(after, shown().size)
    }

    @Test
    fun `without the permission nothing is shown, and nothing is lost`() {
        show()
        wallet.pay(payment(12_80))
        assertEquals(emptyList<String>(), titles())
        assertEquals(wallet.lastPayment(), pending().last().number)
        allow()
        restart()
        assertTrue("${titles()}", "A payment was approved" in titles())
        assertEquals(emptyList<Alert>(), pending())
    }

    @Test
    fun `a locked screen shows neither what happened nor whom it concerns`() {
        allow()
        show()
        wallet.pay(payment(12_80))
        val alert = shown().last()
        assertEquals(Notification.VISIBILITY_PRIVATE, alert.visibility)
        val open = listOf(alert.publicVersion).map { it.extras.getCharSequence(Notification.EXTRA_TEXT).toString() }
        assertEquals(listOf("Money"), open)
        for (text in listOf(alert, alert.publicVersion).map { "${it.extras}" }) {
            assertFalse(text, "bakery" in text || "12.80" in text)
        }
    }

    @Test
    fun `an alert leads to its line, to the limits, and to stopping everything`() {
        allow()
        show()
        wallet.pay(payment(12_80))
        val alert = shown().last()
        val line = shadowOf(alert.contentIntent).savedIntent
        assertEquals(HistoryActivity::class.java.name, line.component!!.className)
        assertEquals(wallet.lastPayment(), line.getLongExtra(HistoryActivity.EXTRA_LINE, 0))
        assertEquals(listOf("Lower my limit", "That was not me"), alert.actions.map { it.title.toString() })
        val actions = alert.actions.map { shadowOf(it.actionIntent).savedIntent.component!!.className }
        assertEquals(listOf(LimitsActivity::class.java.name, PanicActivity::class.java.name), actions)
    }

    @Test
    fun `there are three channels, and the person can silence one`() {
        allow()
        show()
        wallet.pay(payment(12_80)).lockOut()
        assertEquals(
            mapOf("walletlock_security" to "Security", "walletlock_money" to "Money", "walletlock_information" to "Information"),
            manager.notificationChannels.associate { it.id to it.name.toString() },
        )
        assertEquals(setOf("walletlock_security", "walletlock_money"), shown().map { it.channelId }.toSet())
    }

    private fun allow() = shadowOf(context).grantPermissions(Manifest.permission.POST_NOTIFICATIONS)

    private fun show() {
        app.launch { alerts.show(wallet.lock) }
        TestWallet.settle()
    }

    private fun restart() {
        app.cancel()
        app = CoroutineScope(Dispatchers.Unconfined)
        show()
    }

    private fun pending(): List<Alert> {
        val got = mutableListOf<Alert>()
        val collects = CoroutineScope(Dispatchers.Unconfined).launch { wallet.lock.alerts.pending.collect { got += it } }
        TestWallet.settle()
        collects.cancel()
        return got
    }

    /** The oldest first. */
    private fun shown(): List<Notification> = manager.activeNotifications.sortedBy(StatusBarNotification::getId).map { it.notification }

    private fun titles(): List<String> = shown().map { it.extras.getCharSequence(Notification.EXTRA_TITLE).toString() }
}
