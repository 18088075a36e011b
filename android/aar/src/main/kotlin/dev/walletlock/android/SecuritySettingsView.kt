package dev.walletlock.android

import android.content.Context
import android.os.Build
import android.util.AttributeSet
import android.view.Gravity
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.SensorAvailability
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The settings of the lock. The person can change the PIN, finger or face, the recovery code and the wipe PIN, stop payments,
 * and lock the wallet now. The view also shows how long the wallet stays open, what keeps its keys, and the journal.
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
    private val note = AnnouncedText(context)
    private val finger = SwitchRow(context, colours) { state?.let { it.switchFinger(it.isFingerOn != true) } }
    private val freeze = SwitchRow(context, colours) { state?.let { it.switchFreeze(it.isFrozen != true) } }
    private val code = PressRow(context, colours, isAction = false) { onRecoveryCode?.run() }
    private val cancelCode = PressRow(context, colours, isAction = true) { state?.cancelCode() }
    private val withdrawCode = PressRow(context, colours, isAction = true) { state?.withdrawCode() }
    private val codeCard = SettingsCard(context, colours)
    private val times = SettingsRow(context, colours)
    private val level = SettingsRow(context, colours)
    private val rollback = SettingsRow(context, colours)
    private val journal = SettingsCard(context, colours)
    private var state: SettingsState? = null
    private var isOwn = false

    /** Whether another window lay above this one at the last touch. */
    private var isCovered = false
    private var onChangePin: Runnable? = null
    private var onWipePin: Runnable? = null
    private var onRecoveryCode: Runnable? = null
    private var onPinNeeded: Runnable? = null
    private var onLocked: Runnable? = null
    private var onTrouble: OnLockTrouble? = null

    init {
        isFillViewport = true
        // Content that is cut off fades out, which shows that it can be scrolled.
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(FADE_DP))
        setBackgroundColor(colours.background)
        keepToPeople()
        val column = Column(context)
        addTitle(column)
        addSection(column, R.string.walletlock_settings_open, listOf(pressed(R.string.walletlock_change_pin) { onChangePin }, finger))
        column.addView(sectionHeading(context, colours, R.string.walletlock_recovery_code))
        column.addView(codeCard)
        addSection(column, R.string.walletlock_settings_emergency, listOf(lockNow(), freeze, wipePin()))
        addSection(column, R.string.walletlock_settings_session, listOf(times))
        addSection(column, R.string.walletlock_settings_protection, listOf(level, rollback))
        column.addView(sectionHeading(context, colours, R.string.walletlock_settings_journal))
        column.addView(journal)
        addView(column, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
        finger.id = R.id.walletlock_finger
        freeze.id = R.id.walletlock_freeze
        journal.id = R.id.walletlock_journal
        code.id = R.id.walletlock_code_row
        codeCard.add(code)
        cancelCode.show(resources.getString(R.string.walletlock_code_cancel), null)
        withdrawCode.show(
            resources.getString(R.string.walletlock_code_withdraw),
            resources.getString(R.string.walletlock_code_withdraw_body),
        )
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
        state.onTrouble = { onTrouble?.onLockTrouble(it) }
        render()
    }

    private fun unbind() {
        val going = state ?: return
        going.onChange = {}
        going.onPinNeeded = {}
        going.onTrouble = {}
        if (isOwn) going.close()
        isOwn = false
        state = null
    }

    /** Calls [listener] when the person wants another PIN: show [ChangePinActivity], or a [ChangePinView]. */
    public fun setOnChangePin(listener: Runnable?) {
        onChangePin = listener
    }

    /** Calls [listener] when the person wants a wipe PIN, or none any more: show [ChangePinActivity.wipePinIntent]. */
    public fun setOnWipePin(listener: Runnable?) {
        onWipePin = listener
    }

    /** Calls [listener] when the person wants a recovery code, or a new one: show [MakeRecoveryCodeActivity]. */
    public fun setOnRecoveryCode(listener: Runnable?) {
        onRecoveryCode = listener
    }

    /** Calls [listener] when the session has ended, or is too old for a change: ask for the PIN, and call [bind] again. */
    public fun setOnPinNeeded(listener: Runnable?) {
        onPinNeeded = listener
    }

    /** Calls [listener] when the person locked the wallet. */
    public fun setOnLocked(listener: Runnable?) {
        onLocked = listener
    }

    /** Calls [listener] when a call on the lock failed. The view has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    private fun addTitle(column: LinearLayout) {
        val title = TextView(context)
        title.id = R.id.walletlock_title
        title.setText(R.string.walletlock_settings)
        title.textSize = TITLE_SP
        title.typeface = context.medium()
        title.setTextColor(colours.text)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) title.isAccessibilityHeading = true
        note.id = R.id.walletlock_note
        note.textSize = NOTE_SP
        note.setTextColor(colours.error)
        note.visibility = View.GONE
        listOf(title, note).forEach {
            it.setPaddingRelative(dp(INSET_DP), 0, dp(INSET_DP), 0)
            column.addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(GAP_DP) })
        }
    }

    private fun addSection(column: LinearLayout, heading: Int, rows: List<View>) {
        val card = SettingsCard(context, colours)
        rows.forEach(card::add)
        column.addView(sectionHeading(context, colours, heading))
        column.addView(card)
    }

    private fun pressed(heading: Int, listener: () -> Runnable?) =
        PressRow(context, colours, isAction = false) { listener()?.run() }.apply { show(resources.getString(heading), null) }

    private fun wipePin() = PressRow(context, colours, isAction = false) { onWipePin?.run() }.apply {
        show(resources.getString(R.string.walletlock_wipe_pin), resources.getString(R.string.walletlock_wipe_pin_body))
    }

    private fun lockNow() = PressRow(context, colours, isAction = true) {
        state?.lockNow()
        onLocked?.run()
    }.apply { show(resources.getString(R.string.walletlock_lock_now), resources.getString(R.string.walletlock_lock_now_body)) }

    private fun render() {
        val shown = state ?: return
        val said = if (isCovered) resources.getString(R.string.walletlock_covered) else shown.said?.let { resources.words(it) }
        note.visibility = if (said == null) View.GONE else View.VISIBLE
        note.say(said.orEmpty(), isUrgent = true)
        finger.show(resources.getString(R.string.walletlock_finger), resources.fingerWords(shown))
        finger.setOn(shown.isFingerOn == true)
        finger.isEnabled = !shown.isBusy && (shown.isFingerOn == true || shown.sensor == SensorAvailability.READY)
        val frozen = if (shown.isFrozen == true) R.string.walletlock_frozen else R.string.walletlock_not_frozen
        freeze.show(resources.getString(R.string.walletlock_freeze), shown.isFrozen?.let { resources.getString(frozen) })
        freeze.setOn(shown.isFrozen == true)
        freeze.isEnabled = !shown.isBusy && shown.isFrozen != null
        showCode(shown)
        times.show("", shown.sessionTimes?.let { resources.words(it) })
        level.show(resources.getString(R.string.walletlock_settings_keys), shown.level?.let { resources.words(it) })
        rollback.show(resources.getString(R.string.walletlock_settings_copies), shown.rollback?.let { resources.words(it) })
        showJournal(shown)
    }

    private fun showCode(shown: SettingsState) {
        val status = shown.recovery
        val hasCode = status?.hasCode == true
        val heading = if (hasCode) R.string.walletlock_code_replace else R.string.walletlock_code_make
        code.show(resources.getString(heading), status?.let { resources.words(it) })
        val below = if (status?.pending != null) cancelCode else withdrawCode.takeIf { hasCode }
        val isThere = listOf(cancelCode, withdrawCode).firstOrNull { it.parent != null }
        if (below === isThere) return
        codeCard.removeAllViews()
        codeCard.add(code)
        below?.let(codeCard::add)
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

    private fun showJournal(shown: SettingsState) {
        journal.removeAllViews()
        shown.journal.forEach { entry ->
            val row = SettingsRow(context, colours)
            row.show(resources.words(entry), context.timeOf(entry))
            journal.add(row)
        }
        if (!shown.hasMore) return
        val more = PressRow(context, colours, isAction = true) { state?.showMore() }
        more.show(resources.getString(R.string.walletlock_show_more), null)
        more.isEnabled = !shown.isBusy
        journal.add(more)
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        SecureWindow.hold(this)
    }

    override fun onDetachedFromWindow() {
        SecureWindow.release(this)
        unbind()
        super.onDetachedFromWindow()
    }

    private companion object {
        const val FADE_DP = 16
        const val TITLE_SP = 28f
        const val NOTE_SP = 14f
        const val INSET_DP = 20
        const val GAP_DP = 8
    }
}
