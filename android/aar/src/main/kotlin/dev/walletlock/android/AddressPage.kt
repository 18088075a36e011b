package dev.walletlock.android

import android.content.Context
import android.content.res.ColorStateList
import android.os.Build
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.ChannelKind

/** Asks for the phone number or mail address to which codes are to be sent. */
internal class AddressPage(context: Context, private val colours: Colours) : ScrollingPage(context), TextWatcher {
    private val heading = TextView(context)
    private val body = TextView(context)
    private val field = EditText(context)
    private val note = AnnouncedText(context)
    private val send = wideButton(context, colours, resources.getString(R.string.walletlock_check_send), isPrimary = true)
    private val back = wideButton(context, colours, resources.getString(R.string.walletlock_ways_cancel), isPrimary = false)
    private var work: ChannelsWork? = null
    private var kind: ChannelKind? = null

    init {
        setBackgroundColor(colours.background)
        dress()
        val words = LinearLayout(context)
        words.orientation = LinearLayout.VERTICAL
        words.addView(heading, below(GAP_DP))
        words.addView(body, below(GAP_DP / 2))
        words.addView(field, below(GAP_DP))
        words.addView(note, below(GAP_DP / 2))
        val column = Column(context)
        column.addView(words, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        column.addView(send, below(GAP_DP).apply { bottomMargin = dp(GAP_DP / 2) })
        column.addView(back, below(0))
        fill(column)
        field.addTextChangedListener(this)
        field.setOnEditorActionListener { _, action, _ -> (action == EditorInfo.IME_ACTION_DONE).also { if (it) add() } }
        send.setOnClickListener { add() }
        back.setOnClickListener { work?.go(ChannelsWork.Page.All) }
    }

    private fun add() {
        kind?.let { work?.add(it) }
    }

    fun show(work: ChannelsWork, kind: ChannelKind) {
        this.work = work
        if (this.kind != kind) take(kind)
        if (field.text.toString() != work.address) field.setText(work.address)
        val said = work.said?.let(resources::words)
        note.visibility = if (said == null) GONE else VISIBLE
        note.say(said.orEmpty(), isUrgent = true)
        field.isEnabled = !work.isBusy
        // Not only when something was typed: a disabled button does not say why.
        send.isEnabled = !work.isBusy
    }

    private fun take(kind: ChannelKind) {
        this.kind = kind
        heading.text = resources.getString(addWords(kind))
        val isNumber = kind == ChannelKind.SMS
        body.setText(if (isNumber) R.string.walletlock_channel_number_body else R.string.walletlock_channel_mail_body)
        field.inputType = if (isNumber) {
            InputType.TYPE_CLASS_PHONE
        } else {
            InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_EMAIL_ADDRESS or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        }
        field.hint = resources.words(kind)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            field.setAutofillHints(if (isNumber) View.AUTOFILL_HINT_PHONE else View.AUTOFILL_HINT_EMAIL_ADDRESS)
        }
        tellStep(heading.text.toString())
    }

    private fun dress() {
        heading.textSize = HEADING_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        body.setTextColor(colours.secondary)
        note.setTextColor(colours.error)
        note.id = R.id.walletlock_note
        listOf(body, note).forEach {
            it.textSize = BODY_SP
            it.setLineSpacing(dp(2).toFloat(), 1f)
        }
        field.id = R.id.walletlock_address
        field.textSize = FIELD_SP
        field.isSingleLine = true
        field.setTextColor(colours.text)
        field.setHintTextColor(colours.secondary)
        field.backgroundTintList = ColorStateList.valueOf(colours.brand)
        field.minHeight = dp(FIELD_DP)
        // Not in the saved state, which the system keeps; and the keyboard is to learn nothing from it.
        field.isSaveEnabled = false
        field.imeOptions = EditorInfo.IME_ACTION_DONE or NO_PERSONALIZED_LEARNING
    }

    private fun below(above: Int) =
        LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    override fun afterTextChanged(text: Editable) {
        work?.address = text.toString()
    }

    override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int): Unit = Unit

    override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int): Unit = Unit

    private companion object {
        const val HEADING_SP = 24f
        const val BODY_SP = 16f
        const val FIELD_SP = 18f
        const val FIELD_DP = 48
        const val GAP_DP = 24

        /** `EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING`, which Android 7 ignores. */
        const val NO_PERSONALIZED_LEARNING = 0x1000000
    }
}
