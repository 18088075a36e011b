package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import dev.walletlock.CodeOutcome
import dev.walletlock.RecoveryCode
import dev.walletlock.WalletLock
import dev.walletlock.android.EnterCodeSteps.Step
import kotlinx.coroutines.CoroutineScope

/**
 * Gets a person back in with the recovery code. The person types it group by group, chooses a new PIN, types it once more, and
 * writes down the new code that replaces the old one. Two groups of it are asked back. Then the wallet is open.
 *
 * ```
 * val enter = EnterRecoveryCodeView(context)
 * enter.bind(lock)
 * enter.setOnRecovered { session -> show(session) }
 * ```
 *
 * A slip is said as soon as its group is typed. If the code opens nothing, the view says why, and what can be done. Groups that
 * are typed to their end are kept while the screen is not visible, in native memory: the person may have to look the code up on
 * this very phone. A right code is valid for ten minutes.
 */
public class EnterRecoveryCodeView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ChoosePinView(context, attrs, defStyleAttr, defStyleRes) {
    private val entering: EnteringCode? get() = choosing as EnteringCode?
    private val panel = CodePanel(context, Colours(context))
    private var onRecovered: OnUnlocked? = null
    private var onLeave: Runnable? = null

    init {
        panel.visibility = View.GONE
        addView(panel, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
    }

    /** Calls [listener] on the main thread when the wallet is open again. The listener closes the session after use. */
    public fun setOnRecovered(listener: OnUnlocked?) {
        onRecovered = listener
        render()
    }

    /**
     * Calls [listener] when the person leaves a code that opens nothing, or a wallet that is still locked. Null: there is no such
     * button.
     */
    public fun setOnLeave(listener: Runnable?) {
        onLeave = listener
        render()
    }

    override fun begin(lock: WalletLock): ChoosingPin = EnteringCode(lock)

    override fun onFollow(scope: CoroutineScope): Unit = render()

    override fun onUnfollow(): Unit = panel.show(null, null) {}

    override fun render() {
        val going = entering ?: return
        val steps = going.steps
        panel.show(going.confirming?.code, steps.note?.let { resources.words(it) }, going::written)
        when (steps.step) {
            Step.CODE -> showGroup(going, resources.getString(R.string.walletlock_code_group, steps.group, RecoveryCode.GROUPS))
            Step.CHECKING -> showPad(steps, R.string.walletlock_checking, takesDigits = false)
            Step.REFUSED -> showRefusal(going)
            Step.CHOOSE -> showPad(steps, R.string.walletlock_new_pin, takesDigits = true)
            Step.AGAIN -> showPad(steps, R.string.walletlock_new_pin_again, takesDigits = true)
            Step.MAKING -> showPad(steps, R.string.walletlock_code_making, takesDigits = false)
            Step.SHOWN -> {
                showInstead(panel)
                tellStep(R.string.walletlock_code_yours)
            }
            Step.ASK -> {
                val group = going.confirming?.group ?: return
                showGroup(going, resources.getString(R.string.walletlock_code_group_asked, group))
            }
            Step.FINISHING -> showPad(steps, R.string.walletlock_code_finishing, takesDigits = false)
            Step.FAILED -> ask(
                R.drawable.walletlock_damaged,
                resources.getString(R.string.walletlock_code_not_saved),
                resources.getString(R.string.walletlock_code_not_saved_body),
                steps.note?.let { resources.words(it) },
                QuestionView.Answer(R.string.walletlock_retry, isFirst = true, going::retry),
            )
            Step.LOST -> ask(
                R.drawable.walletlock_damaged,
                resources.getString(R.string.walletlock_code_lost),
                resources.getString(R.string.walletlock_code_lost_body),
                null,
                QuestionView.Answer(R.string.walletlock_go_on, isFirst = true, going::understood),
            )
            Step.LOCKED -> ask(
                R.drawable.walletlock_padlock,
                resources.getString(R.string.walletlock_code_still_locked),
                resources.getString(R.string.walletlock_code_still_locked_body),
                if (going.hasLost) resources.getString(R.string.walletlock_code_lost_body) else null,
                *listOfNotNull(leaving(R.string.walletlock_go_on, isFirst = true)).toTypedArray(),
            )
            Step.DONE -> finish(onRecovered?.let { it::onUnlocked })
        }
    }

    private fun showGroup(going: EnteringCode, title: String) {
        showPad(going.steps, title, takesDigits = true, going.typing)
        tellStep(title)
    }

    private fun showRefusal(going: EnteringCode) {
        val notice = resources.codeNotice(going.steps.refusal)
        val again =
            if (going.canCheckAgain) {
                QuestionView.Answer(R.string.walletlock_retry, isFirst = true, going::checkAgain)
            } else {
                QuestionView.Answer(R.string.walletlock_code_type_again, isFirst = true, going::typeAgain)
            }
        val leave = leaving(R.string.walletlock_code_later, isFirst = false)
        ask(
            notice.icon,
            notice.heading,
            notice.body,
            going.steps.note?.let { resources.words(it) },
            *listOfNotNull(again.takeIf { canHelp(going) }, leave).toTypedArray(),
        )
    }

    private fun leaving(text: Int, isFirst: Boolean) = onLeave?.let { QuestionView.Answer(text, isFirst) { it.run() } }

    /** Whether it can help to enter a code once more. */
    private fun canHelp(going: EnteringCode) = when (going.steps.refusal) {
        is CodeOutcome.NotSetUp, is CodeOutcome.Altered, is CodeOutcome.Locked -> false
        else -> true
    }

    override suspend fun judge() {
        val going = entering ?: return
        when (going.steps.step) {
            Step.CODE -> pad.guide(resources.getString(R.string.walletlock_code_group_body), canEnd = false)
            Step.CHOOSE -> pad.judge(going.lock, personal)
            Step.AGAIN -> pad.guide(resources.getString(R.string.walletlock_pin_again_body), canEnd = true)
            Step.ASK -> pad.guide(resources.getString(R.string.walletlock_code_group_asked_body), canEnd = false)
            else -> pad.guide("", canEnd = false)
        }
    }
}
