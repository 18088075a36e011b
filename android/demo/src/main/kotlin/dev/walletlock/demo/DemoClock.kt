package dev.walletlock.demo

import dev.walletlock.Clock
import dev.walletlock.ClockReading
import java.nio.file.Files
import java.nio.file.Path
import java.util.Properties

/**
 * The computer's clock, plus the time that the person skipped. Its state is saved in [file], so that a wallet that is
 * opened again finds the phone as it was.
 *
 * Time since boot is computed from the computer's wall clock, so setting the computer's clock changes it. That is
 * acceptable in a demo. A phone has a monotonic clock for it, which nobody can set.
 */
internal class DemoClock(
    private val file: Path,
    private val computerMs: () -> Long = System::currentTimeMillis,
) : Clock {
    private var skippedMs: Long
    private var bootCount: Int
    private var bootedAtMs: Long

    /** By how much the wall clock is ahead of the true time. */
    private var setAheadMs: Long

    init {
        val saved = Properties()
        if (Files.exists(file)) Files.newBufferedReader(file).use(saved::load)
        skippedMs = saved.getProperty("skipped_ms")?.toLong() ?: 0
        bootCount = saved.getProperty("boot_count")?.toInt() ?: 1
        // A new phone has been running for an hour.
        bootedAtMs = saved.getProperty("booted_at_ms")?.toLong() ?: (computerMs() - HOUR_MS)
        setAheadMs = saved.getProperty("set_ahead_ms")?.toLong() ?: 0
        save()
    }

    @Synchronized
    override fun now(): ClockReading {
        val trueMs = computerMs() + skippedMs
        return ClockReading(bootCount, (trueMs - bootedAtMs).coerceAtLeast(0), trueMs + setAheadMs)
    }

    /** Moves all clocks forward by [ms] milliseconds, as if the time had passed. */
    @Synchronized
    fun skip(ms: Long) {
        skippedMs += ms
        save()
    }

    /** Restarts the phone, which takes twenty seconds. */
    @Synchronized
    fun reboot() {
        skippedMs += RESTART_MS
        bootCount++
        bootedAtMs = computerMs() + skippedMs
        save()
    }

    /** Sets the wall clock ahead by [ms] milliseconds, as anyone who holds a phone can. No time passes. */
    @Synchronized
    fun setAhead(ms: Long) {
        setAheadMs += ms
        save()
    }

    private fun save() {
        val properties = Properties()
        properties["skipped_ms"] = skippedMs.toString()
        properties["boot_count"] = bootCount.toString()
        properties["booted_at_ms"] = bootedAtMs.toString()
        properties["set_ahead_ms"] = setAheadMs.toString()
        Files.newBufferedWriter(file).use { properties.store(it, "The demo's clock.") }
    }

    private companion object {
        const val HOUR_MS = 3_600_000L
        const val RESTART_MS = 20_000L
    }
}
