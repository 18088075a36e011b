package dev.walletlock.android

import android.content.Intent
import android.os.Handler
import android.os.Looper
import dev.walletlock.Session
import java.util.UUID

/** Sessions between the screen that opened them and the app that asked. An intent carries a name for one, and works once. */
internal object Handover {
    private val waiting = HashMap<String, Session>()
    private val main = Handler(Looper.getMainLooper())

    /** A session that nobody takes is closed. */
    fun give(session: Session): Intent {
        // Random, from a source that nobody can foresee.
        val key = UUID.randomUUID().toString()
        synchronized(waiting) { waiting[key] = session }
        main.postDelayed({ take(key)?.close() }, UNCLAIMED_MS)
        return Intent().putExtra(EXTRA, key)
    }

    fun take(data: Intent?): Session? = data?.getStringExtra(EXTRA)?.let(::take)

    private fun take(key: String): Session? = synchronized(waiting) { waiting.remove(key) }

    private const val EXTRA = "dev.walletlock.session"

    /** Android gives a result over within moments, or when the app that asked is shown again. */
    const val UNCLAIMED_MS = 60_000L
}
