package dev.walletlock.fakes

import dev.walletlock.PinEntry
import dev.walletlock.Platform

/**
 * A phone of fakes, for tests on a plain JVM against the real lock.
 *
 * ```
 * val phone = FakePhone()
 * val lock = WalletLock.open(file, phone.platform)
 * lock.enrol(pinOf("835179"))
 * phone.clock.advanceMs(30_000)
 * ```
 *
 * @property clock stands still until it is moved.
 * @property deviceKey keeps its keys in memory, so a lock that is opened again needs the same phone.
 * @property entropy is the same in every run.
 */
class FakePhone @JvmOverloads constructor(
    val clock: FakeClock = FakeClock(),
    val deviceKey: FakeDeviceKey = FakeDeviceKey(),
    val entropy: FakeEntropy = FakeEntropy(),
) {
    /** What a lock is opened with. */
    val platform: Platform = Platform(clock, deviceKey, entropy)
}

/** An entry with these digits typed. For tests only: no app should have a PIN as a string. */
fun pinOf(digits: String): PinEntry =
    PinEntry().also { entry -> digits.forEach { check(entry.push(it.digitToInt())) { "an entry holds 12 digits" } } }
