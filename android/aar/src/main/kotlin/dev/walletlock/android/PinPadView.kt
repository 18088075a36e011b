package dev.walletlock.android

import android.content.Context
import android.graphics.drawable.Drawable
import android.os.Parcelable
import android.util.AttributeSet
import android.util.SparseArray
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityNodeInfo
import dev.walletlock.PinEntry
import dev.walletlock.WalletLock
import java.security.SecureRandom
import java.util.Random

/**
 * The pad on which a person types the PIN: a title, a dot for each digit, a line of words, and the keys.
 *
 * ```
 * val pad = PinPadView(context)
 * pad.bind(lock)
 * pad.setOnUnlocked { session -> show(session) }
 * ```
 *
 * The digits go straight into a [PinEntry] and are nowhere else: not in a text and not in the saved state. Accessibility
 * services are told how many digits are typed. They are also told which key has the focus, or a finger over it
 * (`VIEW_HOVER_ENTER`, `VIEW_FOCUSED`), because a person who does not see the keys could not type without that. So a service
 * that the person has switched on can learn the PIN. From Android 14 on, only services that declare themselves accessibility
 * tools are told.
 *
 * Typed digits survive a rotation only in an [Unlocking] that the app keeps; a pad that is bound to a lock itself is empty
 * afterwards. While the pad is shown, its window cannot be captured (`FLAG_SECURE`). While another app's window covers the
 * touched place or another part of the screen, the pad refuses the touch and says so. With
 * [LockScreens.takePartlyCoveredKeys] keys also take a touch while another part of the screen is covered.
 *
 * A pad without a lock gives its [entry] to a listener: to set a PIN, or for another purpose than unlocking.
 *
 * ```
 * pad.setOnPinEntered { entry -> scope.launch { show(lock.enrol(entry)) } }
 * ```
 *
 * An app can set [mark], [title], [footer], and 'Forgot PIN?' ([setOnForgotPin]). No key moves while a person types: a key that
 * can do nothing now is hidden, and leaves its place empty. If a key ends the PIN, the key that deletes and the key for a
 * finger or face share one place. In a small window the pad leaves out the mark, the footer and the title, in this order.
 *
 * In XML: `app:walletlockPinLength`, `app:walletlockShuffled`, `app:walletlockTitle`, `app:walletlockMark`. Its colours are
 * those of the theme (`colorBackground`, `textColorPrimary`, `textColorSecondary`, `colorAccent`, `colorError`).
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
    internal val behaviour = PadBehaviour(this, header, keypad)

    /**
     * Whether partly covered touches are refused in any case: a new PIN is typed here, which another app could dictate; or a payment is
     * confirmed, which another app could hide.
     */
    internal var refusesPartlyCovered = false

    /** Whether the words are above the keys in any case. Otherwise they are beside them if the pad is wider than high. */
    internal var stacks: Boolean
        get() = layout.stacks
        set(value) {
            layout.stacks = value
        }

    /** Whether there is a box for each digit, and not only a dot. */
    internal var hasBoxes: Boolean
        get() = header.dots.hasBoxes
        set(value) {
            header.dots.hasBoxes = value
        }

    /** Whether the screen offers 'Forgot PIN?' now, if the app has a listener for it. Its place is kept either way. */
    internal var offersForgotPin: Boolean by header::offersForgot

    /** Whether each finger that is down came down on a key that types, deletes or ends the PIN. */
    private var typesOnly = false

    /** What [isShuffled] shuffles with. Tests set a seeded [Random], because they cannot predict a [SecureRandom]. */
    internal var random: Random = SecureRandom()

    /** The title above the dots. While a PIN is being checked, the pad says so in its place. */
    public var title: CharSequence
        get() = behaviour.title
        set(value) {
            behaviour.title = value
            behaviour.render()
        }

    /** The app's own picture above the title, in its own colours. Null, the default: none. */
    public var mark: Drawable?
        get() = header.mark.drawable
        set(value) {
            header.setMark(value)
        }

    /** The app's own view below the keys, for example to say whose wallet it is. Null, the default: none. */
    public var footer: View? = null
        set(value) {
            field?.let(::removeView)
            field = value
            value?.let(::addView)
        }

    /**
     * How many digits the PIN has: then the last digit ends the PIN. 0, the default: any number, and a key ends the PIN.
     *
     * @throws IllegalArgumentException unless the value is 0 or from 4 to 12.
     */
    public var pinLength: Int
        get() = behaviour.pinLength
        set(value) {
            require(value == 0 || value in PadBehaviour.PIN_LENGTHS) { "a PIN has 4 to 12 digits" }
            behaviour.pinLength = value
            behaviour.render()
        }

    /**
     * Whether the digits are in another order each time the pad is shown, so that a finger's traces and moves tell nothing. It
     * takes longer to type, most of all for people who find the keys by their places.
     */
    public var isShuffled: Boolean = false
        set(value) {
            field = value
            order()
        }

    /** The digits typed so far. It belongs to the pad, or to the [Unlocking] that the pad is bound to. */
    public val entry: PinEntry get() = behaviour.binding.entry

    init {
        SecureWindow.protect(this)
        id = if (id == NO_ID) R.id.walletlock_pad else id
        addView(header)
        addView(keypad)
        // So that the keys of a hardware keyboard come here, also in touch mode.
        isFocusable = true
        isFocusableInTouchMode = true
        descendantFocusability = FOCUS_BEFORE_DESCENDANTS
        filterTouchesWhenObscured = true
        keepToPeople()
        val given = context.obtainStyledAttributes(attrs, R.styleable.WalletLockPinPadView, defStyleAttr, defStyleRes)
        pinLength = given.getInt(R.styleable.WalletLockPinPadView_walletlockPinLength, 0)
        isShuffled = given.getBoolean(R.styleable.WalletLockPinPadView_walletlockShuffled, false)
        given.getText(R.styleable.WalletLockPinPadView_walletlockTitle)?.let { title = it }
        given.getDrawable(R.styleable.WalletLockPinPadView_walletlockMark)?.let { mark = it }
        given.recycle()
    }

    /** Unlocks [lock] with what is typed, while the pad is on the screen. The digits are cleared when it leaves the screen. */
    public fun bind(lock: WalletLock): Unit = bind(lock, null)

    /** Unlocks with what is typed, and keeps it in [unlocking], which can survive a rotation. The app closes [unlocking]. */
    public fun bind(unlocking: Unlocking): Unit = bind(null, unlocking)

    /** Makes this a pad without a lock again. */
    public fun unbind(): Unit = bind(null, null)

    private fun bind(lock: WalletLock?, unlocking: Unlocking?) {
        behaviour.binding.bind(lock, unlocking)
        if (isAttachedToWindow) behaviour.follow()
        behaviour.render()
    }

    /**
     * Calls [listener] on the main thread with the session of a right PIN; in [LockActivity] with that of a finger or face
     * too. The listener closes the session after use.
     */
    public fun setOnUnlocked(listener: OnUnlocked?) {
        behaviour.onUnlocked = listener
        if (isAttachedToWindow) behaviour.onChange()
    }

    /** Calls [listener] when a PIN was not accepted. The pad has told the person already. */
    public fun setOnRefused(listener: OnRefused?) {
        behaviour.onRefused = listener
    }

    /** Calls [listener] when a PIN could not be checked because of a fault. The pad has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        behaviour.binding.onTrouble = { listener?.onLockTrouble(it) }
    }

    /** Calls [listener] when a PIN was typed to its end on a pad without a lock. */
    public fun setOnPinEntered(listener: OnPinEntered?) {
        behaviour.onPinEntered = listener
    }

    /** Shows 'Forgot PIN?', which calls [listener] and stands out after a wrong PIN. Null, the default: it is not shown. */
    public fun setOnForgotPin(listener: Runnable?): Unit = header.setOnForgotPin(listener)

    /** Clears what was typed. For an [OnPinEntered] after which the pad stays, such as for 'type it once more'. */
    public fun clear(): Unit = behaviour.clear()

    /** Shows [text] below the dots until the next digit. */
    public fun showMessage(text: CharSequence): Unit = behaviour.say(text, isWarning = false)

    /** Shows [text] and shakes the dots. A pad without a lock also clears what was typed. */
    public fun reject(text: CharSequence): Unit = reject(text, isWrong = false)

    /** [isWrong]: a PIN that exists was typed wrong, so 'Forgot PIN?' stands out. */
    internal fun reject(text: CharSequence, isWrong: Boolean) {
        if (behaviour.binding.unlocking == null) entry.clear()
        behaviour.refuse(text, isWrong)
    }

    /** While the pad is disabled, it takes no digit, and its keys look disabled. */
    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        behaviour.render()
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        order()
        behaviour.follow()
    }

    override fun onDetachedFromWindow() {
        behaviour.binding.unfollow()
        behaviour.binding.forget()
        super.onDetachedFromWindow()
    }

    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        if (visibility == View.VISIBLE) order()
    }

    private fun order() = keypad.order(random.takeIf { isShuffled })

    /** Refuses a touch while another app's window covers this one, and tells the person why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        typesOnly = when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> event.isOnTypingKey()
            MotionEvent.ACTION_POINTER_DOWN -> typesOnly && event.isOnTypingKey()
            else -> typesOnly
        }
        val mayBePartlyCovered = typesOnly && !refusesPartlyCovered && LockScreens.takesPartlyCoveredKeys
        val isRefused = if (mayBePartlyCovered) event.isCoveredHere() else event.isCovered()
        behaviour.cover(isRefused)
        return !isRefused
    }

    private fun MotionEvent.isOnTypingKey(): Boolean =
        keypad.typesAt(getX(actionIndex) - keypad.left, getY(actionIndex) - keypad.top)

    /** The window that covered this one may be gone. The next touch tells whether it is. */
    override fun onWindowFocusChanged(hasWindowFocus: Boolean) {
        super.onWindowFocusChanged(hasWindowFocus)
        if (hasWindowFocus) behaviour.cover(false)
    }

    /** Digits, delete and enter of a keyboard do what the keys on the screen do. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean {
        // If a view inside the pad has the focus, arrows and Enter are for that view.
        val isOwn = isFocused || !hasFocus()
        return keypad.press(event, isOwn) || super.dispatchKeyEvent(event)
    }

    /** The pad takes the focus only for a hardware keyboard. A screen reader need not stop at it: its parts say everything. */
    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.isFocusable = false
    }

    /** Saves no state, neither the pad's own nor that of the views in it. */
    override fun dispatchSaveInstanceState(container: SparseArray<Parcelable>) {}

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        layout.measure(widthMeasureSpec, heightMeasureSpec)
        setMeasuredDimension(layout.width, layout.height)
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int): Unit = layout.layout()
}
