package dev.walletlock.android

import android.content.Context
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.text.method.PasswordTransformationMethod
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

/**
 * Asks for a new password of the owner's account. Each thing that the policy asks for has a line, with a tick once the password has
 * it. The password may be pasted, and is never cut: what cannot be one is refused in words.
 */
internal class PasswordView(context: Context, private val colours: Colours) : ScrollingPage(context) {
    val field = EditText(context)
    private val reveal = textButton(context, colours, resources.getString(R.string.walletlock_password_show))
    private val lines = LinearLayout(context)
    private val note = AnnouncedText(context)
    private val set = wideButton(context, colours, resources.getString(R.string.walletlock_password_set), isPrimary = true)
    private val later = textButton(context, colours, resources.getString(R.string.walletlock_code_later))
    private var setting: SettingPassword? = null
    var onLater: () -> Unit = {}

    init {
        SecureWindow.protect(this)
        dressField()
        lines.orientation = LinearLayout.VERTICAL
        note.id = R.id.walletlock_note
        note.textSize = BODY_SP
        note.setTextColor(colours.error)
        set.setOnClickListener { setting?.set(field.text) }
        later.setOnClickListener { onLater() }
        reveal.setOnClickListener { show(isShown = field.transformationMethod != null) }
        val column = Column(context)
        column.gravity = Gravity.CENTER_VERTICAL
        column.addView(words(R.string.walletlock_password, HEADING_SP, colours.text, isHeading = true), below(0))
        column.addView(words(R.string.walletlock_password_body, BODY_SP, colours.secondary, isHeading = false), below(GAP_DP / 2))
        column.addView(field, below(GAP_DP))
        column.addView(reveal, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { gravity = Gravity.END })
        column.addView(lines, below(GAP_DP / 2))
        column.addView(note, below(GAP_DP / 2))
        column.addView(set, below(GAP_DP))
        column.addView(later, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { gravity = Gravity.CENTER_HORIZONTAL })
        fill(column)
    }

    private fun dressField() {
        field.id = R.id.walletlock_password
        field.inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        field.imeOptions = EditorInfo.IME_ACTION_DONE or EditorInfo.IME_FLAG_NO_EXTRACT_UI
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            field.imeOptions = field.imeOptions or EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING
            field.setAutofillHints(HINT_NEW_PASSWORD)
        }
        // A saved state would leave the process.
        field.isSaveEnabled = false
        field.hint = resources.getString(R.string.walletlock_password_hint)
        field.textSize = FIELD_SP
        field.setTextColor(colours.text)
        field.setHintTextColor(colours.secondary)
        field.setPadding(dp(INSET_DP), dp(INNER_DP), dp(INSET_DP), dp(INNER_DP))
        field.minimumHeight = dp(FIELD_DP)
        field.background = GradientDrawable().apply {
            setColor(colours.surface)
            setStroke(dp(1), colours.secondary)
            cornerRadius = dp(RADIUS_DP).toFloat()
        }
        field.addTextChangedListener(
            object : TextWatcher {
                override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int) = Unit

                override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int) = Unit

                override fun afterTextChanged(text: Editable) {
                    setting?.typed(text)
                }
            },
        )
        field.setOnEditorActionListener { _, _, _ ->
            setting?.set(field.text)
            true
        }
    }

    private fun show(isShown: Boolean) {
        val place = field.selectionEnd
        field.transformationMethod = if (isShown) null else PasswordTransformationMethod.getInstance()
        field.setSelection(place.coerceAtLeast(0))
        reveal.setText(if (isShown) R.string.walletlock_password_hide else R.string.walletlock_password_show)
    }

    fun show(setting: SettingPassword) {
        this.setting = setting
        val all = resources.passwordLines(setting.asked, setting.findings, setting.isEmpty)
        lines.removeAllViews()
        all.forEach { lines.addView(line(it, isError = it.text !in setting.askedWords()), below(LINE_DP)) }
        val said = when {
            setting.isRefused -> resources.getString(R.string.walletlock_password_refused)
            else -> setting.note?.let { resources.words(it) }
        }
        note.visibility = if (said == null) GONE else VISIBLE
        note.say(said.orEmpty(), isUrgent = true)
        set.isEnabled = setting.maySet
        set.alpha = if (setting.maySet) 1f else DISABLED_ALPHA
        set.setText(if (setting.isBusy) R.string.walletlock_checking else R.string.walletlock_password_set)
        field.isEnabled = !setting.isBusy
    }

    private fun SettingPassword.askedWords() = resources.passwordLines(asked, emptyList(), isEmpty = true).map { it.text }

    private fun line(line: PasswordLine, isError: Boolean): LinearLayout {
        val row = LinearLayout(context)
        row.gravity = Gravity.CENTER_VERTICAL
        val mark = ImageView(context)
        mark.setImageResource(R.drawable.walletlock_done)
        mark.setColorFilter(colours.brand)
        mark.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        mark.visibility = if (line.isMet) VISIBLE else INVISIBLE
        row.addView(mark, LinearLayout.LayoutParams(dp(MARK_DP), dp(MARK_DP)).apply { marginEnd = dp(INNER_DP) })
        val text = TextView(context)
        text.text = line.text
        text.textSize = BODY_SP
        text.setTextColor(if (isError) colours.error else if (line.isMet) colours.secondary else colours.text)
        text.contentDescription = if (line.isMet) resources.getString(R.string.walletlock_password_met, line.text) else line.text
        row.addView(text, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        return row
    }

    private fun words(words: Int, sizeSp: Float, colour: Int, isHeading: Boolean) = TextView(context).apply {
        setText(words)
        textSize = sizeSp
        setTextColor(colour)
        if (!isHeading) setLineSpacing(dp(LINE_DP / 2).toFloat(), 1f)
        if (!isHeading) return@apply
        id = R.id.walletlock_title
        typeface = context.medium()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    }

    private fun below(above: Int) = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    private companion object {
        /** The name that password managers know (AndroidX has it as a constant). */
        const val HINT_NEW_PASSWORD = "newPassword"
        const val HEADING_SP = 24f
        const val FIELD_SP = 18f
        const val BODY_SP = 16f
        const val GAP_DP = 24
        const val INSET_DP = 20
        const val INNER_DP = 12
        const val FIELD_DP = 56
        const val RADIUS_DP = 20
        const val MARK_DP = 20
        const val LINE_DP = 6
        const val DISABLED_ALPHA = 0.38f
    }
}
