package dev.walletlock.android

import android.view.KeyEvent

/** The digit of a key, on a keyboard or its number pad. */
internal val KeyEvent.digit: Int?
    get() = when (keyCode) {
        in KeyEvent.KEYCODE_0..KeyEvent.KEYCODE_9 -> keyCode - KeyEvent.KEYCODE_0
        in KeyEvent.KEYCODE_NUMPAD_0..KeyEvent.KEYCODE_NUMPAD_9 -> keyCode - KeyEvent.KEYCODE_NUMPAD_0
        else -> null
    }

internal val KeyEvent.isEnter: Boolean
    get() = keyCode == KeyEvent.KEYCODE_ENTER || keyCode == KeyEvent.KEYCODE_NUMPAD_ENTER

/** A key that looks for another place to be: arrows, their middle, and Tab. */
internal val KeyEvent.isMove: Boolean
    get() = keyCode in KeyEvent.KEYCODE_DPAD_UP..KeyEvent.KEYCODE_DPAD_CENTER || keyCode == KeyEvent.KEYCODE_TAB
