package dev.walletlock.android

import android.animation.Animator
import android.animation.ObjectAnimator
import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.os.SystemClock
import android.view.View
import kotlin.math.PI
import kotlin.math.max
import kotlin.math.sin

/** How many digits were typed, and nothing else of them. */
internal class DotsView(context: Context, private val colours: Colours) : View(context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    private var typed = 0
    private var length = 0
    private var isChecking = false
    private var isError = false
    var shaking: Animator? = null
        private set

    init {
        accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
    }

    /** [length] 0: it is not told how many there should be. */
    fun show(typed: Int, length: Int, isChecking: Boolean, isError: Boolean) {
        this.typed = typed
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

    /** No: as a head does. Not for those who want nothing to move; the words are there for everyone. */
    fun shake() {
        if (!context.animates()) return
        val reach = dp(SHAKE_DP).toFloat()
        val steps = floatArrayOf(0f, -1f, 1f, -0.7f, 0.7f, -0.35f, 0f).map { it * reach }.toFloatArray()
        shaking?.cancel()
        shaking = ObjectAnimator.ofFloat(this, TRANSLATION_X, *steps).setDuration(SHAKE_MS).also { it.start() }
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        setMeasuredDimension(
            resolveSize(max(dp(FIELD_WIDTH_DP), suggestedMinimumWidth), widthMeasureSpec),
            resolveSize(dp(FIELD_HEIGHT_DP), heightMeasureSpec),
        )
    }

    override fun onDraw(canvas: Canvas) {
        if (length == 0) drawField(canvas)
        val places = max(typed, length)
        if (places == 0) return
        val radius = dp(DOT_DP) / 2f
        val step = minOf(dp(STEP_DP).toFloat(), (width - 2 * dp(INSET_DP)) / places.toFloat())
        val first = width / 2f - step * (places - 1) / 2f
        for (place in 0 until places) {
            val x = first + step * place
            if (place < typed) drawDot(canvas, x, radius, place) else drawPlace(canvas, x, radius)
        }
        if (isChecking && typed > 0 && context.animates()) postInvalidateOnAnimation()
    }

    private fun drawField(canvas: Canvas) {
        val edge = dp(EDGE_DP) / 2f
        val round = height / 2f
        paint.style = Paint.Style.FILL
        paint.color = colours.surface
        canvas.drawRoundRect(edge, edge, width - edge, height - edge, round, round, paint)
        if (!isError) return
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(EDGE_DP).toFloat()
        paint.color = colours.error
        canvas.drawRoundRect(edge, edge, width - edge, height - edge, round, round, paint)
    }

    private fun drawDot(canvas: Canvas, x: Float, radius: Float, place: Int) {
        paint.style = Paint.Style.FILL
        paint.color = if (isChecking) colours.brand else colours.text
        canvas.drawCircle(x, height / 2f, radius * (if (isChecking) swelling(place) else 1f), paint)
    }

    private fun drawPlace(canvas: Canvas, x: Float, radius: Float) {
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(EDGE_DP).toFloat()
        paint.color = if (isError) colours.error else colours.secondary
        canvas.drawCircle(x, height / 2f, radius - paint.strokeWidth / 2, paint)
    }

    /** A wave from the first to the last, for as long as the PIN is being checked. */
    private fun swelling(place: Int): Float {
        if (!context.animates()) return 1f
        val turn = (SystemClock.uptimeMillis() % WAVE_MS) / WAVE_MS.toFloat() - place * WAVE_LAG
        return 1f + WAVE_SIZE * sin(2 * PI * turn).toFloat()
    }

    private companion object {
        const val FIELD_WIDTH_DP = 280
        const val FIELD_HEIGHT_DP = 52
        const val INSET_DP = 14
        const val DOT_DP = 13
        const val STEP_DP = 26
        const val EDGE_DP = 2
        const val SHAKE_DP = 12
        const val SHAKE_MS = 380L
        const val WAVE_MS = 1_200L
        const val WAVE_LAG = 0.12f
        const val WAVE_SIZE = 0.22f
    }
}
