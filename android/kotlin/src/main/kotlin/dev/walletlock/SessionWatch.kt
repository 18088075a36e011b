package dev.walletlock

import java.io.File
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/**
 * Whether the wallet is open, kept up to date. While it is open, this waits for the session that ends first; otherwise
 * nothing polls.
 *
 * The native side does not report that a session began or ended. So each lock reads the state after each of its own calls,
 * and when something has changed, lets the other locks of the same [file] read it too.
 */
internal class SessionWatch(
    private val file: File,
    private val scope: CoroutineScope,
    private val read: () -> OpenSessions,
) : AutoCloseable {
    private val state = MutableStateFlow(read())
    private val openState = MutableStateFlow(state.value.isOpen)
    private var isClosed = false
    val isOpen: StateFlow<Boolean> = openState.asStateFlow()
    val lastEnd: SessionEnd? get() = state.value.lastEnd

    init {
        ALL.compute(file) { _, watches -> (watches ?: ConcurrentHashMap.newKeySet<SessionWatch>()).apply { add(this@SessionWatch) } }
        scope.launch { state.collectLatest(::untilItEnds) }
    }

    /** Called after a call that may have changed the state: reads it here, and then for the other locks. */
    fun refresh() {
        if (readState()) ALL[file]?.forEach { if (it !== this) it.readState() }
    }

    /** Reads the state of all locks of the file in the background, for a caller that must not wait for the clock. */
    fun refreshSoon() {
        ALL[file]?.forEach { it.scope.launch { it.readState() } }
    }

    /** Called when every session was ended: then the state is known without reading it. */
    fun allEnded(because: SessionEnd) {
        ALL[file]?.forEach { it.ended(because) }
    }

    @Synchronized
    private fun ended(because: SessionEnd) {
        if (!state.value.isOpen) return
        state.value = OpenSessions(nextEndMs = null, lastEnd = because)
        openState.value = false
    }

    /** Called when this lock is closed: from now on it shows the wallet as not open. */
    @Synchronized
    override fun close() {
        isClosed = true
        openState.value = false
        ALL.computeIfPresent(file) { _, watches -> watches.apply { remove(this@SessionWatch) }.ifEmpty { null } }
    }

    /**
     * Reads the state. Returns whether [isOpen] or [lastEnd] has changed. If the state cannot be read now, the last one stays.
     * One thread at a time, so that an older answer does not replace a newer one.
     */
    @Synchronized
    private fun readState(): Boolean {
        if (isClosed) return false
        val before = state.value
        val now = try {
            read()
        } catch (_: LockException) {
            return false
        }
        // In this order: a collector that sees `isOpen` become false may read `lastEnd`.
        state.value = now
        openState.value = now.isOpen
        return now.isOpen != before.isOpen || now.lastEnd != before.lastEnd
    }

    private suspend fun untilItEnds(from: OpenSessions) {
        // A new value restarts this function. The loop repeats while the session is used, or the clock cannot be read.
        var left = from.nextEndMs
        while (left != null) {
            delay(left.coerceAtMost(LOOK_AGAIN_MS))
            refresh()
            left = state.value.nextEndMs
        }
    }

    private companion object {
        /** During sleep timers stop, but a session's time goes on. After sleep its end is noticed at most this late. */
        const val LOOK_AGAIN_MS = 10_000L

        val ALL = ConcurrentHashMap<File, MutableSet<SessionWatch>>()
    }
}
