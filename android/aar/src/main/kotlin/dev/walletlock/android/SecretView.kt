package dev.walletlock.android

import android.content.Context
import android.graphics.Canvas
import android.graphics.RectF
import android.graphics.Typeface
import android.os.Build
import android.text.Layout
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.NewAuthenticator
import kotlin.math.min
import kotlin.math.roundToInt

/**
 * Shows the secret of a new authenticator in groups of four letters. It draws the letters; they are in no text.
 *
 * A screen reader says what this is, and reads the letters only when the person asks: each double tap reads the next group. The
 * text that is read goes to the screen reader, which is another app, and may be heard by people nearby.
 */
internal class SecretView(context: Context, private val colours: Colours) : View(context) {
    /** For people who need large letters, only two groups stand in a row. */
    private val columns = if (resources.configuration.fontScale > LARGE_LETTERS) 2 else 4
    private val area = RectF()
    private var read = 0

    /** Null: nothing is drawn. */
    var secret: NewAuthenticator? = null
        set(value) {
            if (field === value) return
            field = value
            read = 0
            invalidate()
        }

    init {
        id = R.id.walletlock_secret
        contentDescription = resources.getString(R.string.walletlock_factor_secret_read)
        keepToPeople()
        setOnClickListener { readNextGroup() }
    }

    @Suppress("DEPRECATION")
    private fun readNextGroup() {
        val shown = secret ?: return
        read = read % GROUPS + 1
        // Spaces between the letters: otherwise they are read as a word.
        val letters = (0 until LETTERS).joinToString(" ") { shown.letter((read - 1) * LETTERS + it).toString() }
        announceForAccessibility(resources.getString(R.string.walletlock_code_group_read, read, letters))
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        val height = width / columns / GROUP_SHAPE * (GROUPS / columns)
        setMeasuredDimension(width, resolveSize(height.roundToInt(), heightMeasureSpec))
    }

    override fun onDraw(canvas: Canvas) {
        val shown = secret ?: return
        area.set(0f, 0f, width.toFloat(), height.toFloat())
        canvas.drawSecret(area, colours.text, columns, shown::letter)
    }

    companion object {
        private const val LARGE_LETTERS = 1.3f
        private const val LETTERS = 4
        private const val GROUPS = NewAuthenticator.LETTERS / LETTERS
        private const val GROUP_SHAPE = 2.4f
        private const val LETTER_HEIGHT = 0.6f
        private const val LETTER_WIDTH = 0.3f
        private const val LETTER_STEP = 0.2f

        /** Draws each letter by itself, so no text is made of them. It is read from left to right in every language. */
        fun Canvas.drawSecret(area: RectF, colour: Int, columns: Int, letter: (place: Int) -> Char) {
            val width = area.width() / columns
            val height = area.height() / (GROUPS / columns)
            val letters = paint(colour, min(height * LETTER_HEIGHT, width * LETTER_WIDTH), Typeface.MONOSPACE)
            val shown = CharArray(1)
            for (group in 0 until GROUPS) {
                val left = area.left + group % columns * width + width * (1 - LETTER_STEP * LETTERS) / 2
                val middle = area.top + group / columns * height + height / 2
                val baseline = middle - (letters.descent() + letters.ascent()) / 2
                for (place in 0 until LETTERS) {
                    shown[0] = letter(group * LETTERS + place)
                    drawText(shown, 0, 1, left + width * LETTER_STEP * place, baseline, letters)
                }
            }
            shown[0] = ' '
        }
    }
}

/** The secret of a new authenticator, as a QR code and as letters, with what to do with it. */
internal class SecretPanel(context: Context, colours: Colours) : ScrollingPage(context) {
    private val heading = TextView(context)
    private val body = TextView(context)
    private val aside = TextView(context)
    private val qr = QrView(context)
    private val letters = SecretView(context, colours)
    private val next = wideButton(context, colours, resources.getString(R.string.walletlock_factor_added), isPrimary = true)
    private val cancel = wideButton(context, colours, resources.getString(R.string.walletlock_ways_cancel), isPrimary = false)
    private var shown: NewAuthenticator? = null
    var onNext: () -> Unit = {}
    var onCancel: () -> Unit = {}

    init {
        setBackgroundColor(colours.background)
        keepToPeople()
        dress(colours)
        val words = LinearLayout(context)
        words.orientation = LinearLayout.VERTICAL
        words.gravity = Gravity.CENTER
        words.addView(heading, below(0))
        words.addView(body, below(GAP_DP / 2))
        words.addView(qr, LinearLayout.LayoutParams(dp(QR_DP), WRAP_CONTENT).apply { topMargin = dp(GAP_DP / 2) })
        words.addView(letters, below(GAP_DP / 2))
        words.addView(aside, below(GAP_DP / 2))
        val column = Column(context)
        column.addView(words, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        column.addView(next, below(GAP_DP).apply { bottomMargin = dp(GAP_DP / 2) })
        column.addView(cancel, below(0))
        fill(column)
        next.setOnClickListener { onNext() }
        cancel.setOnClickListener { onCancel() }
    }

    private fun dress(colours: Colours) {
        heading.setText(R.string.walletlock_factor_secret)
        heading.textSize = HEADING_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        body.setText(R.string.walletlock_factor_secret_body)
        aside.setText(R.string.walletlock_factor_secret_aside)
        // So that no word stands alone in the last line.
        listOf(heading, body, aside).forEach { it.breakStrategy = Layout.BREAK_STRATEGY_BALANCED }
        listOf(body, aside).forEach {
            it.textSize = if (it === body) BODY_SP else SMALL_SP
            it.gravity = Gravity.CENTER
            it.setTextColor(colours.secondary)
            it.setLineSpacing(dp(2).toFloat(), 1f)
        }
    }

    /** Shows the secret of [new]. */
    fun show(new: NewAuthenticator) {
        if (shown === new) return
        shown = new
        letters.secret = new
        val name = context.walletName().forAuthenticator()
        qr.showAuthenticator(new.uri(name, resources.getString(R.string.walletlock_factor_account)))
    }

    /** Wipes what is drawn. */
    fun clear() {
        shown = null
        letters.secret = null
        qr.clear()
    }

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        clear()
    }

    private fun below(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    private companion object {
        const val HEADING_SP = 24f
        const val BODY_SP = 16f
        const val SMALL_SP = 14f
        const val GAP_DP = 24
        const val QR_DP = 220
    }
}

/** The wallet's name, as the person knows it: that of the app. */
internal fun Context.walletName(): String = applicationInfo.loadLabel(packageManager).toString()

/** The name as an authenticator app may show it: without a colon and control characters, and not longer than it may be. */
internal fun String.forAuthenticator(): String {
    val kept = filter { it != ':' && !it.isISOControl() }.trim()
    val shorter = generateSequence(kept) { it.dropLast(1) }
    val short = shorter.first { it.toByteArray().size <= MOST_BYTES && it.lastOrNull()?.isHighSurrogate() != true }
    return short.ifEmpty { "Wallet" }
}

/** What the lock takes in a name. */
private const val MOST_BYTES = 64
