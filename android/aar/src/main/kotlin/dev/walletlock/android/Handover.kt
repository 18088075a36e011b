package dev.walletlock.android

import android.content.Intent
import android.os.Handler
import android.os.Looper
import dev.walletlock.RecoveryCode
import dev.walletlock.Session
import java.util.UUID

/** Hands what no intent may carry from one screen to another, or to the app: sessions, recovery codes, payments. */
internal object Handover {
    private val sessions = Handed<Session>("dev.walletlock.session", LockGuard::keepOrClose)
    private val codes = Handed<RecoveryCode>("dev.walletlock.code", RecoveryCode::close)

    /** The payments that [PayActivity] asks for. */
    val orders = Handed<PayOrder>("dev.walletlock.payment") {}

    /** How they ended. */
    val payResults = Handed<PayResult>("dev.walletlock.paid") {}

    /** A session that nobody takes goes to the guard, if the guard has none; otherwise it is closed. */
    fun give(session: Session): Intent = sessions.give(session, Intent())

    fun take(data: Intent?): Session? = sessions.take(data)

    /** Hands a recovery code to another screen of this library, beside what is in [data]. Nobody takes it: it is closed. */
    fun giveCode(code: RecoveryCode, data: Intent): Intent = codes.give(code, data)

    fun takeCode(data: Intent?): RecoveryCode? = codes.take(data)

    /** Android delivers a result within moments, or when the Activity that asked is shown again. */
    const val UNCLAIMED_MS = 60_000L
}

/**
 * Keeps things in memory until the receiver takes them. The intent carries only a key, under the name [extra], and the key works once.
 * What nobody takes within [Handover.UNCLAIMED_MS] is given to [onUnclaimed].
 */
internal class Handed<T : Any>(private val extra: String, private val onUnclaimed: (T) -> Unit) {
    private val waiting = HashMap<String, T>()
    private val main = Handler(Looper.getMainLooper())

    /** Adds the key to [data], and returns it. */
    fun give(thing: T, data: Intent): Intent {
        // A random key, which other apps cannot guess.
        val key = UUID.randomUUID().toString()
        synchronized(waiting) { waiting[key] = thing }
        main.postDelayed({ take(key)?.let(onUnclaimed) }, Handover.UNCLAIMED_MS)
        return data.putExtra(extra, key)
    }

    fun take(data: Intent?): T? = data?.getStringExtra(extra)?.let(::take)

    private fun take(key: String): T? = synchronized(waiting) { waiting.remove(key) }
}
