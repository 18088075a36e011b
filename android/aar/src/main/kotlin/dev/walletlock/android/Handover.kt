package dev.walletlock.android

import android.content.Intent
import android.os.Handler
import android.os.Looper
import dev.walletlock.RecoveryCode
import dev.walletlock.Session
import java.util.UUID

/**
 * Hands sessions from the screen that opened them to the app that asked. The result intent carries only a key for the
 * session, and the key works once.
 */
internal object Handover {
    private val waiting = HashMap<String, Session>()
    private val codes = HashMap<String, RecoveryCode>()
    private val main = Handler(Looper.getMainLooper())

    /** A session that nobody takes goes to the guard after [UNCLAIMED_MS], if the guard has none; otherwise it is closed. */
    fun give(session: Session): Intent {
        // A random key, which other apps cannot guess.
        val key = UUID.randomUUID().toString()
        synchronized(waiting) { waiting[key] = session }
        main.postDelayed({ take(key)?.let(LockGuard::keepOrClose) }, UNCLAIMED_MS)
        return Intent().putExtra(EXTRA, key)
    }

    fun take(data: Intent?): Session? = data?.getStringExtra(EXTRA)?.let(::take)

    private fun take(key: String): Session? = synchronized(waiting) { waiting.remove(key) }

    /** Hands a recovery code to another screen of this library, beside what is in [data]. Nobody takes it: it is closed. */
    fun giveCode(code: RecoveryCode, data: Intent): Intent {
        val key = UUID.randomUUID().toString()
        synchronized(codes) { codes[key] = code }
        main.postDelayed({ takeCode(key)?.close() }, UNCLAIMED_MS)
        return data.putExtra(EXTRA_CODE, key)
    }

    fun takeCode(data: Intent?): RecoveryCode? = data?.getStringExtra(EXTRA_CODE)?.let(::takeCode)

    private fun takeCode(key: String): RecoveryCode? = synchronized(codes) { codes.remove(key) }

    private const val EXTRA_CODE = "dev.walletlock.code"
    private const val EXTRA = "dev.walletlock.session"

    /** Android delivers a result within moments, or when the Activity that asked is shown again. */
    const val UNCLAIMED_MS = 60_000L
}
