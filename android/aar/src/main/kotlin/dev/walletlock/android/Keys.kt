package dev.walletlock.android

import android.view.KeyEvent

/** The digit of a key on a keyboard or its number pad. Null: it is no digit key. */
internal val KeyEvent.digit: Int?
    get() = when (keyCode) {
        in KeyEvent.KEYCODE_0..KeyEvent.KEYCODE_9 -> keyCode - KeyEvent.KEYCODE_0
        in KeyEvent.KEYCODE_NUMPAD_0..KeyEvent.KEYCODE_NUMPAD_9 -> keyCode - KeyEvent.KEYCODE_NUMPAD_0
        else -> null
    }

/** Whether the key confirms: those of `KeyEvent.isConfirmKey`, which apps may not call, and the gamepad's button A. */
internal val KeyEvent.isConfirm: Boolean
    get() = keyCode in CONFIRM_KEYS

/** Whether the key moves the focus: arrows and Tab. */
internal val KeyEvent.isMove: Boolean
    get() = keyCode in KeyEvent.KEYCODE_DPAD_UP..KeyEvent.KEYCODE_DPAD_RIGHT || keyCode == KeyEvent.KEYCODE_TAB

private val CONFIRM_KEYS = setOf(
    KeyEvent.KEYCODE_DPAD_CENTER,
    KeyEvent.KEYCODE_ENTER,
    KeyEvent.KEYCODE_NUMPAD_ENTER,
    KeyEvent.KEYCODE_SPACE,
    KeyEvent.KEYCODE_BUTTON_A,
)
