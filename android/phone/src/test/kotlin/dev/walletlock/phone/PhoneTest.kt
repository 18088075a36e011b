package dev.walletlock.phone

import android.content.Intent
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** The phone and its app without a server: the tests touch it by coordinates. */
class PhoneTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }

    @Test
    fun `a first day, from the first PIN to a changed one`() {
        phone.opensApp()
        day.isLived()
        assertTrue(phone.journal.lines().any { it.text == "PIN_CHANGED" })
    }

    @Test
    fun `a forgotten PIN, and the way back in`() {
        phone.opensApp()
        day.forgetsThePin()
        assertTrue(phone.journal.lines().any { it.text == "RECOVERED" })
    }

    @Test
    fun `digits survive a rotation, and the picture turns`() {
        phone.opensApp()
        day.setsAPin()
        day.goesToTheLock()
        "8351".forEach { hand.tap("$it") }
        val upright = phone.screen.pictures.get()
        hand.press("turn", "on" to "true")
        assertTrue(Windows.size.x > Windows.size.y)
        assertNotEquals(upright, phone.screen.pictures.get())
        day.enters("79")
        day.seesTheWallet()
    }

    @Test
    fun `home and back again, and back out of the app`() {
        phone.opensApp()
        day.setsAPin()
        hand.press("home")
        assertTrue(phone.stack.isAway)
        assertEquals(emptyList<Place>(), Places.all())
        hand.press("open")
        day.seesTheWallet()
        hand.press("back")
        hand.until("the home screen is there") { phone.stack.isAway }
        assertEquals(0, phone.stack.depth)
        hand.press("open")
        day.seesTheWallet()
    }

    @Test
    fun `back from the lock screen leaves the app, and the lock screen is there again`() {
        phone.opensApp()
        day.setsAPin()
        day.goesToTheLock()
        repeat(2) {
            day.seesTheLock()
            goesBackOut()
        }
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `back from the first screen leaves the app, and it is there again`() {
        phone.opensApp()
        repeat(2) {
            hand.sees("Welcome to your wallet")
            goesBackOut()
        }
        day.setsAPin()
    }

    private fun goesBackOut() {
        hand.press("back")
        hand.until("the home screen is there") { phone.stack.isAway }
        assertEquals("nothing behind it is seen", emptyList<Place>(), Places.all())
        hand.press("open")
    }

    @Test
    fun `the screen goes off and locks the wallet`() {
        phone.opensApp()
        day.setsAPin()
        hand.press("off", "on" to "true")
        assertTrue(phone.fakes.deviceKey.isPhoneLocked)
        hand.press("off", "on" to "false")
        day.seesTheLock()
    }

    @Test
    fun `a wallet that nobody uses locks when its time has passed`() {
        phone.opensApp()
        day.setsAPin()
        hand.press("skip", "ms" to "121000")
        day.seesTheLock()
    }

    @Test
    fun `after a restart the wallet is the same, and locked`() {
        phone.opensApp()
        day.setsAPin()
        hand.press("restart")
        assertTrue(phone.stack.isAway)
        hand.press("open")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `a touch through another app's window is told as one`() {
        phone.opensApp()
        day.setsAPin()
        day.goesToTheLock()
        hand.tap("8")
        hand.press("cover", "on" to "true")
        hand.tap("3")
        hand.sees("covering this screen")
        hand.press("cover", "on" to "false")
        // The lock screen's keys are disabled until one is touched with no window above.
        hand.touch(Places.all().last { it.label == "3" })
        day.enters("5179")
        day.seesTheWallet()
    }

    @Test
    fun `a busy keystore costs no try`() {
        phone.opensApp()
        day.setsAPin()
        day.goesToTheLock()
        hand.press("busy", "on" to "true")
        day.enters(FirstDay.PIN)
        hand.until("the journal tells of it") { phone.journal.lines().any { it.text == "PIN_NO_VERDICT" } || Places.all().any { "try again" in it.label.lowercase() } }
        hand.press("busy", "on" to "false")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `dark and Chinese, and letters twice as large`() {
        phone.opensApp()
        hand.sees("Choose a PIN")
        hand.press("dark", "on" to "true")
        hand.press("chinese", "on" to "true")
        hand.press("font", "scale" to "2")
        hand.sees("欢迎使用钱包")
        hand.press("small", "on" to "true")
        assertEquals(760, Windows.size.y)
    }

    @Test
    fun `text goes into the field that has the focus`() {
        opensActivityForTesting()
        hand.fill("Name", "Ada")
        assertEquals("Ada", (phone.stack.top as ActivityForTesting).field.text.toString())
    }

    @Test
    fun `a dialog takes the touches, and goes`() {
        opensActivityForTesting()
        hand.tap("Ask")
        hand.tap("Yes")
        hand.sees("Done so")
        assertEquals(1, Windows.shown().size)
    }

    @Test
    fun `a crash in a click handler is told, and the phone goes on`() {
        opensActivityForTesting()
        hand.tap("Fail")
        hand.until("the crash is told") { phone.crash != null }
        hand.press("closeCrash")
        assertNull(phone.crash)
        hand.tap("Ask")
        hand.sees("Really?")
    }

    @Test
    fun `one that throws while it is drawn is told once, and the phone goes on`() {
        opensActivityForTesting()
        hand.tap("Fail to draw")
        hand.until("the crash is told") { "cannot be drawn" in phone.state.get().orEmpty() }
        val told = phone.journal.lines().count { "cannot be drawn" in it.text }
        repeat(3) { hand.waits() }
        assertEquals(told, phone.journal.lines().count { "cannot be drawn" in it.text })
        hand.press("back")
        hand.press("closeCrash")
        hand.sees("Choose a PIN")
    }

    @Test
    fun `what ended while the app was away is told to the screen below`() {
        opensActivityForTesting()
        val below = phone.stack.top as ActivityForTesting
        below.startActivityForResult(Intent(phone.application, ActivityForTesting::class.java), 7)
        hand.until("another is above it") { phone.stack.top !== below }
        val above = phone.stack.top!!
        hand.press("home")
        above.setResult(42)
        above.finish()
        hand.waits()
        assertNull("it is not shown yet", below.lastResult)
        hand.press("open")
        hand.until("the one below is there again") { phone.stack.top === below }
        assertEquals(7 to 42, below.lastResult)
    }

    @Test
    fun `nonsense from the page is no crash of the app`() {
        phone.opensApp()
        for ((what, with) in listOf("touch" to emptyMap(), "skip" to mapOf("ms" to "-1"), "font" to mapOf("scale" to "x"))) {
            assertThrows(IllegalArgumentException::class.java) { phone.act(what, with) }
        }
        hand.waits()
        assertNull(phone.crash)
    }

    @Test
    fun `nothing is drawn anew while nothing changes`() {
        phone.opensApp()
        hand.sees("Choose a PIN")
        hand.until("an exact picture is there") { phone.screen.pictures.get()?.type == "image/png" }
        val picture = phone.screen.pictures.get()
        repeat(3) { hand.waits() }
        assertEquals(picture, phone.screen.pictures.get())
    }

    @Test
    fun `nobody touches a sensor that does not ask`() {
        phone.opensApp()
        assertNotNull(phone.act("finger", mapOf("on" to "true")))
        assertFalse(phone.fakes.person.isPromptShown)
    }

    private fun opensActivityForTesting() {
        phone.opensApp()
        // Wait for the first screen: after that no other screen opens above ActivityForTesting.
        hand.sees("Choose a PIN")
        phone.stack.top!!.startActivity(Intent(phone.application, ActivityForTesting::class.java))
        hand.sees("Nothing")
    }
}
