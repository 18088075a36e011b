package dev.walletlock.android

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.RectF
import dev.walletlock.Contact
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.WhoLocked
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the screens about the recovery code, and of the sheet that is printed. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class RecoveryScreensTest : ScreenPictures() {
    /** The same seed in each run, so that the code is the same. */
    private val wallet = TestWallet(seed = 1_000_000)

    @Before
    fun lock() {
        LockScreens.useLock { wallet.lock }
    }

    @After
    fun close() = wallet.close()

    @Test
    fun `what a code is for`() = why("code-why")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `what a code is for, Chinese`() = why("code-why-chinese")

    @Test
    fun `the code`() = shown("code-shown")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the code, Chinese and dark`() = shown("code-shown-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the code, small with large letters`() = make().run {
        press(R.string.walletlock_code_make)
        golden.checkRoughly("code-shown-small-large", drawn())
    }

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `the code, on its side`() = make().run {
        press(R.string.walletlock_code_make)
        golden.checkRoughly("code-shown-landscape", drawn())
    }

    @Test
    fun `a group is asked back`() = make().run {
        press(R.string.walletlock_code_make)
        press(R.string.walletlock_code_written)
        pad().enter("12")
        golden.checkRoughly("code-asked", drawn())
    }

    @Test
    fun `a new code waits`() = waits("code-waits")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a new code waits, Chinese`() = waits("code-waits-chinese")

    @Test
    fun `a slip in a group`() = slip("code-slip")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a slip in a group, Chinese`() = slip("code-slip-chinese")

    @Test
    fun `not this wallet's code`() = wrong("code-wrong")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `not this wallet's code, Chinese`() = wrong("code-wrong-chinese")

    @Test
    fun `a damaged wallet with a code`() = damaged("code-damaged")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a damaged wallet with a code, Chinese`() = damaged("code-damaged-chinese")

    @Test
    fun `'Forgot PIN' on the lock screen`() {
        wallet.enrolWithCode()
        val screen = start(LockActivity::class.java, LockActivity.intent(context))
        golden.checkRoughly("code-forgot", screen.drawn())
    }

    @Test
    fun `the sheet`() = sheet("code-sheet")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the sheet, Chinese`() = sheet("code-sheet-chinese")

    /** The drawing fills its area, draws each digit, and draws nothing outside. */
    @Test
    fun `each digit of the code is drawn in its place`() {
        val area = RectF(40f, 30f, 640f, 30f + codeHeight(600f))
        fun drawn(digit: (Int, Int) -> Int): Bitmap {
            val picture = Bitmap.createBitmap(700, 500, Bitmap.Config.ARGB_8888)
            picture.eraseColor(Color.WHITE)
            Canvas(picture).drawCode(area, CodeInks(Color.BLACK, Color.GRAY, Color.LTGRAY), digit = digit)
            return picture
        }
        val ones = drawn { _, _ -> 1 }
        val boxes = (1..8).flatMap { group -> (0..5).map { place -> group to place } }.map { (group, place) ->
            val other = drawn { g, p -> if (g == group && p == place) 8 else 1 }
            val differs = (0 until 700 * 500).filter { ones.getPixel(it % 700, it / 700) != other.getPixel(it % 700, it / 700) }
            assertTrue("digit $place of group $group is drawn", differs.isNotEmpty())
            val x = differs.map { it % 700 }
            val y = differs.map { it / 700 }
            assertTrue(x.min() >= area.left && x.max() <= area.right && y.min() >= area.top && y.max() <= area.bottom)
            // Column, row and place: every digit has a place of its own.
            Triple(x.average().toInt() / 20, y.average().toInt() / 40, 0)
        }
        assertEquals(48, boxes.distinct().size)
    }

    private fun why(name: String) = make().run { golden.check(name, drawn()) }

    private fun shown(name: String) = make().run {
        press(R.string.walletlock_code_make)
        golden.check(name, drawn())
    }

    private fun waits(name: String) {
        wallet.enrol()
        val screen = start(
            MakeRecoveryCodeActivity::class.java,
            MakeRecoveryCodeActivity.intent(context, wallet.unlocked()),
        )
        screen.press(R.string.walletlock_code_make)
        val paper = screen.paper()
        val asked = screen.code().askedGroups
        screen.press(R.string.walletlock_code_written)
        asked.forEach { screen.typeGroup(paper.group(it)) }
        golden.check(name, screen.drawn())
    }

    private fun slip(name: String) {
        val paper = wallet.enrolWithCode()
        val screen = start(EnterRecoveryCodeActivity::class.java, EnterRecoveryCodeActivity.intent(context))
        screen.typeGroup(paper.group(1))
        screen.typeGroup(paper.group(1))
        golden.check(name, screen.drawn())
    }

    private fun wrong(name: String) {
        wallet.enrolWithCode()
        TestWallet().use { other ->
            val screen = start(EnterRecoveryCodeActivity::class.java, EnterRecoveryCodeActivity.intent(context))
            screen.typeAll(other.enrolWithCode())
            golden.check(name, screen.drawn())
        }
    }

    private fun damaged(name: String) {
        wallet.enrol()
        val activity = Stage.shown()
        val view = activity.show(LockedView(activity))
        view.checked = wallet.lock
        view.setOnRecoveryCode {}
        val code = Remedy.RecoveryCode(RemedyState.Available)
        val remedies = listOf(Remedy.CheckAgain, code, Remedy.Ask(Contact.Phone("+1 555 0100")))
        view.show(LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, remedies))
        TestWallet.settle()
        golden.check(name, activity.window.decorView.drawn())
    }

    private fun sheet(name: String) {
        val picture = Bitmap.createBitmap(595, 842, Bitmap.Config.ARGB_8888)
        picture.eraseColor(Color.WHITE)
        val words = context.sheetWords(1_767_225_600_000)
        val inks = CodeInks(Color.BLACK, Color.DKGRAY, Color.LTGRAY)
        Canvas(picture).drawSheet(RectF(0f, 0f, 595f, 842f), words, inks) { group, place -> (group * 6 + place * 7) % 10 }
        picture.setHasAlpha(false)
        golden.check(name, picture)
    }

    private fun make(): ActivityController<MakeRecoveryCodeActivity> {
        wallet.enrol()
        return start(MakeRecoveryCodeActivity::class.java, MakeRecoveryCodeActivity.intent(context, wallet.unlocked()))
    }

    private fun <A : Activity> start(activity: Class<A>, intent: android.content.Intent): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }
}
