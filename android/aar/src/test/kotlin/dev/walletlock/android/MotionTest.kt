package dev.walletlock.android

import android.provider.Settings
import android.view.View
import java.util.concurrent.TimeUnit
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.ShadowLooper

/** What moves on the pad, and that nothing moves if animations are switched off. */
@RunWith(RobolectricTestRunner::class)
class MotionTest {
    private val wallet = TestWallet().enrol()
    private val activity = Stage.shown()
    private val pad = activity.show(
        PinPadView(activity).apply {
            bind(wallet.lock)
            setOnUnlocked { it.close() }
        },
    )

    @After
    fun close() = wallet.close()

    @Test
    fun `a key goes down under a finger and up again, and the right PIN leaps`() {
        val key = pad.labelled("5")
        key.isPressed = true
        ShadowLooper.idleMainLooper(500, TimeUnit.MILLISECONDS)
        assertTrue("${key.scaleX}", key.scaleX < 1f)
        key.isPressed = false
        ShadowLooper.idleMainLooper(500, TimeUnit.MILLISECONDS)
        assertEquals(1f, key.scaleX)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertNotNull(pad.dots().successAnimation)
        assertEquals("No digits typed", pad.dots().contentDescription)
    }

    @Test
    fun `nothing moves for who wants nothing to move`() {
        Settings.Global.putFloat(activity.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
        val key: View = pad.labelled("5")
        key.isPressed = true
        ShadowLooper.idleMainLooper(500, TimeUnit.MILLISECONDS)
        assertEquals(1f, key.scaleX)
        pad.enter(TestWallet.RIGHT)
        assertEquals(1f, pad.labelled("Done").scaleX)
        pad.done()
        assertNull(pad.dots().successAnimation)
        assertNull(pad.dots().refusalAnimation)
    }
}
