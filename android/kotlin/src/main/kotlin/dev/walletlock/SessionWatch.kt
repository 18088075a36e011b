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
 * Whether the wallet is open, kept up to date. While it is, the end of the session that ends first is waited for; otherwise
 * nothing polls.
 *
 * The native side tells nobody that a session began or ended. Each lock looks after its own calls, and has the others of the
 * same [file] look when something has changed.
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

    /** After a call that may have changed it: here, and then for the others. */
    fun refresh() {
        if (look()) ALL[file]?.forEach { if (it !== this) it.look() }
    }

    /** The same, for who must not wait for the clock to be read. */
    fun refreshSoon() {
        ALL[file]?.forEach { it.scope.launch { it.look() } }
    }

    /** Every session was ended: that needs no look. */
    fun allEnded(because: SessionEnd) {
        ALL[file]?.forEach { it.ended(because) }
    }

    @Synchronized
    private fun ended(because: SessionEnd) {
        if (!state.value.isOpen) return
        state.value = OpenSessions(nextEndMs = null, lastEnd = because)
        openState.value = false
    }

    /** The wallet is closed for this lock: nothing of it is open any more. */
    @Synchronized
    override fun close() {
        isClosed = true
        openState.value = false
        ALL.computeIfPresent(file) { _, watches -> watches.apply { remove(this@SessionWatch) }.ifEmpty { null } }
    }

    /**
     * Whether something has begun or ended. If it cannot be read now, what was read last stands. One at a time: an older
     * answer must not replace a newer one.
     */
    @Synchronized
    private fun look(): Boolean {
        if (isClosed) return false
        val before = state.value
        val now = try {
            read()
        } catch (_: LockException) {
            return false
        }
        // In this order: who hears that it is closed may ask why.
        state.value = now
        openState.value = now.isOpen
        return now.isOpen != before.isOpen || now.lastEnd != before.lastEnd
    }

    private suspend fun untilItEnds(from: OpenSessions) {
        // A new value restarts it; it goes round here while the session is used, and while the clock cannot be read.
        var left = from.nextEndMs
        while (left != null) {
            delay(left.coerceAtMost(LOOK_AGAIN_MS))
            refresh()
            left = state.value.nextEndMs
        }
    }

    private companion object {
        /** A timer stands still while the phone sleeps, and the session's time does not: so late at most it is noticed after that. */
        const val LOOK_AGAIN_MS = 10_000L

        val ALL = ConcurrentHashMap<File, MutableSet<SessionWatch>>()
    }
}
