package dev.walletlock.android

import android.content.Context
import android.graphics.drawable.Drawable
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import kotlin.math.max

/**
 * What is above or beside the keys: the app's mark, a title, the dots, a line of words, and 'Forgot PIN?'. In a small window
 * it takes less room ([Room]). What still does not fit can be scrolled, and fades at the edge.
 */
internal class PadHeader(context: Context, private val colours: Colours) : ScrollView(context) {
    val mark = ImageView(context).apply {
        id = R.id.walletlock_mark
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        adjustViewBounds = true
    }
    val title = TextView(context).apply {
        id = R.id.walletlock_title
        setTextColor(colours.text)
        typeface = context.medium()
        gravity = Gravity.CENTER
        accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    }
    val dots = DotsView(context, colours).apply { id = R.id.walletlock_dots }
    val message = AnnouncedText(context).apply {
        id = R.id.walletlock_message
        gravity = Gravity.CENTER_HORIZONTAL
    }
    private val forgot = textButton(context, colours, resources.getString(R.string.walletlock_forgot)).apply {
        id = R.id.walletlock_forgot
    }

    /** Measures the height of the usual title, whatever title is shown now. */
    private val ruler = TextView(context).apply {
        typeface = context.medium()
        layoutParams = LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    }
    private val column = LinearLayout(context)
    private var words = PadWords("", "")
    private var isProminent = false

    /** How much of the header a window has room for. */
    enum class Room(val titleSp: Float, val messageSp: Float, val lines: Int, val gapDp: Int, val dotsDp: Int) {
        ALL(24f, 16f, 2, 14, 40),
        NO_MARK(24f, 16f, 2, 14, 40),
        TIGHT(18f, 15f, 2, 4, 24),
        BARE(0f, 14f, 2, 0, 20),
    }

    var room = Room.ALL
        set(value) {
            if (field == value) return
            field = value
            arrange()
            say()
        }

    private var onForgot: Runnable? = null

    /** Whether 'Forgot PIN?' is shown, if there is a listener for it. */
    var offersForgot = true
        set(value) {
            field = value
            showForgot()
        }

    init {
        isFillViewport = true
        isVerticalScrollBarEnabled = false
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(FADE_DP))
        isFocusable = false
        column.orientation = LinearLayout.VERTICAL
        column.gravity = Gravity.CENTER
        column.addView(mark, LinearLayout.LayoutParams(WRAP_CONTENT, dp(MARK_DP)))
        column.addView(title, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        column.addView(dots, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT))
        column.addView(message, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        column.addView(forgot)
        addView(column, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        forgot.visibility = GONE
        arrange()
    }

    fun setOnForgotPin(listener: Runnable?) {
        onForgot = listener
        forgot.setOnClickListener { listener?.run() }
        showForgot()
    }

    /** If there is a listener, the button keeps its place even while it is invisible, so that no key moves. */
    private fun showForgot() {
        forgot.visibility = if (onForgot == null) GONE else if (offersForgot) VISIBLE else INVISIBLE
    }

    fun setMark(picture: Drawable?) {
        mark.setImageDrawable(picture)
        arrange()
    }

    fun show(words: PadWords) {
        val isNew = words.text.toString() != this.words.text.toString()
        this.words = words
        if (title.text.toString() != words.title.toString()) title.text = words.title
        ruler.text = words.usualTitle
        say()
        if (words.isWrong != isProminent) {
            isProminent = words.isWrong
            forgot.setProminent(colours, isProminent)
        }
        // New words must be visible, however small the window is.
        if (isNew) post { scrollTo(0, if (words.text.isEmpty()) 0 else max(0, message.bottom - height)) }
    }

    /** Shows the words. If there is no room for a title ([Room.BARE]) and nothing to say, shows the title in their place. */
    private fun say() {
        val text = if (room == Room.BARE && words.text.isEmpty()) words.title else words.text
        message.setTextColor(if (words.isWarning) colours.error else colours.secondary)
        if (words.isTicking) message.update(text) else message.say(text, isUrgent = words.isUrgent)
    }

    /** The height in [room], with room for words that are not shown yet, so that nothing moves when they come. */
    fun heightIn(room: Room, width: Int): Int {
        this.room = room
        val wide = MeasureSpec.makeMeasureSpec(width, MeasureSpec.AT_MOST)
        val free = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        // In the smallest window the keys need the room more than 'Forgot PIN?', which can be scrolled to.
        val counted = (0 until column.childCount).map(column::getChildAt)
            .filter { it.visibility != GONE && (it !== forgot || room != Room.BARE) }
        return counted.sumOf { view ->
            val asked = view.layoutParams as LinearLayout.LayoutParams
            if (asked.height > 0) return@sumOf asked.topMargin + asked.height
            val measured = if (view === title) ruler else view
            measured.measure(wide, free)
            asked.topMargin + if (view === message) heightOfMessage() else measured.measuredHeight
        }
    }

    /** The height of as many lines as [room] has, whatever is shown now, with the font's space above and below them. */
    private fun heightOfMessage(): Int {
        val font = message.paint.fontMetricsInt
        return message.lineHeight * room.lines + (font.ascent - font.top) + (font.bottom - font.descent)
    }

    private fun arrange() {
        mark.visibility = if (room == Room.ALL && mark.drawable != null) VISIBLE else GONE
        title.visibility = if (room == Room.BARE) GONE else VISIBLE
        title.textSize = room.titleSp
        ruler.textSize = room.titleSp
        message.textSize = room.messageSp
        message.minLines = room.lines
        dots.setFieldHeight(dp(room.dotsDp))
        listOf<View>(title, dots, message, forgot).forEach {
            (it.layoutParams as LinearLayout.LayoutParams).topMargin = dp(room.gapDp)
        }
    }

    private companion object {
        const val MARK_DP = 48
        const val FADE_DP = 16
    }
}
