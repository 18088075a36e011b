package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.ClockReading

/**
 * A clock that stands still until it is moved. It begins on 2026-01-01 at 00:00 UTC, an hour after the phone's first
 * start.
 *
 * Strict: time that passes moves all clocks and only forwards, a restart always counts. Only [setWallClock] may jump,
 * as only the wall clock of a phone may.
 *
 * A lock's status counts down in its dispatcher's time, once a second, and reads this clock when it does. Where that is
 * a test's own, let time pass there too (`advanceTimeBy`); or else call [dev.walletlock.WalletLock.refresh].
 */
public class FakeClock : Clock {
    private var bootCount = 1
    private var sinceBootMs = HOUR_MS
    private var wallMs = START_WALL_MS

    /** While false, the boot count cannot be read, as on some phones. */
    @get:Synchronized
    @set:Synchronized
    public var isBootCountReadable: Boolean = true

    /** While not null, reading the clock throws this. A lock answers with no verdict, and keeps the status it had. */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /** What the lock reads: milliseconds. Reading it moves nothing. */
    @Synchronized
    override fun now(): ClockReading {
        failure?.let { throw it }
        return ClockReading(bootCount.takeIf { isBootCountReadable }, sinceBootMs, wallMs)
    }

    /**
     * Lets [ms] milliseconds pass.
     *
     * @throws IllegalArgumentException if it is negative.
     */
    @Synchronized
    public fun advanceMs(ms: Long) {
        require(ms >= 0) { "time does not run backwards; the wall clock can be set" }
        sinceBootMs += ms
        wallMs += ms
    }

    /**
     * Restarts the phone: it is off for [offMs] milliseconds, and needs ten seconds to start. The app ends with it:
     * close the lock before, and open it again.
     *
     * @throws IllegalArgumentException if [offMs] is negative.
     */
    @JvmOverloads
    @Synchronized
    public fun reboot(offMs: Long = 10_000) {
        require(offMs >= 0) { "a phone cannot be off for less than no time" }
        bootCount++
        sinceBootMs = STARTING_MS
        wallMs += offMs + STARTING_MS
    }

    /** Sets the wall clock to [wallMs] milliseconds since 1970, as anyone who holds the phone can. The others go on. */
    @Synchronized
    public fun setWallClock(wallMs: Long) {
        this.wallMs = wallMs
    }
}

private const val HOUR_MS = 3_600_000L
private const val STARTING_MS = 10_000L

/** 2026-01-01T00:00:00Z. */
private const val START_WALL_MS = 1_767_225_600_000L
