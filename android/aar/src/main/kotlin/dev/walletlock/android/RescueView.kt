package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import dev.walletlock.android.RescueSteps.Step
import kotlinx.coroutines.CoroutineScope

/**
 * The base of [EnterRecoveryCodeView] and [AskEscrowView]. Once the wallet is opened, the person chooses a new PIN, types it once
 * more, and writes down the new code that replaces the old one. Two groups of it are asked back. Then the wallet is open.
 */
public abstract class RescueView internal constructor(
    context: Context,
    attrs: AttributeSet?,
    defStyleAttr: Int,
    defStyleRes: Int,
) : ChoosePinView(context, attrs, defStyleAttr, defStyleRes) {
    private val panel = CodePanel(context, Colours(context))
    private var onRecovered: OnUnlocked? = null
    private var onLeave: Runnable? = null

    /** Says that the new PIN was not saved, and what still opens the wallet. */
    internal abstract val notSavedBody: Int

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
     * Calls [listener] when the person leaves before the wallet was opened, or leaves a wallet that is still locked. Null: there is
     * no such button.
     */
    public fun setOnLeave(listener: Runnable?) {
        onLeave = listener
        render()
    }

    override fun onFollow(scope: CoroutineScope): Unit = render()

    override fun onUnfollow(): Unit = panel.show(null, null) {}

    override fun render() {
        val going = choosing as Rescuing? ?: return
        val steps = going.steps
        panel.show(going.confirming?.code, steps.note?.let { resources.words(it) }, going::written)
        when (steps.step) {
            Step.CODE, Step.CHECKING, Step.OFFER, Step.ASKING, Step.REFUSED -> showOpening()
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
                resources.getString(notSavedBody),
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

    /** Shows the steps before the wallet is opened. */
    internal abstract fun showOpening()

    internal fun showGroup(going: Rescuing, title: String) {
        showPad(going.steps, title, takesDigits = true, going.typing)
        tellStep(title)
    }

    /** An answer that leaves the screen, if there is a listener for that. */
    internal fun leaving(text: Int, isFirst: Boolean): QuestionView.Answer? =
        onLeave?.let { QuestionView.Answer(text, isFirst) { it.run() } }

    override suspend fun judge() {
        val going = choosing as Rescuing? ?: return
        when (going.steps.step) {
            Step.CODE -> pad.guide(resources.getString(R.string.walletlock_code_group_body), canEnd = false)
            Step.CHOOSE -> pad.judge(going.lock, personal)
            Step.AGAIN -> pad.guide(resources.getString(R.string.walletlock_pin_again_body), canEnd = true)
            Step.ASK -> pad.guide(resources.getString(R.string.walletlock_code_group_asked_body), canEnd = false)
            else -> pad.guide("", canEnd = false)
        }
    }
}
