package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import dev.walletlock.WalletLock
import dev.walletlock.android.SetPinSteps.Step
import kotlinx.coroutines.CoroutineScope

/**
 * Lets a person set the first PIN: the person chooses it and types it once more. Then the view offers to open the wallet with
 * a finger or face, if the phone can ask for one.
 *
 * ```
 * val setPin = SetPinView(context)
 * setPin.bind(lock)
 * setPin.setOnPinSet { session -> show(session) }
 * ```
 *
 * The wallet must have no PIN: none was set yet, or the wallet was wiped.
 */
public class SetPinView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ChoosePinView(context, attrs, defStyleAttr, defStyleRes) {
    private val setting: SettingPin? get() = choosing as SettingPin?
    private var onPinSet: OnPinSet? = null

    /** Whether to offer a finger or face after the PIN is set, if the phone can ask for one. */
    public var offersFinger: Boolean = true
        set(value) {
            field = value
            setting?.offersFinger = value
        }

    /** Calls [listener] on the main thread with the session of the PIN that was set. The listener closes it after use. */
    public fun setOnPinSet(listener: OnPinSet?) {
        onPinSet = listener
        render()
    }

    override fun begin(lock: WalletLock): ChoosingPin = SettingPin(lock)

    override fun onFollow(scope: CoroutineScope) {
        setting?.offersFinger = offersFinger
        render()
    }

    override fun render() {
        val going = setting ?: return
        val steps = going.steps
        when (steps.step) {
            Step.CHOOSE -> showPad(steps, R.string.walletlock_choose_pin, takesDigits = true)
            Step.AGAIN -> showPad(steps, R.string.walletlock_pin_again, takesDigits = true)
            Step.SETTING -> showPad(steps, R.string.walletlock_setting_pin, takesDigits = false)
            Step.OFFER_FINGER, Step.SWITCHING_ON -> showOffer(going)
            Step.DONE -> finish(onPinSet?.let { it::onPinSet })
        }
    }

    override suspend fun judge() {
        val going = setting ?: return
        when (going.steps.step) {
            Step.CHOOSE -> pad.judge(going.lock, personal)
            Step.AGAIN -> pad.guide(resources.getString(R.string.walletlock_pin_again_body), canEnd = true)
            else -> pad.guide(resources.getString(R.string.walletlock_setting_pin_body), canEnd = false)
        }
    }

    private fun showOffer(going: SettingPin) {
        showInstead(question)
        tellStep(R.string.walletlock_offer_finger)
        question.ask(
            R.drawable.walletlock_finger,
            R.string.walletlock_offer_finger,
            R.string.walletlock_offer_finger_body,
            going.steps.note?.let { resources.words(it) },
            QuestionView.Answer(R.string.walletlock_finger_switch_on, isFirst = true, going::switchFingerOn),
            QuestionView.Answer(R.string.walletlock_not_now, isFirst = false, going::skipFinger),
        )
        question.setAnswerable(going.steps.step == Step.OFFER_FINGER)
    }
}
