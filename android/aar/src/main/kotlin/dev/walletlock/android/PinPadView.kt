package dev.walletlock.android

import android.content.Context
import android.os.Parcelable
import android.util.AttributeSet
import android.util.SparseArray
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityNodeInfo
import dev.walletlock.LockStatus
import dev.walletlock.PinEntry
import dev.walletlock.Refusal
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.security.SecureRandom
import java.util.Random
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Where a person types the PIN: a title, a dot for each digit, a line of words, and the keys.
 *
 * ```
 * val pad = PinPadView(context)
 * pad.bind(lock)
 * pad.setOnUnlocked { session -> show(session) }
 * ```
 *
 * The digits go straight into a [PinEntry] and are nowhere else: not in a text and not in the saved state. Accessibility
 * services are told how many are typed. They are also told which key has the focus, or a finger over it (`VIEW_HOVER_ENTER`,
 * `VIEW_FOCUSED`), because nobody who does not see the keys could type without that: a service that the person has switched
 * on can learn the PIN. From Android 14 on only those that declare themselves accessibility tools are told.
 *
 * Typed digits survive a rotation only in an [Unlocking] that the app keeps; bound to a lock itself, the pad is empty
 * afterwards. While it is shown its window cannot be captured (`FLAG_SECURE`), and touches that come through another app's
 * window are refused, with words that say so.
 *
 * A pad without a lock hands its [entry] over: to set a PIN, or to do something else than unlock.
 *
 * ```
 * pad.setOnPinEntered { entry -> scope.launch { show(lock.enrol(entry)) } }
 * ```
 *
 * In XML: `app:walletlockPinLength`, `app:walletlockShuffled`, `app:walletlockTitle`. Its colours are those of the theme
 * (`colorBackground`, `textColorPrimary`, `textColorSecondary`, `colorAccent`, `colorError`).
 */
