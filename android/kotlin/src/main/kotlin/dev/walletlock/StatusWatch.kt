package dev.walletlock

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/**
 * The lock's status, kept up to date. While a time in it counts down it is read each second, or each minute if a day or more is
 * left; otherwise nothing polls.
 */
internal class StatusWatch(scope: CoroutineScope, private val read: () -> LockStatus) {
    private val state = MutableStateFlow(read())
    val flow: StateFlow<LockStatus> = state.asStateFlow()

    init {
        scope.launch { state.collectLatest(::countDown) }
    }

    /** Reads the status. One thread at a time, so that an older answer does not replace a newer one. */
    @Synchronized
    fun refresh(): LockStatus = read().also { state.value = it }

    /** Reads the status after a call for something else: if that fails now, the last status stays. */
    fun tryRefresh() {
        try {
            refresh()
        } catch (_: LockException) {
            return
        }
    }

    /** Runs [block] while no thread reads the status. */
    @Synchronized
    fun whileIdle(block: () -> Unit) = block()

    private suspend fun countDown(from: LockStatus) {
        // A new value restarts this function. The loop repeats only while the clock stands still or cannot be read.
        var status = from
        while (true) {
            delay(msToNextTick(status.leftMs() ?: return))
            tryRefresh()
            status = state.value
        }
    }
}

/** The shortest time that counts down in the status, in milliseconds. Null: none does. */
private fun LockStatus.leftMs(): Long? = when (this) {
    is LockStatus.CoolingDown -> remainingMs
    is LockStatus.Locked -> remedies.mapNotNull { it.leftMs() }.minOrNull()
    else -> null
}

private fun Remedy.leftMs(): Long? = when (this) {
    is Remedy.Wait -> ms
    is Remedy.RecoveryCode -> state.leftMs()
    is Remedy.AskProvider -> state.leftMs()
    is Remedy.Connect -> state.leftMs()
    is Remedy.AskEscrow -> state.leftMs()
    else -> null
}

private fun RemedyState.leftMs() = (this as? RemedyState.Waiting)?.leftMs

/**
 * Milliseconds until the time left is a whole number of seconds: with 12 400 ms left, first 400 ms, then a second each. With more
 * than a day left: of minutes.
 */
internal fun msToNextTick(leftMs: Long): Long = (leftMs - 1) % (if (leftMs > DAY_MS) MINUTE_MS else SECOND_MS) + 1

private const val SECOND_MS = 1_000L
private const val MINUTE_MS = 60_000L
private const val DAY_MS = 86_400_000L
