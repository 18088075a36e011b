package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import android.widget.FrameLayout
import dev.walletlock.Personal
import dev.walletlock.PinOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The base of [SetPinView], [ChangePinView], [MakeRecoveryCodeView] and [RescueView]: a pad on which a person
 * chooses a PIN or types a recovery code in several steps, and the questions between or after the steps.
 *
 * While the PIN is typed, each reason against it is shown below the dots. As long as the PIN may not be set, the key that ends
 * it is disabled. If the two entries differ, the view says so, and the person chooses again; the entries are compared in
 * native memory. What was typed is cleared when the screen is not visible any more; [EnterRecoveryCodeView] says what it keeps.
 * While the view is shown, its window cannot be captured (`FLAG_SECURE`). Its colours are those of the theme, as in [PinPadView].
 */
public abstract class ChoosePinView internal constructor(
    context: Context,
    attrs: AttributeSet?,
    defStyleAttr: Int,
    defStyleRes: Int,
) : FrameLayout(context, attrs, defStyleAttr, defStyleRes) {
    internal val pad = PinPadView(context)
    internal val question = QuestionView(context, Colours(context))
    internal var choosing: ChoosingPin? = null
        private set
    private var lock: WalletLock? = null
    private var following: CoroutineScope? = null
    private var judging: Job? = null
    private var shownStep: Enum<*>? = null
    private var saidNotes = 0

    /** What others know about this person, so that no PIN is made of it. In memory only, as long as this view exists. */
    public var personal: List<Personal> = emptyList()

    /** As [PinPadView.pinLength], for each PIN that is typed here. */
    public var pinLength: Int
        get() = pad.pinLength
        set(value) {
            pad.pinLength = value
        }

    init {
        SecureWindow.protect(this)
        addView(pad, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
        addView(question, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
        question.visibility = View.GONE
        pad.refusesPartlyCovered = true
        pad.setOnPinEntered { choosing?.typed(it, personal) ?: it.clear() }
        pad.behaviour.onDigits = { judgeAnew() }
    }

    /** Sets or changes the PIN of [lock], while this view is on the screen. */
    public fun bind(lock: WalletLock): Unit = bind(lock, null)

    /** Continues [choosing], which outlives this view and is closed by its owner. */
    internal fun bind(choosing: ChoosingPin): Unit = bind(null, choosing)

    private fun bind(lock: WalletLock?, choosing: ChoosingPin?) {
        unfollow()
        this.lock = lock
        this.choosing = choosing
        if (isAttachedToWindow) follow()
    }

    /**
     * Goes one step back, or answers 'not now'; while a call is running it does nothing. Call it for Back. Returns false if
     * there is nothing to go back to: then the app may leave the screen.
     */
    public fun goBack(): Boolean = choosing?.back() ?: false

    /** Makes the [ChoosingPin] of a view that is bound to a [lock]. It is closed when the view leaves the screen. */
    internal abstract fun begin(lock: WalletLock): ChoosingPin

    /** Called when the view comes on the screen. [scope] is cancelled when the view leaves the screen. */
    internal abstract fun onFollow(scope: CoroutineScope)

    internal open fun onUnfollow() {}

    internal abstract fun render()

    /** Shows a hint about the digits on the pad, and enables or disables the key that ends the PIN. */
    internal abstract suspend fun judge()

    private fun follow() {
        val going = choosing ?: begin(lock ?: return).also { choosing = it }
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        going.onChange = ::render
        shownStep = null
        saidNotes = 0
        onFollow(scope)
    }

    private fun unfollow() {
        following?.cancel()
        following = null
        val going = choosing ?: return
        going.onChange = {}
        onUnfollow()
        if (lock == null) return
        // follow() has made this ChoosingPin for the view alone.
        going.close()
        choosing = null
    }

    /** Shows the pad for the step of [steps], and says its note once. Clears what was typed in another step. */
    internal fun showPad(steps: ChoosingPinSteps<*>, title: Int, takesDigits: Boolean, erasesLast: Boolean = false): Unit =
        showPad(steps, resources.getString(title), takesDigits, code = null, erasesLast)

    /** The same, for a title that is put together. [code]: what is typed is a group of it, and not a PIN. */
    internal fun showPad(
        steps: ChoosingPinSteps<*>,
        title: String,
        takesDigits: Boolean,
        code: TypedCode?,
        erasesLast: Boolean = false,
    ) {
        showOnly(pad)
        pad.title = title
        pad.isEnabled = takesDigits
        pad.behaviour.binding.code = code
        if (shownStep != steps.step) {
            shownStep = steps.step
            tellStep(title)
            pad.clear()
        }
        judgeAnew()
        val note = steps.note
        if (note != null && steps.notes != saidNotes) {
            val isWrong = (note as? PinNote.Refused)?.refusal is PinOutcome.Wrong
            pad.reject(resources.words(note, erasesLast), isWrong)
        }
        saidNotes = steps.notes
    }

    /** Shows a question in place of the pad. */
    internal fun ask(picture: Int, title: String, text: String, said: String?, vararg answers: QuestionView.Answer) {
        showInstead(question)
        tellStep(title)
        question.ask(picture, title, text, said, *answers)
        question.setAnswerable(true)
    }

    private fun judgeAnew() {
        judging?.cancel()
        judging = following?.launch { judge() }
    }

    /** Shows [view] in place of the pad, which is empty when it comes back. */
    internal fun showInstead(view: View) {
        pad.clear()
        shownStep = null
        showOnly(view)
    }

    /** Marks the note of [steps] as said, because what is shown says the same. */
    internal fun skipNotes(steps: ChoosingPinSteps<*>) {
        saidNotes = steps.notes
    }

    /** Gives the session to [listener], once. Without a [listener] nothing happens: the session is kept. */
    internal fun finish(listener: ((Session) -> Unit)?) {
        if (listener == null) return
        val session = choosing?.takeSession() ?: return
        confirmHaptic()
        listener(session)
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        follow()
    }

    override fun onDetachedFromWindow() {
        unfollow()
        super.onDetachedFromWindow()
    }

    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        // Without a lock, the ChoosingPin outlives this view. Its Activity knows whether the person left or rotated the phone.
        if (visibility != View.VISIBLE && lock != null) forget()
    }

    /** The screen is not visible any more: clears all digits. */
    internal fun forget() {
        pad.clear()
        choosing?.forget()
    }
}
