package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.widget.EditText
import dev.walletlock.ChecklistLine
import dev.walletlock.Task
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the screens of getting back in. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class GetBackScreensTest : ScreenPictures() {
    private val ways = GuardedByWays(phone = TestWallet.phone(seed = 2_000_000))

    @Before
    fun prepare() {
        ways.enrol()
        LockScreens.useLock { ways.wallet.lock }
        LockScreens.useProofs { _, request -> ways.carry(request) }
        LockScreens.useEscrow { _, _ -> EscrowReply.NotGranted.LATER }
    }

    @After
    fun close() {
        LockScreens.useProofs(null)
        LockScreens.useEscrow(carry = null)
        ways.close()
    }

    @Test
    @Config(qualifiers = "w360dp-h900dp-tvdpi")
    fun `the ways`() = getBack().keepRoughly("back-ways")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `the ways, Chinese and dark`() = getBack().keepRoughly("back-ways-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the ways, small with large letters`() = getBack().keepRoughly("back-ways-small-large")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `the ways, on its side`() = getBack().keepRoughly("back-ways-landscape")

    @Test
    fun `a code was sent`() = sent("back-sent")

    @Test
    @Config(qualifiers = "+night")
    fun `a code was sent, dark`() = sent("back-sent-dark")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a code was sent, Chinese`() = sent("back-sent-chinese", isKept = true)

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `a code was sent, small with large letters`() = sent("back-sent-small-large")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `a code was sent, on its side`() = sent("back-sent-landscape")

    @Test
    @Config(qualifiers = "w360dp-h960dp-tvdpi")
    fun `enough, after a wait`() = waits("back-waits", isKept = true)

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h960dp-tvdpi")
    fun `enough, after a wait, Chinese`() = waits("back-waits-chinese")

    @Test
    fun `enough`() = enough("back-enough")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `enough, Chinese and dark`() = enough("back-enough-chinese")

    @Test
    fun `cancelling`() = cancel("back-cancel")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `cancelling, Chinese`() = cancel("back-cancel-chinese")

    @Test
    fun `pausing a change`() = pause("back-pause")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `pausing a change, Chinese and dark`() = pause("back-pause-chinese")

    @Test
    fun `a person`() = getBack().run {
        press(R.string.walletlock_way_person)
        keepRoughly("back-person")
    }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a person, Chinese`() = getBack().run {
        press(R.string.walletlock_way_person)
        keepRoughly("back-person-chinese")
    }

    @Test
    fun `what is left`() = left("back-left")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `what is left, Chinese and dark`() = left("back-left-chinese")

    @Test
    fun `the authenticator`() = getBack().run {
        press(R.string.walletlock_way_authenticator)
        keepRoughly("back-authenticator")
    }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the authenticator, Chinese`() = getBack().run {
        press(R.string.walletlock_way_authenticator)
        keepRoughly("back-authenticator-chinese")
    }

    @Test
    fun `the account's password`() = password("password")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the account's password, Chinese and dark`() = password("password-chinese", isKept = true)

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the account's password, small with large letters`() = password("password-small-large")

    @Test
    fun `what to put in order`() = checklist("checklist", isKept = true)

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `what to put in order, Chinese and dark`() = checklist("checklist-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `what to put in order, small with large letters`() = checklist("checklist-small-large")

    private fun sent(name: String, isKept: Boolean = false) = getBack().run {
        press(R.string.walletlock_way_sms)
        pad().enter("12")
        keep(name, isKept)
    }

    private fun proven(): ActivityController<GetBackActivity> = getBack().apply {
        press(R.string.walletlock_way_sms)
        pad().enter(ways.last().code!!)
    }

    private fun waits(name: String, isKept: Boolean = false) = proven().run {
        press(R.string.walletlock_way_authenticator)
        pad().enter(ways.app.code())
        keep(name, isKept)
    }

    private fun enough(name: String) = proven().run {
        ways.account.vouch()
        press(R.string.walletlock_way_person)
        press(R.string.walletlock_escrow_ask_now)
        keepRoughly(name)
    }

    private fun cancel(name: String) = proven().run {
        press(R.string.walletlock_back_not_me)
        keepRoughly(name)
    }

    private fun pause(name: String) {
        ways.changeNumber()
        ways.wallet.letPass(DAY_MS)
        getBack().run {
            press(R.string.walletlock_back_changed)
            keepRoughly(name)
        }
    }

    private fun left(name: String) = getBack().run {
        press(R.string.walletlock_back_none_reaches)
        keepRoughly(name)
    }

    private fun password(name: String, isKept: Boolean = false) {
        val screen = start(SetPasswordActivity.intent(context, ways.wallet.unlocked()), SetPasswordActivity::class.java)
        screen.get().window.decorView.part<EditText>(R.id.walletlock_password).setText("password1P")
        screen.keep(name, isKept)
    }

    private fun checklist(name: String, isKept: Boolean = false) {
        val activity = Stage.shown()
        val view = activity.show(ChecklistView(activity, Colours(activity)))
        view.show((Task.entries - setOf(Task.CHANGE_PIN, Task.REPORT)).map { ChecklistLine(it, isDone = it == Task.REGISTER_PHONE || it == Task.CHANNELS) }, trouble = null)
        TestWallet.settle()
        val drawn = activity.window.decorView.drawn()
        if (isKept) golden.check(name, drawn) else golden.checkRoughly(name, drawn)
    }

    private fun getBack() = start(GetBackActivity.intent(context), GetBackActivity::class.java)

    /** [isKept]: the picture itself is kept. */
    private fun ActivityController<out Activity>.keep(name: String, isKept: Boolean) = if (isKept) keep(name) else keepRoughly(name)

    private fun <A : Activity> start(intent: Intent, activity: Class<A>): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }

    private companion object {
        const val DAY_MS = 24 * 3_600_000L
    }
}
