package dev.walletlock.android

import android.animation.Animator
import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.os.SystemClock
import android.view.View
import kotlin.math.PI
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sin

/**
 * Shows how many digits were typed, and nothing else about them. Empty places are rings if the PIN's length is known. If it
 * is not, they are small points, up to the fewest digits that a PIN may have.
 */
internal class DotsView(context: Context, private val colours: Colours) : View(context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    private var typed = 0
    private var length = 0
    private var isChecking = false
    private var isError = false
    private var isSuccess = false
    private var fieldHeight = dp(FIELD_HEIGHT_DP)

    /** Whether there is a box around each place. */
    var hasBoxes = false
        set(value) {
            field = value
            invalidate()
        }
    var refusalAnimation: Animator? = null
        private set
    var successAnimation: Animator? = null
        private set

    init {
        accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
    }

    /** Shows [typed] of [length] digits. [length] 0: the length of the PIN is not known. */
    fun show(typed: Int, length: Int, isChecking: Boolean, isError: Boolean) {
        if (typed > 0 || isError) isSuccess = false
        if (!isSuccess) this.typed = typed
        this.length = length
        this.isChecking = isChecking
        this.isError = isError
        val said = when {
            typed == 0 -> resources.getString(R.string.walletlock_no_digits)
            length == 0 -> resources.getQuantityString(R.plurals.walletlock_digits, typed, typed)
            else -> resources.getString(R.string.walletlock_digits_of, typed, length)
        }
        if (contentDescription?.toString() != said) contentDescription = said
        invalidate()
    }

    fun setFieldHeight(height: Int) {
        if (height == fieldHeight) return
        fieldHeight = height
        requestLayout()
    }

    /** Says no by moving from side to side, unless animations are switched off. The same is said in words. */
    fun shake() {
        refusalAnimation?.cancel()
        refusalAnimation = startRefusalAnimation()
    }

    /** Says yes: the dots of the right PIN, [digits] of them, stay visible while the screen closes. */
    fun showSuccess(digits: Int) {
        typed = digits
        isSuccess = true
        invalidate()
        successAnimation = startSuccessAnimation()
        postDelayed(::beEmpty, SUCCESS_MS)
    }

    /** Empties the dots after [SUCCESS_MS], for a pad that is not closed. */
    private fun beEmpty() {
        if (!isSuccess) return
        isSuccess = false
        typed = 0
        invalidate()
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        setMeasuredDimension(
            resolveSize(max(dp(FIELD_WIDTH_DP), suggestedMinimumWidth), widthMeasureSpec),
            resolveSize(fieldHeight, heightMeasureSpec),
        )
    }

    override fun onDraw(canvas: Canvas) {
        val places = max(typed, if (length == 0) FEWEST_DIGITS else length)
        val radius = min(dp(DOT_DP), height * DOT_PART / 100) / 2f
        val step = minOf(dp(if (hasBoxes) BOX_STEP_DP else STEP_DP).toFloat(), (width - 2 * dp(INSET_DP)) / places.toFloat())
        val first = width / 2f - step * (places - 1) / 2f
        for (place in 0 until places) {
            val x = first + step * place
            if (hasBoxes) drawBox(canvas, x, step)
            when {
                place < typed -> drawDot(canvas, x, radius, place)
                hasBoxes -> continue
                length == 0 -> drawPoint(canvas, x, radius)
                else -> drawRing(canvas, x, radius)
            }
        }
        if (isChecking && typed > 0 && context.animates()) postInvalidateOnAnimation()
    }

    private fun drawDot(canvas: Canvas, x: Float, radius: Float, place: Int) {
        paint.style = Paint.Style.FILL
        paint.color = if (isChecking || isSuccess) colours.brand else colours.text
        canvas.drawCircle(x, height / 2f, radius * (if (isChecking) swelling(place) else 1f), paint)
    }

    private fun drawBox(canvas: Canvas, x: Float, step: Float) {
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(EDGE_DP).toFloat()
        paint.color = if (isError) colours.error else colours.secondary
        val half = min(step - dp(BOX_GAP_DP), height.toFloat()) / 2 - paint.strokeWidth / 2
        val corner = dp(BOX_CORNER_DP).toFloat()
        canvas.drawRoundRect(x - half, height / 2f - half, x + half, height / 2f + half, corner, corner, paint)
    }

    private fun drawPoint(canvas: Canvas, x: Float, radius: Float) {
        paint.style = Paint.Style.FILL
        paint.color = if (isError) colours.error else colours.secondary
        canvas.drawCircle(x, height / 2f, radius * POINT_PART, paint)
    }

    private fun drawRing(canvas: Canvas, x: Float, radius: Float) {
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(EDGE_DP).toFloat()
        paint.color = if (isError) colours.error else colours.secondary
        canvas.drawCircle(x, height / 2f, radius - paint.strokeWidth / 2, paint)
    }

    /** The size of a dot in the wave that runs from the first dot to the last while the PIN is being checked. */
    private fun swelling(place: Int): Float {
        if (!context.animates()) return 1f
        val turn = (SystemClock.uptimeMillis() % WAVE_MS) / WAVE_MS.toFloat() - place * WAVE_LAG
        return 1f + WAVE_SIZE * sin(2 * PI * turn).toFloat()
    }

    private companion object {
        const val FIELD_WIDTH_DP = 280
        const val FIELD_HEIGHT_DP = 40
        const val INSET_DP = 14
        const val DOT_DP = 16

        /** The largest width of a dot, in percent of the view's height: the rest is room to swell. */
        const val DOT_PART = 66
        const val POINT_PART = 0.4f
        const val FEWEST_DIGITS = 4
        const val STEP_DP = 30
        const val EDGE_DP = 2
        const val BOX_STEP_DP = 46
        const val BOX_GAP_DP = 6
        const val BOX_CORNER_DP = 8
        const val SUCCESS_MS = 900L
        const val WAVE_MS = 1_200L
        const val WAVE_LAG = 0.12f
        const val WAVE_SIZE = 0.22f
    }
}
