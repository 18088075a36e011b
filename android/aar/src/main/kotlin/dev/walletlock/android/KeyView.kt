package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Canvas
import android.graphics.Color
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

/** A key of the pad. It shows a digit or an icon. */
internal class KeyView(context: Context, private val colours: Colours, kind: Kind) : View(context) {
    private val ink = when (kind) {
        Kind.DIGIT -> colours.onKey
        Kind.PRIMARY -> colours.onBrand
        Kind.PLAIN -> colours.text
    }
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    private var digit: Int? = null
    private var icon: Drawable? = null

    /** The colours of a key. [PLAIN] has no background, because such a key comes and goes. */
    enum class Kind { DIGIT, PRIMARY, PLAIN }

    init {
        isClickable = true
        isFocusable = true
        val circle = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(
                when (kind) {
                    Kind.DIGIT -> colours.key
                    Kind.PRIMARY -> colours.brand
                    Kind.PLAIN -> Color.TRANSPARENT
                },
            )
        }
        val mask = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(Color.BLACK)
        }
        background = RippleDrawable(ColorStateList.valueOf(colours.pressed), circle, mask)
        // drawRing marks the focus instead, because a ring cannot be confused with the ripple of a touch.
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

    /** A hidden key keeps its place. */
    fun setShown(isShown: Boolean) {
        val now = if (isShown) VISIBLE else INVISIBLE
        if (now == visibility) return
        visibility = now
        if (isShown) appear()
    }

    /** Sends no event for a click: it would say which key was pressed. [DotsView] says how many digits are typed. */
    override fun sendAccessibilityEvent(eventType: Int) {
        if (eventType != AccessibilityEvent.TYPE_VIEW_CLICKED) super.sendAccessibilityEvent(eventType)
    }

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        // Screen readers treat it as a key of a keyboard: lifting the finger can press it.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) info.isTextEntryKey = true
    }

    override fun getAccessibilityClassName(): CharSequence = Button::class.java.name

    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        alpha = if (enabled) 1f else DISABLED_ALPHA
    }

    override fun setPressed(pressed: Boolean) {
        val changes = pressed != isPressed
        super.setPressed(pressed)
        if (changes) press(pressed)
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
        paint.textSize = min(sp(DIGIT_SP), height * LARGEST_DIGIT)
        val middle = height / 2f - (paint.descent() + paint.ascent()) / 2f
        canvas.drawText(digit.toString(), width / 2f, middle, paint)
    }

    /** The icon grows with the font size, as the digits do. */
    private fun drawIcon(canvas: Canvas, icon: Drawable) {
        val half = (min(sp(ICON_SP), height * LARGEST_DIGIT) / 2).toInt()
        icon.setBounds(width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half)
        icon.draw(canvas)
    }

    private fun sp(value: Float) = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, value, resources.displayMetrics)

    private fun drawRing(canvas: Canvas) {
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = dp(RING_DP).toFloat()
        paint.color = colours.text
        canvas.drawCircle(width / 2f, height / 2f, (min(width, height) - paint.strokeWidth) / 2f, paint)
    }

    private companion object {
        const val DIGIT_SP = 28f
        const val ICON_SP = 27f
        const val LARGEST_DIGIT = 0.6f
        const val RING_DP = 3
        const val DISABLED_ALPHA = 0.38f
    }
}
