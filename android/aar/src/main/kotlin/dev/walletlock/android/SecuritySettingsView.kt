package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.Gravity
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ScrollView
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The settings of the lock. The person can change the PIN, finger or face, the second factor, the recovery code, escrow, where codes
 * are sent, and the wipe PIN, print the recovery sheet, stop payments, and lock the wallet now. The view says which single loss would
 * leave no way back. The view also shows how long the wallet stays open, what keeps its keys, and the journal. The rows
 * about escrow are there only if the policy has an `escrow_key`.
 *
 * ```
 * val settings = SecuritySettingsView(context)
 * settings.bind(lock, session)
 * settings.setOnChangePin { startActivityForResult(ChangePinActivity.intent(this), 1) }
 * settings.setOnPinNeeded { startActivityForResult(LockActivity.intent(this, withBiometrics = false, canGoBack = true), 2) }
 * ```
 *
 * It does not show unasked whether there is a wipe PIN, because someone who forces the owner to open the wallet reads the
 * screen too. The colours are those of the theme, as in [PinPadView].
 */
public class SecuritySettingsView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ScrollView(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val leads = SettingsLeads()
    private val content = SettingsContent(context, colours, leads) { state }
    private val question by lazy(LazyThreadSafetyMode.NONE) { QuestionView(context, colours) }
    private var state: SettingsState? = null
    private var isOwn = false

    /** How far the settings were scrolled when a question took their place, in pixels. 0: they are shown. */
    private var contentScroll = 0

    /** Whether another window lay above this one at the last touch. */
    private var isCovered = false
    private var onPinNeeded: Runnable? = null
    private var onFactorNeeded: OnUnlocked? = null
    private var onTrouble: OnLockTrouble? = null

    init {
        SecureWindow.protect(this)
        isFillViewport = true
        // Content that is cut off fades out, which shows that it can be scrolled.
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(FADE_DP))
        setBackgroundColor(colours.background)
        keepToPeople()
        showInstead(content)
    }

    /**
     * Shows the settings of [lock]. The view takes over [session], and closes it when the view leaves its window; a
     * [LockGuard] that has no session takes it over instead. After [setOnPinNeeded] call this again with a new session:
     * then the change that needed the PIN is made.
     */
    public fun bind(lock: WalletLock, session: Session) {
        val going = state?.takeIf { isOwn && it.lock === lock } ?: SettingsState(lock).also {
            unbind()
            bind(it)
            isOwn = true
        }
        going.take(session)
    }

    /** Shows [state], which outlives this view and is closed by its owner. */
    internal fun bind(state: SettingsState) {
        unbind()
        this.state = state
        state.onChange = ::render
        state.onPinNeeded = { onPinNeeded?.run() }
        state.onFactorNeeded = { onFactorNeeded?.let { listener -> state.handOver()?.let(listener::onUnlocked) } }
        state.onTrouble = { onTrouble?.onLockTrouble(it) }
        render()
    }

    private fun unbind() {
        val going = state ?: return
        going.onChange = {}
        going.onPinNeeded = {}
        going.onFactorNeeded = {}
        going.onTrouble = {}
        if (isOwn) going.close()
        isOwn = false
        state = null
    }

    /** Calls [listener] when the person wants another PIN: show [ChangePinActivity], or a [ChangePinView]. */
    public fun setOnChangePin(listener: Runnable?) {
        leads.onChangePin = listener
    }

    /** Calls [listener] when the person wants a wipe PIN, or none any more: show [ChangePinActivity.wipePinIntent]. */
    public fun setOnWipePin(listener: Runnable?) {
        leads.onWipePin = listener
    }

    /** Calls [listener] when the person wants a recovery code, or a new one: show [MakeRecoveryCodeActivity]. */
    public fun setOnRecoveryCode(listener: Runnable?) {
        leads.onRecoveryCode = listener
    }

    /**
     * Calls [listener] when the person wants to see what to put in order after a recovery: show [ChecklistActivity]. Null, or while
     * there is nothing left to do: there is no such row.
     */
    public fun setOnChecklist(listener: Runnable?) {
        leads.onChecklist = listener
        render()
    }

    /** Calls [listener] when the person wants to say where codes are sent: show [ChannelsActivity]. Null: there is no row for it. */
    public fun setOnChannels(listener: Runnable?) {
        leads.onChannels = listener
        render()
    }

    /** Calls [listener] when the person wants to see the second factor: show [SecondFactorActivity]. Null: there is no row for it. */
    public fun setOnSecondFactor(listener: Runnable?) {
        leads.onSecondFactor = listener
        render()
    }

    /** Calls [listener] when the person wants the recovery sheet: show [RecoverySheetActivity]. Null: there is no row for it. */
    public fun setOnRecoverySheet(listener: Runnable?) {
        leads.onRecoverySheet = listener
        render()
    }

    /**
     * Calls [listener] with the session when a change needs the second factor: hand it to [EnterSecondFactorActivity], and call [bind]
     * with the session of its result: then the change is made. If the result is not `RESULT_OK`, call [giveUp] first.
     */
    public fun setOnSecondFactorNeeded(listener: OnUnlocked?) {
        onFactorNeeded = listener
    }

    /** Drops the change that waits for the PIN or the second factor: the person did not enter it. */
    public fun giveUp() {
        state?.giveUp()
    }

    /** Calls [listener] when the session has ended, or is too old for a change: ask for the PIN, and call [bind] again. */
    public fun setOnPinNeeded(listener: Runnable?) {
        onPinNeeded = listener
    }

    /**
     * Calls [listener] when the person wants to see the limits on payments: show [LimitsActivity]. Null, or if the policy has none: there
     * is no row for it.
     */
    public fun setOnLimits(listener: Runnable?) {
        leads.onLimits = listener
        render()
    }

    /** Calls [listener] when the person wants to see the wallet's cards: show [CardsActivity]. Null, or without cards: there is no row. */
    public fun setOnCards(listener: Runnable?) {
        leads.onCards = listener
        render()
    }

    /** Calls [listener] when the person wants to see the history: show [HistoryActivity]. Null: there is no row for it. */
    public fun setOnHistory(listener: Runnable?) {
        leads.onHistory = listener
        render()
    }

    /**
     * Calls [listener] when the person wants something back that was closed or switched off: show [SwitchedOffActivity]. Null, or if
     * nothing is: there is no row for it.
     */
    public fun setOnSwitchedOff(listener: Runnable?) {
        leads.onSwitchedOff = listener
        render()
    }

    /**
     * Calls [listener] when somebody saw the PIN and the person wants to stop everything: show [PanicActivity]. Null: there is no row for
     * it.
     */
    public fun setOnPanic(listener: Runnable?) {
        leads.onPanic = listener
        render()
    }

    /** Calls [listener] when the person locked the wallet. */
    public fun setOnLocked(listener: Runnable?) {
        leads.onLocked = listener
    }

    /** Calls [listener] when a call on the lock failed. The view has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    /** Leaves a question unanswered. Call it for Back. Returns false if there is none: then the app may leave the screen. */
    public fun goBack(): Boolean {
        val going = state ?: return false
        when {
            going.asksEscrow != null -> going.askEscrow(null)
            going.unfreezeWaitsMs != null -> going.leaveFrozen()
            else -> return false
        }
        return true
    }

    private fun render() {
        val shown = state ?: return
        val said = if (isCovered) resources.getString(R.string.walletlock_covered) else shown.said?.let { resources.words(it) }
        content.show(shown, said)
        shown.asksEscrow?.let { question.askEscrow(it, said, shown::answerEscrow) }
        shown.unfreezeWaitsMs?.let { question.askUnfreezing(it, said, shown) }
        showInstead(if (shown.asksEscrow == null && shown.unfreezeWaitsMs == null) content else question)
    }

    private fun showInstead(view: View) {
        if (view.parent === this) return
        val scrolled = scrollY
        removeAllViews()
        addView(view, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
        // The settings come back as they were left.
        scrollTo(0, contentScroll)
        contentScroll = if (view === content) 0 else scrolled
    }

    /** Refuses a touch that came through another window, and tells the person why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        if (isCovered != event.isCovered()) {
            isCovered = event.isCovered()
            render()
            if (isCovered) fullScroll(FOCUS_UP)
        }
        return !isCovered
    }

    override fun onDetachedFromWindow() {
        unbind()
        super.onDetachedFromWindow()
    }

    private companion object {
        const val FADE_DP = 16
    }
}
