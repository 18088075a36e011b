package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.SessionEnd

/** Why the wallet was closed, for the lock screen. Null: nothing to say, as when the person turned the screen off. */
internal fun Resources.whyClosed(end: SessionEnd?): String? = when (end) {
    SessionEnd.TIME -> getString(R.string.walletlock_closed_time)
    SessionEnd.REPLACED -> getString(R.string.walletlock_closed_replaced)
    SessionEnd.CLOSED, SessionEnd.LOCKED, SessionEnd.SCREEN_OFF, null -> null
}
