package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.android.MakeCodeSteps.Step
import kotlinx.coroutines.CoroutineScope

/**
 * Lets a person make a recovery code. The view says what it is for, shows the code, and asks two of its groups back, so that the
 * person knows that the paper can be read. Then it says whether the code counts at once, or waits and can be cancelled.
 *
 * ```
 * val make = MakeRecoveryCodeView(context)
 * make.bind(lock, session)
 * make.setOnPinNeeded { startActivityForResult(LockActivity.intent(this, withBiometrics = false, canGoBack = true), 1) }
 * make.setOnDone { session -> show(session) }
 * ```
 *
 * The code can be printed, or saved as a file, with the system's print dialog: then the system has a copy of it. It is drawn, and
 * text exists of it only there and for a screen reader, which reads a group when the person asks for it.
 */
public class MakeRecoveryCodeView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ChoosePinView(context, attrs, defStyleAttr, defStyleRes) {
    private val making: MakingCode? get() = choosing as MakingCode?
    private val panel = CodePanel(context, Colours(context))
    private var given: Session? = null
    private var onDone: OnUnlocked? = null
    private var onLater: Runnable? = null
    private var onPinNeeded: Runnable? = null
    private var onFactorNeeded: OnUnlocked? = null

    init {
        panel.visibility = View.GONE
        addView(panel, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
    }

    /**
     * Makes a code for [lock] with [session], which the PIN has opened. The view takes the session over, and gives it to the
     * listener of [setOnDone]. After [setOnPinNeeded] call this again with a new session.
     */
    public fun bind(lock: WalletLock, session: Session) {
        val going = making
        if (going != null && going.lock === lock) return going.take(session)
        given = session
        bind(lock)
    }

    /** Calls [listener] on the main thread when the person is done, with the session. The listener closes it after use. */
    public fun setOnDone(listener: OnUnlocked?) {
        onDone = listener
        render()
    }

    /**
     * Calls [listener] when the person does not want a code now, or is done and the session has ended meanwhile. Null: there is no
     * button for 'later'.
     */
    public fun setOnLater(listener: Runnable?) {
        onLater = listener
        render()
    }

    /** Calls [listener] when there is no session, or it is too old: ask for the PIN, and call [bind] with the new session. */
    public fun setOnPinNeeded(listener: Runnable?) {
        onPinNeeded = listener
    }

    /**
     * Calls [listener] with the session when the second factor is needed: hand it to [EnterSecondFactorActivity], and call [bind] with
     * the session of its result. If the result is not `RESULT_OK`, call [giveUp] first.
     */
    public fun setOnSecondFactorNeeded(listener: OnUnlocked?) {
        onFactorNeeded = listener
    }

    /** Drops what waits for the PIN or the second factor: the person did not enter it. */
    public fun giveUp() {
        making?.giveUp()
    }

    override fun begin(lock: WalletLock): ChoosingPin = MakingCode(lock)

    override fun onFollow(scope: CoroutineScope) {
        val going = making ?: return
        going.onPinNeeded = { onPinNeeded?.run() }
        going.onFactorNeeded = { onFactorNeeded?.let { listener -> going.takeSession()?.let(listener::onUnlocked) } }
        given?.let(going::take)
        given = null
        render()
    }

    override fun onUnfollow() {
        making?.onPinNeeded = {}
        making?.onFactorNeeded = {}
        panel.show(null, null) {}
    }

    override fun render() {
        val going = making ?: return
        val steps = going.steps
        panel.show(going.confirming?.code, steps.note?.let { resources.words(it) }, going::written)
        when (steps.step) {
            Step.WHY, Step.MAKING -> showWhy(going)
            Step.SHOWN -> {
                showInstead(panel)
                tellStep(R.string.walletlock_code_yours)
            }
            Step.ASK -> showGroup(going)
            Step.SETTING -> showPad(steps, R.string.walletlock_code_setting, takesDigits = false)
            Step.IN_FORCE -> ask(
                R.drawable.walletlock_paper,
                resources.getString(R.string.walletlock_code_in_force),
                resources.getString(R.string.walletlock_code_in_force_body),
                null,
                QuestionView.Answer(R.string.walletlock_done, isFirst = true, going::understood),
            )
            Step.WAITS -> ask(
                R.drawable.walletlock_clock,
                resources.getString(R.string.walletlock_code_waits),
                resources.getString(R.string.walletlock_code_waits_body, resources.inWords(steps.leftMs)),
                steps.note?.let { resources.words(it) },
                QuestionView.Answer(R.string.walletlock_done, isFirst = true, going::understood),
                QuestionView.Answer(R.string.walletlock_code_cancel, isFirst = false, going::cancel),
            )
            // The wallet may have locked itself meanwhile: then there is no session to give.
            Step.DONE -> if (going.hasSession) finish(onDone?.let { it::onUnlocked }) else onLater?.run()
        }
    }

    private fun showWhy(going: MakingCode) {
        val steps = going.steps
        val later = onLater?.let { QuestionView.Answer(R.string.walletlock_code_later, isFirst = false) { it.run() } }
        ask(
            R.drawable.walletlock_paper,
            resources.getString(if (going.replaces) R.string.walletlock_code_replace else R.string.walletlock_recovery_code),
            resources.getString(if (going.replaces) R.string.walletlock_code_replace_body else R.string.walletlock_code_why_body),
            steps.note?.let { resources.words(it) },
            *listOfNotNull(QuestionView.Answer(R.string.walletlock_code_make, isFirst = true, going::make), later).toTypedArray(),
        )
        question.setAnswerable(steps.step == Step.WHY)
    }

    private fun showGroup(going: MakingCode) {
        val group = going.confirming?.group ?: return
        val title = resources.getString(R.string.walletlock_code_group_asked, group)
        showPad(going.steps, title, takesDigits = true, going.typing)
        tellStep(title)
    }

    override suspend fun judge() {
        val isAsking = making?.steps?.step == Step.ASK
        pad.guide(if (isAsking) resources.getString(R.string.walletlock_code_group_asked_body) else "", canEnd = false)
    }
}
