package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import dev.walletlock.CodeOutcome
import dev.walletlock.RecoveryCode
import dev.walletlock.WalletLock
import dev.walletlock.android.RescueSteps.Step

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
) : RescueView(context, attrs, defStyleAttr, defStyleRes) {
    override val notSavedBody: Int get() = R.string.walletlock_code_not_saved_body

    override fun begin(lock: WalletLock): ChoosingPin = EnteringCode(lock)

    override fun showOpening() {
        val going = choosing as EnteringCode? ?: return
        val steps = going.steps
        when (steps.step) {
            Step.CODE -> showGroup(going, resources.getString(R.string.walletlock_code_group, steps.group, RecoveryCode.GROUPS))
            Step.CHECKING -> showPad(steps, R.string.walletlock_checking, takesDigits = false)
            else -> showRefusal(going)
        }
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

    /** Whether it can help to enter a code once more. */
    private fun canHelp(going: EnteringCode) = when (going.steps.refusal) {
        is CodeOutcome.NotSetUp, is CodeOutcome.Altered, is CodeOutcome.Locked -> false
        else -> true
    }
}
