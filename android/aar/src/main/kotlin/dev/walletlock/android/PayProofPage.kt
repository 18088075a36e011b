package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.MotionEvent
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import dev.walletlock.LockStatus
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.android.Paying.Note
import kotlin.math.max
import kotlin.math.min

/**
 * The payment, and below it (or beside it, in a low window) the pad for the PIN or a code. The pad keeps its room: where that is little,
 * the payment's lines are scrolled.
 */
internal class PayProofPage(context: Context, colours: Colours) : ViewGroup(context) {
    val pad = PinPadView(context)
    private val details = PayDetails(context, colours)
    private val finger = textButton(context, colours, resources.getString(R.string.walletlock_biometric_ask))
    private val cancel = textButton(context, colours, resources.getString(R.string.walletlock_ways_cancel))
    private val actions = LinearLayout(context)
    private var takesCode = false
    private var saidTimes = 0
    private var isBeside = false

    /** Whether the screen offers 'Forgot PIN?', where the PIN is asked for. */
    var offersForgotPin = false
        set(value) {
            field = value
            pad.offersForgotPin = value && !takesCode
        }
    var onPin: (PinEntry) -> Unit = PinEntry::clear
    var onCode: (PinEntry) -> Unit = PinEntry::clear
    var onFinger: () -> Unit = {}
    var onCancel: () -> Unit = {}

    init {
        pad.refusesPartlyCovered = true
        pad.setOnPinEntered { if (takesCode) onCode(it) else onPin(it) }
        finger.setOnClickListener { onFinger() }
        cancel.setOnClickListener { onCancel() }
        actions.gravity = Gravity.CENTER
        actions.orientation =
            if (resources.configuration.fontScale >= LARGE_LETTERS) LinearLayout.VERTICAL else LinearLayout.HORIZONTAL
        actions.setPadding(dp(EDGE_DP), 0, dp(EDGE_DP), dp(EDGE_DP))
        listOf(finger, cancel).forEach { actions.addView(it, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)) }
        listOf(details, pad, actions).forEach(::addView)
    }

    fun show(paying: Paying, page: Paying.Page.Proof, status: LockStatus) {
        val request = page.request
        details.show(request.lines)
        finger.visibility = if (paying.offersFinger && !paying.isBusy) VISIBLE else GONE
        takesCode = request.takesCode
        pad.offersForgotPin = offersForgotPin && !takesCode
        val takesDigits = takesCode || request.takesPin
        val title = resources.getString(
            when {
                paying.isBusy -> R.string.walletlock_checking
                takesCode -> R.string.walletlock_factor_enter
                takesDigits -> R.string.walletlock_enter_pin
                else -> R.string.walletlock_pay_finger_first
            },
        )
        val length = if (takesCode) CODE_DIGITS else LockScreens.pinLength
        if (pad.pinLength != length) {
            pad.clear()
            pad.pinLength = length
        }
        pad.hasBoxes = length > 0
        pad.title = title
        pad.isEnabled = takesDigits && !paying.isBusy
        pad.behaviour.showHint(hint(paying, status))
        if (paying.isBusy) return
        tellStep(title)
        if (paying.notes != saidTimes) paying.note?.let { say(it, paying.erasesLast) }
        saidTimes = paying.notes
    }

    private fun hint(paying: Paying, status: LockStatus): String =
        if (takesCode) resources.getString(R.string.walletlock_pay_code) else resources.triesLeft(status, paying.erasesLast)

    private fun say(note: Note, erasesLast: Boolean): Unit = when (note) {
        is Note.Pin -> pad.reject(resources.answer(note.refusal, erasesLast), isWrong = note.refusal is PinOutcome.Wrong)
        // No warning: the person has made no mistake, and can enter the PIN instead.
        is Note.Finger -> biometricWords(note.refusal)?.let { pad.showMessage(resources.getString(it)) } ?: Unit
        is Note.Code -> noteOf(note.outcome)?.let { pad.reject(resources.words(it)) } ?: Unit
        is Note.Provider -> pad.showMessage(resources.getString(note.words))
    }

    /** Refuses a touch that came through another window, which may hide what is paid, and tells the person why. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        pad.behaviour.cover(event.isCovered())
        return !event.isCovered()
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        val most = MeasureSpec.getSize(heightMeasureSpec)
        isBeside = width > most
        pad.stacks = !isBeside
        val column = if (isBeside) width / 2 else width
        actions.measure(exactly(column), free())
        details.measure(exactly(column), free())
        if (isBeside) {
            pad.measure(exactly(width - column), atMost(most))
            details.measure(exactly(column), atMost(max(most - actions.measuredHeight, 0)))
            setMeasuredDimension(width, max(pad.measuredHeight, details.measuredHeight + actions.measuredHeight))
            return
        }
        val room = max(most - actions.measuredHeight, 0)
        pad.measure(exactly(width), atMost(max(room - details.measuredHeight, min(room, dp(LEAST_PAD_DP)))))
        val rest = min(details.measuredHeight, room - pad.measuredHeight)
        details.measure(exactly(width), exactly(max(rest, 0)))
        setMeasuredDimension(width, details.measuredHeight + pad.measuredHeight + actions.measuredHeight)
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val height = bottom - top
        details.layout(0, 0, details.measuredWidth, details.measuredHeight)
        val x = if (isBeside) details.measuredWidth else 0
        val y = if (isBeside) (height - pad.measuredHeight) / 2 else details.measuredHeight
        pad.layout(x, y, x + pad.measuredWidth, y + pad.measuredHeight)
        actions.layout(0, height - actions.measuredHeight, actions.measuredWidth, height)
    }

    private fun exactly(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.EXACTLY)

    private fun atMost(size: Int) = MeasureSpec.makeMeasureSpec(size, MeasureSpec.AT_MOST)

    private fun free() = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)

    private companion object {
        const val CODE_DIGITS = 6
        const val EDGE_DP = 12
        const val LARGE_LETTERS = 1.3f

        /** With this height the pad has room for boxes, two lines of words, and keys of the smallest size. */
        const val LEAST_PAD_DP = 312
    }
}
