package dev.walletlock

import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The status flow: how it changes by itself. */
@OptIn(ExperimentalCoroutinesApi::class)
class StatusTest : LockTest() {
    private val reads = AtomicInteger()
    private val countingClock = Clock { phone.clock.now().also { reads.incrementAndGet() } }
    private val platform = Platform(countingClock, phone.deviceKey, phone.entropy)

    /** Lets time pass on the phone's clock and in the test's dispatcher. */
    private fun TestScope.pass(ms: Long) {
        phone.clock.advanceMs(ms)
        advanceTimeBy(ms)
        runCurrent()
    }

    private val WalletLock.remainingMs get() = (status.value as? LockStatus.CoolingDown)?.remainingMs

    @Test
    fun `a cooldown counts down by itself and ends`() = runTest {
        open(STRICT, platform).use { lock ->
            lock.enrol()
            repeat(2) { lock.verify(WRONG) }
            val seen = mutableListOf<LockStatus>()
            backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) { lock.status.toList(seen) }
            repeat(60) { pass(1_000) }
            val left = seen.map { (it as? LockStatus.CoolingDown)?.remainingMs ?: 0 }
            assertEquals((60 downTo 0).map { it * 1_000L }, left)
            assertEquals(LockStatus.Ready(triesLeft = 2), lock.status.value)
        }
    }

    @Test
    fun `what is left of a wait is saved when the app says so, and when it locks`() = runTest {
        open(STRICT, platform).use { lock ->
            lock.enrol()
            lock.saveTime()
            repeat(2) { lock.verify(WRONG) }
            phone.clock.advanceMs(20_000)
            lock.saveTime()
            phone.clock.advanceMs(10_000)
            lock.lockNow()
            runCurrent()
        }
        phone.clock.reboot()
        open(STRICT, platform).use { assertEquals(20_000L, it.remainingMs, "of a minute, ten seconds after the start") }
    }

    @Test
    fun `it counts on whole seconds whenever it began`() = runTest {
        open(STRICT, platform).use { lock ->
            lock.enrol()
            repeat(2) { lock.verify(WRONG) }
            phone.clock.advanceMs(47_600)
            lock.refresh()
            assertEquals(12_400L, lock.remainingMs)
            pass(399)
            assertEquals(12_400L, lock.remainingMs)
            pass(1)
            assertEquals(12_000L, lock.remainingMs)
            pass(1_000)
            assertEquals(11_000L, lock.remainingMs)
        }
    }

    @Test
    fun `nobody polls but while it cools down`() = runTest {
        open(STRICT, platform).use { lock ->
            lock.enrol()
            lock.verify(WRONG)
            runCurrent()
            val before = reads.get()
            advanceTimeBy(1.days)
            assertEquals(before, reads.get(), "ready")

            lock.verify(WRONG)
            val cooling = reads.get()
            advanceTimeBy(10.seconds)
            runCurrent()
            assertEquals(cooling + 10, reads.get(), "once a second, also while the clock stands still")

            phone.clock.advanceMs(60_000)
            advanceTimeBy(1.seconds)
            runCurrent()
            assertEquals(LockStatus.Ready(triesLeft = 2), lock.status.value)
            val after = reads.get()
            advanceTimeBy(1.days)
            assertEquals(after, reads.get(), "ready again")
        }
    }

    @Test
    fun `closing ends the counting`() = runTest {
        val lock = open(STRICT, platform)
        lock.enrol()
        repeat(2) { lock.verify(WRONG) }
        runCurrent()
        lock.close()
        val before = reads.get()
        advanceTimeBy(1.days)
        assertEquals(before, reads.get())
        assertEquals(60_000L, lock.remainingMs, "the last status stands")
    }

    @Test
    fun `a clock that fails leaves the last status and is asked again`() = runTest {
        open(STRICT, platform).use { lock ->
            lock.enrol()
            repeat(2) { lock.verify(WRONG) }
            phone.clock.failure = IllegalStateException("no clock")
            advanceTimeBy(5.seconds)
            runCurrent()
            assertEquals(60_000L, lock.remainingMs)
            phone.clock.failure = null
            pass(1_000)
            assertEquals(59_000L, lock.remainingMs)
        }
    }

    @Test
    fun `a cooldown goes on where it was when the app is started again`() = runTest {
        openEnrolled(STRICT).use { lock ->
            repeat(2) { lock.verify(WRONG) }
        }
        phone.clock.advanceMs(20_000)
        open(STRICT).use { lock ->
            assertEquals(40_000L, lock.remainingMs)
            pass(1_000)
            assertEquals(39_000L, lock.remainingMs, "and counts at once")
        }
    }

    @Test
    fun `what another lock of the same file does shows at once`() = runTest {
        openEnrolled(STRICT).use { mine ->
            open(STRICT).use { other ->
                repeat(2) { other.verify(WRONG) }
                assertEquals(other.status.value, mine.status.value)
                assertEquals(60_000L, mine.remainingMs)
                phone.clock.advanceMs(60_000)
                other.unlock().close()
                assertEquals(LockStatus.Ready(triesLeft = 4), mine.status.value)
            }
        }
    }

    @Test
    fun `a try that is being checked does not look like a lock`() = runTest {
        val key = HookedDeviceKey(phone.deviceKey)
        open(STRICT, Platform(phone.clock, key)).use { lock ->
            lock.enrol()
            lock.verify(WRONG)
            val during = mutableListOf<LockStatus>()
            key.onHmac = { during += lock.status.value }
            lock.unlock().close()
            assertEquals(listOf<LockStatus>(LockStatus.Ready(triesLeft = 3)), during)
        }
    }
}
