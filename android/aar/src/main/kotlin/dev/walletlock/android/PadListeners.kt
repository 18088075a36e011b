package dev.walletlock.android

import dev.walletlock.PinEntry
import dev.walletlock.Refusal
import dev.walletlock.Session

/** A listener for a right PIN, or a finger or face that was recognised. */
public fun interface OnUnlocked {
    /** The wallet is open: close [session] after use. */
    public fun onUnlocked(session: Session)
}

/** A listener for a PIN that was not accepted. */
public fun interface OnRefused {
    /** The PIN was wrong, was not checked, or could not be checked. */
    public fun onRefused(refusal: Refusal)
}

/** A listener for a PIN that was typed to its end. */
public fun interface OnPinEntered {
    /** [entry] belongs to the pad: use it only until the pad leaves its window, and do not close it. */
    public fun onPinEntered(entry: PinEntry)
}

/** A listener for a first PIN that was set. */
public fun interface OnPinSet {
    /** The wallet is open: close [session] after use. */
    public fun onPinSet(session: Session)
}

/** A listener for a PIN that was changed. */
public fun interface OnPinChanged {
    /** [session] was opened with the old PIN, and goes on: close it after use. All other sessions have ended. */
    public fun onPinChanged(session: Session)
}
