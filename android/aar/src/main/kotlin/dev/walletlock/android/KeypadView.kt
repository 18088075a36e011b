package dev.walletlock.android

import android.content.Context
import android.os.SystemClock
import android.view.KeyEvent
import android.view.ViewConfiguration
import android.view.ViewGroup
import java.util.Random
import kotlin.math.min

/** What decides which keys are shown now, and which of them are enabled. */
internal class PadKeys(
    val areEnabled: Boolean,
    val hasDigits: Boolean,
    val isEnough: Boolean,
    val canEnd: Boolean,
    /** False: the last digit ends the PIN, and no key does. */
    val endsByKey: Boolean,
    val asksBiometrics: Boolean,
)

/**
 * Ten digit keys, and a key in each lower corner. If a key ends the PIN, it is the right one, and the left one deletes; while
 * nothing is typed, the left one asks for a finger or face. If the last digit ends the PIN, the right key deletes and the left
 * one asks for a finger or face. The keys run from left to right in every language.
 */
internal class KeypadView(context: Context, colours: Colours) : ViewGroup(context) {
    var onDigit: (Int) -> Unit = {}
    var onBackspace: () -> Unit = {}
    var onClear: () -> Unit = {}
    var onDone: () -> Unit = {}
    var onAsk: () -> Unit = {}

    private val digitKeys = List(DIGITS) { KeyView(context, colours, KeyView.Kind.DIGIT) }
    private val backspace = KeyView(context, colours, KeyView.Kind.PLAIN)
    private val done = KeyView(context, colours, KeyView.Kind.PRIMARY)
    private val ask = KeyView(context, colours, KeyView.Kind.PLAIN)

    /** Row by row, which is the order in which the focus moves. */
    private val keys = digitKeys.take(DIGITS - 1) + ask + backspace + digitKeys.last() + done
    private var endsByKey = true
    private var erasedAt: Long? = null

    init {
        layoutDirection = LAYOUT_DIRECTION_LTR
        keys.forEach(::addView)
        ask.id = R.id.walletlock_biometric
        backspace.showIcon(R.drawable.walletlock_backspace, R.string.walletlock_backspace)
        done.showIcon(R.drawable.walletlock_done, R.string.walletlock_done)
        ask.showIcon(R.drawable.walletlock_fingerprint, R.string.walletlock_biometric_ask)
        backspace.setOnClickListener {
            erasedAt = SystemClock.uptimeMillis()
            onBackspace()
        }
        done.setOnClickListener { onDone() }
        ask.setOnClickListener { if (!isStillErasing()) onAsk() }
        backspace.setOnLongClickListener {
            onClear()
            true
        }
        order(null)
    }

    /**
     * Whether a digit was deleted a moment ago. A person who taps quickly to delete may tap once more than there are digits;
     * then the key for a finger or face is in that place, and this tap must not press it.
     */
    private fun isStillErasing(): Boolean {
        val erased = erasedAt ?: return false
        return SystemClock.uptimeMillis() - erased < ViewConfiguration.getDoubleTapTimeout()
    }

    /** Puts the digits in the order of a telephone, or, with [random], in a random order. */
    fun order(random: Random?) {
        val digits = (1 until DIGITS) + 0
        (if (random == null) digits else digits.shuffled(random)).forEachIndexed { place, digit ->
            digitKeys[place].showDigit(digit)
            digitKeys[place].setOnClickListener { onDigit(digit) }
        }
    }

    /** A key that is of no use now is hidden and leaves its place empty, so that the other keys do not move. */
    fun show(now: PadKeys) {
        keys.forEach { it.isEnabled = now.areEnabled && (it !== done || now.canEnd) }
        backspace.setShown(now.hasDigits)
        done.setShown(now.endsByKey && now.isEnough)
        ask.setShown(now.asksBiometrics && !(now.endsByKey && now.hasDigits))
        if (now.endsByKey == endsByKey) return
        endsByKey = now.endsByKey
        requestLayout()
    }

