package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.ClockReading

/**
 * A clock that stands still until it is moved. It begins on 2026-01-01 at 00:00 UTC, an hour after the phone's first
 * start.
 *
 * Strict: time that passes moves all clocks and only forwards, a restart always counts. Only [setWallClock] may jump,
 * as only the wall clock of a phone may.
 */
class FakeClock : Clock {
    private var bootCount = 1
    private var sinceBootMs = HOUR_MS
    private var wallMs = START_WALL_MS

    /** While false, the boot count cannot be read, as on some phones. */
    @get:Synchronized
    @set:Synchronized
    var isBootCountReadable: Boolean = true

    /** While not null, reading the clock throws this. */
    @get:Synchronized
    @set:Synchronized
    var failure: RuntimeException? = null

    @Synchronized
    override fun now(): ClockReading {
        failure?.let { throw it }
        return ClockReading(bootCount.takeIf { isBootCountReadable }, sinceBootMs, wallMs)
    }

    /** Lets [ms] milliseconds pass. */
    @Synchronized
    fun advanceMs(ms: Long) {
        require(ms >= 0) { "time does not run backwards; the wall clock can be set" }
        sinceBootMs += ms
        wallMs += ms
    }

    /** Restarts the phone: it is off for [offMs] milliseconds, and needs ten seconds to start. */
    @JvmOverloads
    @Synchronized
    fun reboot(offMs: Long = 10_000) {
        require(offMs >= 0) { "a phone cannot be off for less than no time" }
        bootCount++
        sinceBootMs = STARTING_MS
        wallMs += offMs + STARTING_MS
    }

    /** Sets the wall clock, as anyone who holds the phone can. The others go on as before. */
    @Synchronized
    fun setWallClock(wallMs: Long) {
        this.wallMs = wallMs
    }

    private companion object {
        const val HOUR_MS = 3_600_000L
        const val STARTING_MS = 10_000L

        /** 2026-01-01T00:00:00Z. */
        const val START_WALL_MS = 1_767_225_600_000L
    }
}
