package dev.walletlock.demo

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class DemoClockTest {
    @TempDir
    lateinit var folder: File

    private var computerMs = 1_000_000_000L

    private fun open() = DemoClock(folder.toPath().resolve("clock")) { computerMs }

    @Test
    fun `it runs with the computer's, and skipped time stays skipped`() {
        val clock = open()
        val start = clock.now()
        computerMs += 500
        clock.skip(60_000)
        val later = clock.now()
        assertEquals(60_500, later.wallMs - start.wallMs)
        assertEquals(60_500, later.sinceBootMs - start.sinceBootMs)
        assertEquals(later, open().now(), "also for a wallet that is opened again")
    }

    @Test
    fun `a restart counts, and begins the time since boot anew`() {
        val clock = open()
        val start = clock.now()
        clock.reboot()
        val restarted = clock.now()
        assertEquals(start.bootCount!! + 1, restarted.bootCount)
        assertEquals(0, restarted.sinceBootMs)
        assertEquals(20_000, restarted.wallMs - start.wallMs)
        assertEquals(restarted, open().now())
    }

    @Test
    fun `setting the wall clock lets no time pass`() {
        val clock = open()
        val start = clock.now()
        clock.setAhead(7_200_000)
        assertEquals(start.copy(wallMs = start.wallMs + 7_200_000), clock.now())
        assertEquals(clock.now(), open().now())
    }

    @Test
    fun `a computer's clock that was set back makes no time before the start`() {
        val clock = open()
        computerMs -= 10 * 3_600_000
        assertEquals(0, clock.now().sinceBootMs)
    }
}
