package dev.walletlock.android

import android.os.SystemClock
import dev.walletlock.CodeRequest
import dev.walletlock.WalletLock
import dev.walletlock.WayState

/**
 * A code that was sent for an open wallet. [dev.walletlock.Recovery.progress] tells only of codes for getting back in, so the screen
 * measures these times itself. The lock counts what is typed and what is sent, and refuses what is too much.
 */
internal class CodeInSession {
    private var sentAtMs: Long? = null
    private var resendAtMs = 0L

    /** Notes that a code was asked for. [isSent]: the app has carried the request. */
    fun asked(request: CodeRequest, isSent: Boolean) {
        val now = SystemClock.elapsedRealtime()
        if (request is CodeRequest.NotYet) resendAtMs = now + request.leftMs
        if (!isSent) return
        sentAtMs = now
        resendAtMs = now + LEAST_RESEND_MS
    }

    /** For how long the code can be typed that was sent last, if one is valid for [validS] seconds. Null: none can. */
    fun validForMs(validS: Long): Long? =
        sentAtMs?.let { it + validS * SECOND_MS - SystemClock.elapsedRealtime() }?.takeIf { it > 0 }

    /** After how long another code may be sent. 0: now. */
    val resendAfterMs: Long get() = (resendAtMs - SystemClock.elapsedRealtime()).coerceAtLeast(0)

    /** How a phone number stands to which it is sent. */
    suspend fun stateBySms(lock: WalletLock): WayState {
        val validMs = validForMs(SettingsPolicy.of(lock.policy()).smsValidS) ?: return WayState.Available
        return WayState.Sent(validMs, UNKNOWN_TRIES, resendAfterMs)
    }

    private companion object {
        const val SECOND_MS = 1_000L

        /** The core's shortest wait. If it is longer, the core says so when another code is asked for. */
        const val LEAST_RESEND_MS = 60_000L

        /** So many that the screen does not count them down. */
        const val UNKNOWN_TRIES = Int.MAX_VALUE
    }
}
