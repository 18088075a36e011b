package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.ClockReading

/**
 * A clock that stands still until it is moved. It begins on 2026-01-01 at 00:00 UTC, an hour after the phone's first
 * start.
 *
 * Strict: passing time moves all clocks, and only forwards. A restart always raises the boot count. Only the wall clock can
 * be set ([setWallClock]), as on a phone; and the time zone ([utcOffsetS]), which is UTC at first.
 *
 * A lock counts down its status once a second, in its dispatcher's time, and reads this clock then. If that is a test
 * dispatcher, let time pass there too (`advanceTimeBy`), or call [dev.walletlock.WalletLock.refresh].
 */
public class FakeClock : Clock {
    private var bootCount = 1
    private var sinceBootMs = HOUR_MS
    private var wallMs = START_WALL_MS

    /** While false, the boot count cannot be read, as on some phones. */
    @get:Synchronized
    @set:Synchronized
    public var isBootCountReadable: Boolean = true

    /** While not null, reading the clock throws this. A lock then gives no verdict, and keeps its status. */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /** By how many seconds local time is ahead of UTC, as a phone shows after a flight. No zone's summer time begins or ends here. */
    @get:Synchronized
    @set:Synchronized
    public var utcOffsetS: Int = 0

    override fun utcOffsetS(wallMs: Long): Int {
        failure?.let { throw it }
        return utcOffsetS
    }

    /** The present time in milliseconds, as the lock reads it. Reading does not move the clock. */
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
     * Restarts the phone: it is off for [offMs] milliseconds, and needs ten seconds to start. The app's process ends too, so
     * close the lock before, and open it again afterwards.
     *
     * @throws IllegalArgumentException if [offMs] is negative.
     */
    @JvmOverloads
    @Synchronized
    public fun reboot(offMs: Long = 10_000) {
        require(offMs >= 0) { "offMs must not be negative" }
        bootCount++
        sinceBootMs = STARTING_MS
        wallMs += offMs + STARTING_MS
    }

    /** Sets the wall clock to [wallMs] milliseconds since 1970, as anyone who holds the phone can. No other clock jumps. */
    @Synchronized
    public fun setWallClock(wallMs: Long) {
        this.wallMs = wallMs
    }
}

private const val HOUR_MS = 3_600_000L
private const val STARTING_MS = 10_000L

/** 2026-01-01T00:00:00Z. */
private const val START_WALL_MS = 1_767_225_600_000L
