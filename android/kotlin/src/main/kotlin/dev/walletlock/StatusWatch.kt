package dev.walletlock

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/** The lock's status, kept up to date. While it cools down it is read each second; otherwise nothing polls. */
internal class StatusWatch(scope: CoroutineScope, private val read: () -> LockStatus) {
    private val state = MutableStateFlow(read())
    val flow: StateFlow<LockStatus> = state.asStateFlow()

    init {
        scope.launch { state.collectLatest(::countDown) }
    }

    /** One at a time: an older answer must not replace a newer one. */
    @Synchronized
    fun refresh(): LockStatus = read().also { state.value = it }

    /** For those who came for something else: if it cannot be read now, the last one stands. */
    fun tryRefresh() {
        try {
            refresh()
        } catch (_: LockException) {
            return
        }
    }

    /** Runs [block] while nobody reads. */
    @Synchronized
    fun whileIdle(block: () -> Unit) = block()

    private suspend fun countDown(from: LockStatus) {
        // A new value restarts it; it goes round here only while the clock stands still or cannot be read.
        var status = from
        while (status is LockStatus.CoolingDown) {
            delay(msToNextSecond(status.remainingMs))
            tryRefresh()
            status = state.value
        }
    }
}

/** So that what is left falls on whole seconds: 12 400 ms are first 400 ms from the next, then a second each. */
internal fun msToNextSecond(remainingMs: Long): Long = (remainingMs - 1) % 1000 + 1
