package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Typeface
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.os.Build
import android.util.TypedValue
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import kotlin.math.min

/** A key of the pad: a digit, or what is drawn on it. */
internal class KeyView(context: Context, private val colours: Colours, isPrimary: Boolean = false) : View(context) {
    private val ink = if (isPrimary) colours.onBrand else colours.text
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    private var digit: Int? = null
    private var icon: Drawable? = null

    init {
        isClickable = true
        isFocusable = true
        val circle = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(if (isPrimary) colours.brand else colours.surface)
        }
        background = RippleDrawable(ColorStateList.valueOf(colours.pressed), circle, null)
        // Ours is a ring: it can be told from a touch.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) defaultFocusHighlightEnabled = false
    }

    fun showDigit(digit: Int) {
        this.digit = digit
        contentDescription = digit.toString()
        invalidate()
    }

    fun showIcon(drawable: Int, label: Int) {
        icon = context.getDrawable(drawable)?.mutate()?.apply { setTint(ink) }
        contentDescription = resources.getString(label)
        invalidate()
    }

    /** Which key was pressed is nobody's business; how many digits there are now, the dots say. */
    override fun sendAccessibilityEvent(eventType: Int) {
        if (eventType != AccessibilityEvent.TYPE_VIEW_CLICKED) super.sendAccessibilityEvent(eventType)
    }

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        // Like the keys of a keyboard: lifting the finger can press it.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) info.isTextEntryKey = true
    }

    override fun getAccessibilityClassName(): CharSequence = Button::class.java.name

    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        alpha = if (enabled) 1f else DISABLED_ALPHA
    }

    override fun onFocusChanged(gainFocus: Boolean, direction: Int, previous: android.graphics.Rect?) {
        super.onFocusChanged(gainFocus, direction, previous)
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        digit?.let { drawDigit(canvas, it) }
        icon?.let { drawIcon(canvas, it) }
        if (isFocused) drawRing(canvas)
    }

    private fun drawDigit(canvas: Canvas, digit: Int) {
        paint.style = Paint.Style.FILL
        paint.color = ink
        paint.typeface = Typeface.DEFAULT
        paint.textAlign = Paint.Align.CENTER
        val wished = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, DIGIT_SP, resources.displayMetrics)
        paint.textSize = min(wished, height * LARGEST_DIGIT)
        val middle = height / 2f - (paint.descent() + paint.ascent()) / 2f
        canvas.drawText(digit.toString(), width / 2f, middle, paint)
    }

    private fun drawIcon(canvas: Canvas, icon: Drawable) {
        val half = (height * ICON_PART / 2).toInt()
        icon.setBounds(width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half)
        icon.draw(canvas)
    }

    private fun drawRing(canvas: Canvas) {
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(RING_DP).toFloat()
        paint.color = colours.text
        canvas.drawCircle(width / 2f, height / 2f, (min(width, height) - paint.strokeWidth) / 2f, paint)
    }

    private companion object {
        const val DIGIT_SP = 28f
        const val LARGEST_DIGIT = 0.6f
        const val ICON_PART = 0.36f
        const val RING_DP = 3
        const val DISABLED_ALPHA = 0.38f
    }
}
