package dev.walletlock.android

import android.content.res.ColorStateList
import android.text.InputType
import android.view.inputmethod.EditorInfo
import android.widget.EditText

/** Dresses a field for one line of text. What is typed is in no saved state, and no keyboard learns from it. */
internal fun EditText.dressAsField(colours: Colours, id: Int) {
    this.id = id
    textSize = FIELD_SP
    isSingleLine = true
    setTextColor(colours.text)
    setHintTextColor(colours.secondary)
    setPaddingRelative(dp(INSET_DP), paddingTop, dp(INSET_DP), paddingBottom)
    backgroundTintList = ColorStateList.valueOf(colours.brand)
    minHeight = dp(FIELD_DP)
    inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
    imeOptions = EditorInfo.IME_ACTION_DONE or NO_PERSONALIZED_LEARNING
    isSaveEnabled = false
}

/** `EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING`, which Android 7 ignores. */
private const val NO_PERSONALIZED_LEARNING = 0x1000000
private const val FIELD_SP = 18f
private const val FIELD_DP = 56
private const val INSET_DP = 20
