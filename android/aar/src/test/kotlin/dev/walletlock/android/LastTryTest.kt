package dev.walletlock.android

import dev.walletlock.Policy
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The screens say when the next wrong PIN erases everything, and only then. */
@RunWith(RobolectricTestRunner::class)
class LastTryTest {
    @Test
    fun `before the try that erases, and after the one before it`() = TestWallet(TestWallet.ERASES).enrol().use { wallet ->
        val pad = pad(wallet)
        wallet.enterWrongPin(1)
        assertEquals("2\u00a0tries left", pad.message())
        pad.enter(TestWallet.WRONG)
        pad.done()
        assertEquals("That PIN is not right. The next wrong one erases everything in this wallet.", pad.message())
        pad.enter("8")
        assertEquals("The next wrong PIN erases everything in this wallet.", pad.message())
    }

    @Test
    fun `while the last try is waited for`() = TestWallet(WAITS_THEN_ERASES).enrol().use { wallet ->
        val activity = Stage.shown()
        val view = activity.show(LockedView(activity))
        wallet.enterWrongPin(2)
        view.bind(wallet.lock)
        TestWallet.settle()
        val words = view.text(R.id.walletlock_body)
        assertTrue(words, words.endsWith("If that PIN is wrong too, everything in this wallet is erased."))
    }

    @Test
    fun `where the last try only locks, it says how many there are`() = TestWallet().enrol().use { wallet ->
        val pad = pad(wallet)
        repeat(4) {
            wallet.enterWrongPin(1)
            wallet.letPass(252_000)
        }
        assertEquals("1\u00a0try left", pad.message())
    }

    @Test
    fun `by the policy, whichever stop comes first`() {
        fun under(lockout: String) = erases(Policy.json("""{ "name": "test", "lockout": { $lockout } }""").json)
        assertTrue(under(""""lock_at": null, "wipe_at": 5"""))
        assertTrue(under(""""lock_at": 7, "wipe_at": 5"""))
        assertFalse(under(""""lock_at": 5, "wipe_at": 7"""))
        assertFalse(under(""""lock_at": 5"""))
        assertTrue(erases(Policy.preset("trezor").json))
        assertFalse(erases(Policy.DEFAULT.json))
        assertFalse(erases("not a policy"))
    }

    private fun pad(wallet: TestWallet): PinPadView {
        val activity = Stage.shown()
        return activity.show(PinPadView(activity).apply { bind(wallet.lock) })
    }

    private companion object {
        const val WAITS_THEN_ERASES = """{
            "name": "test",
            "lockout": { "cooldowns": [{ "from": 2, "to": 2, "wait_s": 60 }], "lock_at": null, "wipe_at": 3 }
        }"""
    }
}
