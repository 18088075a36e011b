package dev.walletlock.android

import android.content.Context
import android.graphics.Canvas
import android.graphics.RectF
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.RecoveryCode
import kotlin.math.roundToInt

/**
 * Shows a recovery code. It draws the digits; they are in no text.
 *
 * A screen reader says what this is, and reads the digits only when the person asks: each double tap reads the next group. The
 * text that is read goes to the screen reader, which is another app, and may be heard by people nearby.
 */
internal class CodeView(context: Context, colours: Colours) : View(context) {
    private val inks = CodeInks(colours.text, colours.secondary, colours.line)
    private val area = RectF()

    /** For people who need large letters, the groups are one below the other, and twice as large. */
    private val columns = if (resources.configuration.fontScale > LARGE_LETTERS) 1 else 2
    private var read = 0

    /** Null: nothing is drawn. */
    var code: RecoveryCode? = null
        set(value) {
            if (field === value) return
            field = value
            read = 0
            invalidate()
        }

    init {
        id = R.id.walletlock_code
        contentDescription = resources.getString(R.string.walletlock_code_read)
        keepToPeople()
        setOnClickListener { readNextGroup() }
    }

    @Suppress("DEPRECATION")
    private fun readNextGroup() {
        val shown = code ?: return
        read = read % RecoveryCode.GROUPS + 1
        // Spaces between the digits: otherwise it is read as one large number.
        val digits = shown.withText(read) { it.joinToString(" ") }
        announceForAccessibility(resources.getString(R.string.walletlock_code_group_read, read, digits))
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        setMeasuredDimension(width, resolveSize(codeHeight(width.toFloat(), columns).roundToInt(), heightMeasureSpec))
    }

    override fun onDraw(canvas: Canvas) {
        val shown = code ?: return
        area.set(0f, 0f, width.toFloat(), height.toFloat())
        canvas.drawCode(area, inks, columns, shown::digit)
    }

    private companion object {
        const val LARGE_LETTERS = 1.3f
    }
}

/** The code with what to do with it: write it down, and perhaps print it. */
internal class CodePanel(context: Context, private val colours: Colours) : ScrollView(context) {
    private val heading = TextView(context)
    private val body = TextView(context)
    private val note = AnnouncedText(context)
    private val code = CodeView(context, colours)
    private val written = wideButton(context, colours, resources.getString(R.string.walletlock_code_written), isPrimary = true)
    private val print = wideButton(context, colours, resources.getString(R.string.walletlock_code_print), isPrimary = false)

    init {
        isFillViewport = true
        isVerticalScrollBarEnabled = false
        // Content that is cut off fades out, which shows that it can be scrolled.
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(GAP_DP))
        dress()
        val words = LinearLayout(context)
        words.orientation = LinearLayout.VERTICAL
        words.gravity = Gravity.CENTER
        words.addView(heading, below(0))
        words.addView(body, below(GAP_DP / 2))
        words.addView(code, below(GAP_DP))
        words.addView(note, below(GAP_DP / 2))
        val column = Column(context)
        column.addView(words, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        column.addView(written, below(GAP_DP).apply { bottomMargin = dp(GAP_DP / 2) })
        column.addView(print, below(0))
        addView(column, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
    }

    private fun dress() {
        heading.setText(R.string.walletlock_code_yours)
        heading.textSize = HEADING_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        body.setText(R.string.walletlock_code_yours_body)
        note.setTextColor(colours.error)
        note.id = R.id.walletlock_note
        body.setTextColor(colours.secondary)
        listOf(body, note).forEach {
            it.textSize = BODY_SP
            it.gravity = Gravity.CENTER
            it.setLineSpacing(dp(2).toFloat(), 1f)
        }
    }

    /** Shows [code]. Null: none, so that nothing is drawn of a code that is closed. */
    fun show(code: RecoveryCode?, said: String?, onWritten: () -> Unit) {
        this.code.code = code
        note.visibility = if (said == null) GONE else VISIBLE
        note.say(said.orEmpty(), isUrgent = true)
        written.setOnClickListener { onWritten() }
        print.setOnClickListener { code?.let { CodePrinter(context, it).print() } }
    }

    private fun below(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    private companion object {
        const val HEADING_SP = 24f
        const val BODY_SP = 16f
        const val GAP_DP = 24
    }
}