    /** Handles a key of a hardware keyboard. False: it was not used. [isOwn]: no view inside the pad has the focus. */
    fun press(event: KeyEvent, isOwn: Boolean): Boolean {
        val isDown = event.action == KeyEvent.ACTION_DOWN
        val isFirst = isDown && event.repeatCount == 0
        val digit = event.digit
        when {
            digit != null -> if (isFirst) onDigit(digit)
            event.keyCode == KeyEvent.KEYCODE_DEL -> if (isDown) onBackspace()
            isOwn && event.isConfirm -> if (isFirst) onDone()
            isOwn && event.isMove -> if (isDown) keys.first().requestFocus()
            else -> return false
        }
        return true
    }

    /** Whether a key at this place types, deletes or ends the PIN. The key that asks for a finger or face does not count. */
    fun typesAt(x: Float, y: Float): Boolean =
        keys.any { it !== ask && it.isShown && x >= it.left && x < it.right && y >= it.top && y < it.bottom }

    fun smallestHeight(): Int = ROWS * dp(SMALLEST_KEY_DP) + (ROWS - 1) * dp(SMALLEST_GAP_DP)

    /** The height with the smallest keys and gaps, for windows that are too small for [smallestHeight]. */
    fun tiniestHeight(): Int = ROWS * dp(TINIEST_KEY_DP) + (ROWS - 1) * dp(TINIEST_GAP_DP)

    fun roomyHeight(): Int = ROWS * dp(ROOMY_KEY_DP) + (ROWS - 1) * dp(SMALLEST_GAP_DP)

    fun bestHeight(): Int = ROWS * dp(BEST_KEY_DP) + (ROWS - 1) * dp(BEST_GAP_Y_DP)

    private var key = 0
    private var gapX = 0
    private var gapY = 0

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = room(widthMeasureSpec, COLUMNS * dp(BEST_KEY_DP) + (COLUMNS - 1) * dp(BEST_GAP_X_DP))
        val height = room(heightMeasureSpec, bestHeight())
        val gap = dp(if (height < smallestHeight()) TINIEST_GAP_DP else SMALLEST_GAP_DP)
        key = min((width - (COLUMNS - 1) * gap) / COLUMNS, (height - (ROWS - 1) * gap) / ROWS)
            .coerceIn(dp(TINIEST_KEY_DP), dp(BEST_KEY_DP))
        gapX = ((width - COLUMNS * key) / (COLUMNS - 1)).coerceIn(gap, dp(BEST_GAP_X_DP))
        gapY = ((height - ROWS * key) / (ROWS - 1)).coerceIn(gap, dp(BEST_GAP_Y_DP))
        val exactly = MeasureSpec.makeMeasureSpec(key, MeasureSpec.EXACTLY)
        keys.forEach { it.measure(exactly, exactly) }
        setMeasuredDimension(COLUMNS * key + (COLUMNS - 1) * gapX, ROWS * key + (ROWS - 1) * gapY)
    }

    private fun room(spec: Int, best: Int): Int =
        if (MeasureSpec.getMode(spec) == MeasureSpec.UNSPECIFIED) best else min(best, MeasureSpec.getSize(spec))

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        digitKeys.take(DIGITS - 1).forEachIndexed { place, view -> place(view, place) }
        place(ask, LEFT)
        place(backspace, if (endsByKey) LEFT else RIGHT)
        place(digitKeys.last(), MIDDLE)
        place(done, RIGHT)
    }

    private fun place(view: KeyView, place: Int) {
        val x = place % COLUMNS * (key + gapX)
        val y = place / COLUMNS * (key + gapY)
        view.layout(x, y, x + key, y + key)
    }

    private companion object {
        const val DIGITS = 10
        const val COLUMNS = 3
        const val ROWS = 4

        /** The places of the last row. */
        const val LEFT = 9
        const val MIDDLE = 10
        const val RIGHT = 11

        const val BEST_KEY_DP = 72
        const val BEST_GAP_X_DP = 28
        const val BEST_GAP_Y_DP = 16
        const val ROOMY_KEY_DP = 56

        /** Android's guidelines for touch targets: the smallest size and gap. Only the two `TINIEST` values are smaller. */
        const val SMALLEST_KEY_DP = 48
        const val SMALLEST_GAP_DP = 8
        const val TINIEST_KEY_DP = 32
        const val TINIEST_GAP_DP = 4
    }
}