public class PinPadView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ViewGroup(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val header = PadHeader(context, colours)
    private val keypad = KeypadView(context, colours)
    private val layout = PadLayout(this, header, keypad)

    private val own = lazy(LazyThreadSafetyMode.NONE) { PinEntry() }
    private var lock: WalletLock? = null
    private var unlocking: Unlocking? = null
    private var following: CoroutineScope? = null
    private var status: LockStatus? = null
    private var said: Pair<CharSequence, Boolean>? = null
    private var isCovered = false
    private var wasChecking = false
    private var onUnlocked: OnUnlocked? = null
    private var onRefused: OnRefused? = null
    private var onPinEntered: OnPinEntered? = null
    private var onTrouble: OnLockTrouble? = null

    /** For tests, which cannot look at what nobody can foresee. */
    internal var random: Random = SecureRandom()

    /** What stands above the dots. */
    public var title: CharSequence
        get() = header.title.text
        set(value) {
            header.title.text = value
        }

    /**
     * How many digits the PIN has: then the last one ends it. 0, as at first: any number, and a key ends it.
     *
     * @throws IllegalArgumentException unless it is 0 or from 4 to 12.
     */
    public var pinLength: Int = 0
        set(value) {
            require(value == 0 || value in PIN_LENGTHS) { "a PIN has 4 to 12 digits" }
            field = value
            keypad.setHasDone(value == 0)
            render()
        }

    /**
     * Whether the digits lie elsewhere each time the pad is shown, so that a finger's traces and moves tell nothing. It
     * takes longer to type, and more for people who find the keys by where they are.
     */
    public var isShuffled: Boolean = false
        set(value) {
            field = value
            order()
        }

    /** The digits typed so far. It belongs to the pad, or to the [Unlocking] that the pad is bound to. */
    public val entry: PinEntry get() = unlocking?.entry ?: own.value

    init {
        id = if (id == NO_ID) R.id.walletlock_pad else id
        addView(header)
        addView(keypad)
        keypad.onDigit = ::type
        keypad.onBackspace = ::erase
        keypad.onClear = ::eraseAll
        keypad.onDone = ::done
        title = resources.getString(R.string.walletlock_enter_pin)
        // Keys of a keyboard come here, also in touch mode.
        isFocusable = true
        isFocusableInTouchMode = true
        descendantFocusability = FOCUS_BEFORE_DESCENDANTS
        filterTouchesWhenObscured = true
        keepToPeople()
        val given = context.obtainStyledAttributes(attrs, R.styleable.WalletLockPinPadView, defStyleAttr, defStyleRes)
        pinLength = given.getInt(R.styleable.WalletLockPinPadView_walletlockPinLength, 0)
        isShuffled = given.getBoolean(R.styleable.WalletLockPinPadView_walletlockShuffled, false)
        given.getText(R.styleable.WalletLockPinPadView_walletlockTitle)?.let { title = it }
        given.recycle()
    }

    /** Unlocks [lock] with what is typed, while it is on the screen. What was typed is cleared when it goes away. */
    public fun bind(lock: WalletLock) {
        unbind()
        this.lock = lock
        if (isAttachedToWindow) follow()
    }

    /** Unlocks with what is typed, and keeps it in [unlocking]: for a rotation. The app closes it. */
    public fun bind(unlocking: Unlocking) {
        unbind()
        this.unlocking = unlocking
        if (isAttachedToWindow) follow()
    }

    /** Back to a pad without a lock. */
    public fun unbind() {
        unfollow()
        lock = null
        unlocking = null
        status = null
        render()
    }

    /**
     * Calls [listener] with the session of a right PIN, on the main thread; under [LockActivity] with that of a finger or
     * face too. It is the listener's to close.
     */
    public fun setOnUnlocked(listener: OnUnlocked?) {
        onUnlocked = listener
        if (isAttachedToWindow) onChange()
    }

    /** Calls [listener] when a PIN was not accepted. The pad has told the person already. */
    public fun setOnRefused(listener: OnRefused?) {
        onRefused = listener
    }

    /** Calls [listener] when a PIN could not be checked, whatever the reason is. The pad has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    /** Calls [listener] when a PIN was typed to its end on a pad without a lock. */
    public fun setOnPinEntered(listener: OnPinEntered?) {
        onPinEntered = listener
    }

    /** Clears what was typed: after an [OnPinEntered] that goes on, such as 'type it once more'. */
    public fun clear() {
        unlocking?.clear() ?: entry.clear()
        render()
    }

    /** Says [text] until the next digit. */
    public fun showMessage(text: CharSequence) {
        said = text to false
        render()
    }

    /** Says [text], clears what was typed, and shakes the dots. */
    public fun reject(text: CharSequence) {
        if (unlocking == null) entry.clear()
        said = text to true
        render()
        refuse()
    }

    /** While it is not enabled it takes no digit, and shows that. */
    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        render()
    }

    private fun type(digit: Int) {
        if (!takesDigits()) return
        said = null
        val isNew = unlocking?.type(digit) ?: entry.push(digit)
        feelKey()
        render()
        if (isNew && entry.length == pinLength) done()
    }

    private fun erase() {
        if (!takesDigits()) return
        said = null
        unlocking?.erase() ?: entry.pop()
        feelKey()
        render()
    }

    private fun eraseAll() {
        if (!takesDigits()) return
        clear()
        erase()
    }

    private fun done() {
        if (!takesDigits() || entry.length == 0) return
        val going = unlocking
        if (going != null) going.check() else onPinEntered?.onPinEntered(entry)
        render()
    }

    private fun takesDigits() =
        isEnabled && unlocking?.checking == null && (status == null || status is LockStatus.Ready)

    private fun render() {
        val checking = unlocking?.checking
        keypad.isEnabled = takesDigits()
        val answer = unlocking?.answer
        val isError = said?.second ?: (answer is Unlocking.Answer.Refused || answer is Unlocking.Answer.Fault)
        header.dots.show(checking ?: typed(), pinLength, checking != null, isError && checking == null)
        val (text, isWarning) = resources.padWords(isCovered, checking != null, status, said, answer)
        header.showMessage(text, isWarning, isTicking = status is LockStatus.CoolingDown && !isCovered)
    }

    private fun typed(): Int = unlocking?.entry?.length ?: if (own.isInitialized()) own.value.length else 0

    private fun onChange() {
        val going = unlocking ?: return
        val isOver = wasChecking && going.checking == null
        wasChecking = going.checking != null
        val listener = onUnlocked
        val session = if (listener != null && !wasChecking) going.takeSession() else null
        if (session != null) feelYes()
        render()
        val refusal = (going.answer as? Unlocking.Answer.Refused)?.refusal
        if (isOver && going.answer != null) refuse()
        if (isOver && refusal != null) onRefused?.onRefused(refusal)
        if (session != null) listener?.onUnlocked(session)
    }

    private fun follow() {
        val going = unlocking ?: Unlocking(lock ?: return).also { unlocking = it }
        going.onChange = ::onChange
        going.onTrouble = { onTrouble?.onLockTrouble(it) }
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch {
            going.lock.status.collect {
                status = it
                if (it !is LockStatus.Ready) going.clear()
                render()
            }
        }
        wasChecking = going.checking != null
        onChange()
    }

    private fun unfollow() {
        following?.cancel()
        following = null
        val going = unlocking ?: return
        going.onChange = {}
        going.onTrouble = {}
        if (lock == null) return
        // Made by follow, and nobody else's.
        going.close()
        unlocking = null
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        Secured.hold(this)
        order()
        follow()
    }

    override fun onDetachedFromWindow() {
        Secured.release(this)
        unfollow()
        if (own.isInitialized()) own.value.clear()
        super.onDetachedFromWindow()
    }

    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        if (visibility == View.VISIBLE) order()
    }

    private fun order() = keypad.order(random.takeIf { isShuffled })

    private fun refuse() {
        feelNo()
        header.dots.shake()
    }

    /** Whoever is refused is told why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        val covered = event.isCovered()
        if (covered != isCovered) {
            isCovered = covered
            render()
        }
        return !covered
    }

    /** Digits, delete and enter of a keyboard do what the keys on the screen do. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean {
        val isDown = event.action == KeyEvent.ACTION_DOWN
        val digit = event.digit
        when {
            digit != null -> if (isDown && event.repeatCount == 0) type(digit)
            event.keyCode == KeyEvent.KEYCODE_DEL -> if (isDown) erase()
            isFocused && event.isEnter -> if (isDown && event.repeatCount == 0) done()
            isFocused && event.isMove -> if (isDown) keypad.focusFirst()
            else -> return super.dispatchKeyEvent(event)
        }
        return true
    }

    /** It has the focus only for the sake of a keyboard: there is nothing to read out that its parts do not say. */
    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.isFocusable = false
    }

    /** Nothing of it is saved, whatever the parts would. */
    override fun dispatchSaveInstanceState(container: SparseArray<Parcelable>) {}

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        layout.measure(widthMeasureSpec, heightMeasureSpec)
        setMeasuredDimension(layout.width, layout.height)
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int): Unit = layout.layout()

    /** Hears of a right PIN. */
    public fun interface OnUnlocked {
        /** The wallet is open: close [session] after use. */
        public fun onUnlocked(session: Session)
    }

    /** Hears of a PIN that was not accepted. */
    public fun interface OnRefused {
        /** It was wrong, not looked at, or could not be told. */
        public fun onRefused(refusal: Refusal)
    }

    /** Hears of a PIN typed to its end. */
    public fun interface OnPinEntered {
        /** [entry] is the pad's: use it now, or until the pad goes away, and do not close it. */
        public fun onPinEntered(entry: PinEntry)
    }

    private companion object {
        val PIN_LENGTHS = 4..12
    }
}
