package dev.walletlock.phone

import dev.walletlock.LockException
import dev.walletlock.WalletLock
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import java.util.Collections
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import org.robolectric.util.ReflectionHelpers

/**
 * What happened on this phone, newest last: what was done to the phone, what the app did, what the provider's desk did, and
 * each event of the wallet's own journal.
 */
class Journal(private val nowMs: () -> Long) {
    data class Line(val time: String, val source: String, val text: String)

    private val all = Collections.synchronizedList(mutableListOf<Line>())
    private val scope = CoroutineScope(Dispatchers.Default)
    private val heard = mutableSetOf<WalletLock>()

    /** Called on any thread after a line was added. */
    var onLine: () -> Unit = {}

    /** The newest `LINES` lines. */
    fun lines(): List<Line> = synchronized(all) { all.takeLast(LINES) }

    fun phone(text: String) = add(nowMs(), "phone", text)

    fun desk(text: String) = add(nowMs(), "desk", text)

    fun app(text: String) = add(nowMs(), "app", text)

    /** Listens to the locks that the app has opened since the last time. */
    fun listen() {
        for (lock in openLocks()) {
            if (!heard.add(lock)) continue
            scope.launch { lock.events.collect { add(it.wallMs, "wallet", it.kind.name) } }
        }
    }

    /** Refreshes every open lock: a lock's own timer runs in real time, and does not notice that time was skipped. */
    fun refreshLocks() {
        for (lock in openLocks()) {
            scope.launch {
                try {
                    lock.refresh()
                } catch (_: LockException) {
                    // The lock's screens learn of the fault too.
                }
            }
        }
    }

    private fun add(wallMs: Long, source: String, text: String) {
        all += Line(TIME.format(Instant.ofEpochMilli(wallMs)), source, text)
        if (all.size > 4 * LINES) synchronized(all) { all.subList(0, all.size - LINES).clear() }
        onLine()
    }

    companion object {
        private const val LINES = 80
        private val TIME = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC)

        /**
         * The open locks that the app's screens share. The library has no public list of them, so this reads it by
         * reflection.
         */
        fun openLocks(): List<WalletLock> {
            val shared = ReflectionHelpers.getStaticField<Any>(Class.forName("dev.walletlock.SharedLocks"), "INSTANCE")
            val places = ReflectionHelpers.getField<Map<*, Any>>(shared, "places")
            return places.values.mapNotNull { ReflectionHelpers.getField<WalletLock?>(it, "lock") }.filterNot(::isClosed)
        }

        private fun isClosed(lock: WalletLock) = ReflectionHelpers.getField<Boolean>(lock, "isClosed")
    }
}
