package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.android.ChangePinSteps.Step
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Lets a person change the PIN: the person types the current PIN, the new one, and the new one once more. If biometrics are
 * on, the view asks whether to switch them off with the change: someone who knew the old PIN may have switched them on for a
 * finger or face of their own.
 *
 * ```
 * val changePin = ChangePinView(context)
 * changePin.bind(lock)
 * changePin.setOnPinChanged { session -> show(session) }
 * ```
 *
 * A wrong PIN, a wait and a locked wallet are shown as on the lock screen. A wipe PIN stays as it is: see
 * [dev.walletlock.Access.changePin].
 */
public class ChangePinView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ChoosePinView(context, attrs, defStyleAttr, defStyleRes) {
    private val changing: ChangingPin? get() = choosing as ChangingPin?
    private val locked = LockedView(context)
    private var onPinChanged: OnPinChanged? = null
    private var onFactorNeeded: OnUnlocked? = null

    /** Whether 'Forgot PIN?' leads anywhere yet. Its place is kept meanwhile. */
    internal var offersForgotPin = true
        set(value) {
            field = value
            render()
        }

    init {
        locked.visibility = View.GONE
        addView(locked, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
    }

    /** Calls [listener] on the main thread when the PIN was changed. The listener closes the session after use. */
    public fun setOnPinChanged(listener: OnPinChanged?) {
        onPinChanged = listener
        render()
    }

    /**
     * Calls [listener] with the session when the change needs the second factor: hand it to [EnterSecondFactorActivity], and call
     * [goOn] with the session of its result. Without a listener the change fails. Call it before [bind].
     */
    public fun setOnSecondFactorNeeded(listener: OnUnlocked?) {
        onFactorNeeded = listener
    }

    /** Goes on after the second factor was right in [session]. Null: it was not, so the person begins again. */
    public fun goOn(session: Session?) {
        val going = changing
        if (going?.needsFactor == true) going.factorProven(session) else session?.close()
    }

    /** As [PinPadView.setOnForgotPin]. The button is shown only while the current PIN is asked for. */
    public fun setOnForgotPin(listener: Runnable?): Unit = pad.setOnForgotPin(listener)

    /** Calls [listener] when the person goes on from a wallet that has no PIN, or was erased meanwhile. */
    public fun setOnGoOn(listener: Runnable?): Unit = locked.setOnGoOn(listener)

    /** Calls [listener] when the person tapped 'Check again' and that failed. The view has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?): Unit = locked.setOnTrouble(listener)

    /** As [LockedView.setOnRecoveryCode]. */
    public fun setOnRecoveryCode(listener: Runnable?): Unit = locked.setOnRecoveryCode(listener)

    /** As [LockedView.setOnEscrow]. */
    public fun setOnEscrow(listener: Runnable?): Unit = locked.setOnEscrow(listener)

    override fun begin(lock: WalletLock): ChoosingPin = ChangingPin(lock).also { begun ->
        val listener = onFactorNeeded ?: return@also
        begun.onFactorNeeded = { begun.takeSession()?.let(listener::onUnlocked) }
    }

    override fun onFollow(scope: CoroutineScope) {
        val lock = choosing?.lock ?: return
        locked.bind(lock)
        scope.launch { lock.status.collect { render() } }
    }

    override fun onUnfollow(): Unit = locked.unbind()

    override fun render() {
        val going = changing ?: return
        val step = going.steps.step
        if (isInTheWay(going.lock.status.value, step)) return showLocked(going)
        val ofWipePin = going.ofWipePin
        when (step) {
            Step.WARN -> showWarning(going)
            Step.CURRENT -> showPad(going, R.string.walletlock_current_pin)
            Step.CHECKING -> showPad(going, R.string.walletlock_checking)
            Step.REPLACE_OR_REMOVE -> showReplaceOrRemove(going)
            Step.CHOOSE -> showPad(going, if (ofWipePin) R.string.walletlock_wipe_choose else R.string.walletlock_new_pin)
            Step.AGAIN -> showPad(going, if (ofWipePin) R.string.walletlock_wipe_again else R.string.walletlock_new_pin_again)
            Step.ASK_FINGER -> askFinger(going)
            Step.CHANGING -> showPad(going, R.string.walletlock_changing_pin)
            Step.DONE -> finish(onPinChanged?.let { it::onPinChanged })
        }
    }

    private fun isInTheWay(status: LockStatus, step: Step): Boolean = when {
        status is LockStatus.Ready -> false
        // While a PIN is checked, its try already counts as failed, so the status may be that of a wait or a lock.
        step == Step.CHECKING || step == Step.CHANGING || step == Step.DONE -> false
        // If the phone is busy only for a moment, what was typed is kept. If it stays busy, the change fails and says so.
        status is LockStatus.Busy -> step == Step.WARN || step == Step.CURRENT
        else -> true
    }

    private fun showLocked(going: ChangingPin) {
        pad.clear()
        // A wait or a lock lasts too long to keep PINs in memory.
        if (going.steps.step != Step.WARN && going.steps.step != Step.CURRENT) going.forget()
        // `locked` says the same as the note would.
        skipNotes(going.steps)
        showOnly(locked)
    }

    private fun showPad(going: ChangingPin, title: Int) {
        val step = going.steps.step
        val asksForCurrent = step == Step.CURRENT || step == Step.CHECKING
        pad.offersForgotPin = asksForCurrent && offersForgotPin
        pad.refusesPartlyCovered = !asksForCurrent
        showPad(going.steps, title, takesDigits = step != Step.CHECKING && step != Step.CHANGING, going.erasesLast)
    }

    override suspend fun judge() {
        val going = changing ?: return
        when (going.steps.step) {
            // As on the lock screen: warns if few tries are left.
            Step.CURRENT -> pad.guide(resources.triesLeft(going.lock.status.value, going.erasesLast), canEnd = true)
            Step.CHOOSE -> if (going.ofWipePin) judgeWipePin(going) else pad.judge(going.lock, personal)
            Step.AGAIN -> pad.guide(resources.getString(R.string.walletlock_pin_again_body), canEnd = true)
            else -> pad.guide("", canEnd = false)
        }
    }

    private fun judgeWipePin(going: ChangingPin) {
        val length = going.currentLength
        val hint = resources.getQuantityString(R.plurals.walletlock_wipe_length, length, length)
        pad.guide(hint, canEnd = pad.entry.length == length)
    }

    private fun askFinger(going: ChangingPin) = ask(
        R.drawable.walletlock_finger,
        R.string.walletlock_keep_finger,
        R.string.walletlock_keep_finger_body,
        QuestionView.Answer(R.string.walletlock_finger_switch_off, isFirst = true) { going.answer(keepsFinger = false, personal) },
        QuestionView.Answer(R.string.walletlock_finger_keep, isFirst = false) { going.answer(keepsFinger = true, personal) },
    )

    private fun showWarning(going: ChangingPin) = ask(
        R.drawable.walletlock_damaged,
        R.string.walletlock_wipe_warning,
        R.string.walletlock_wipe_warning_body,
        QuestionView.Answer(R.string.walletlock_go_on, isFirst = true, going::understood),
    )

    private fun showReplaceOrRemove(going: ChangingPin) = ask(
        R.drawable.walletlock_padlock,
        R.string.walletlock_wipe_is_set,
        R.string.walletlock_wipe_is_set_body,
        QuestionView.Answer(R.string.walletlock_wipe_replace, isFirst = true, going::replace),
        QuestionView.Answer(R.string.walletlock_wipe_remove, isFirst = false, going::remove),
    )

    private fun ask(picture: Int, title: Int, text: Int, vararg answers: QuestionView.Answer) {
        showInstead(question)
        tellStep(title)
        question.ask(picture, title, text, null, *answers)
    }
}
