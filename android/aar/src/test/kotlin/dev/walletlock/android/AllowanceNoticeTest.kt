package dev.walletlock.android

import android.view.View
import android.widget.TextView
import kotlinx.coroutines.CompletableDeferred
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class AllowanceNoticeTest {
    private val wallet = TestWallet().enrol()
    private val activity = Stage.shown()
    private val notice = activity.show(AllowanceNotice(activity))

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `it is hidden until there is little time left, and says how much`() {
        assertEquals(View.GONE, notice.visibility)
        notice.show(5 * HOUR)
        assertEquals(ENDS, notice.said())
        assertFalse("the app has no way to its provider", button().isShown)
        notice.show(null)
        assertEquals(View.GONE, notice.visibility)
    }

    @Test
    fun `its button reaches the provider, and the app then asks how much time is left`() {
        val asked = mutableListOf<CompletableDeferred<ProviderReply>>()
        LockScreens.useProvider { lock, call ->
            check(lock === wallet.lock && call == ProviderCall.HEARTBEAT)
            CompletableDeferred<ProviderReply>().also(asked::add).await()
        }
        var reached = 0
        notice.setOnReached { reached++ }
        notice.bind(wallet.lock)
        notice.show(5 * HOUR)
        button().performClick()
        assertEquals("Reaching your provider…", notice.said())
        button().performClick()
        asked.single().complete(ProviderReply.NOT_REACHED)
        TestWallet.settle()
        assertTrue(notice.said().startsWith("Your provider could not be reached."))
        assertEquals(0, reached)
        button().performClick()
        asked.last().complete(ProviderReply.TAKEN)
        TestWallet.settle()
        assertEquals(ENDS to 1, notice.said() to reached)
    }

    @Test
    fun `a screen reader is told when it comes`() {
        Stage.listen()
        notice.show(5 * HOUR)
        assertTrue("${activity.told}", activity.told.any { "TYPE_WINDOW_CONTENT_CHANGED" in it })
    }

    private fun button(): View = notice.all().first { it.isClickable }

    private fun View.said() = all().filterIsInstance<TextView>().first().text.toString()

    private companion object {
        const val HOUR = 3_600_000L
        const val ENDS = "This phone has not reached your provider for long. " +
            "Connect it to the internet, or your wallet locks itself in 5 hours."
    }
}
