package dev.walletlock

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/** The lock's status, kept up to date. During a cool-down it is read each second; otherwise nothing polls. */
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
        while (status is LockStatus.CoolingDown) {
            delay(msToNextSecond(status.remainingMs))
            tryRefresh()
            status = state.value
        }
    }
}

/** Milliseconds until the time left is a whole number of seconds: with 12 400 ms left, first 400 ms, then a second each. */
internal fun msToNextSecond(remainingMs: Long): Long = (remainingMs - 1) % 1000 + 1
