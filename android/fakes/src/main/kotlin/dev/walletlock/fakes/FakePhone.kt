@file:JvmName("Fakes")

package dev.walletlock.fakes

import dev.walletlock.PinEntry
import dev.walletlock.Platform

/**
 * A phone of fakes, for tests on a plain JVM against the real lock.
 *
 * ```
 * val phone = FakePhone()
 * val lock = WalletLock.open(file, phone.platform)
 * pinOf("835179").use { lock.enrol(it) }
 * phone.clock.advanceMs(30_000)
 * ```
 *
 * Everything else is as on a phone, but for the cost of checking a PIN, which is low enough for many tests. The native
 * code comes along: see [HostLibrary].
 *
 * @property clock stands still until it is moved.
 * @property deviceKey keeps its keys in memory, so a lock that is opened again needs the same phone.
 * @property entropy is the same in every run. Of two phones that a test has at once, give one another seed: else their wallets are
 *   taken for copies of one, and the second is refused with [dev.walletlock.LockException.InUse].
 */
public class FakePhone @JvmOverloads constructor(
    public val clock: FakeClock = FakeClock(),
    public val deviceKey: FakeDeviceKey = FakeDeviceKey(),
    public val entropy: FakeEntropy = FakeEntropy(),
) {
    /** Whoever holds the phone, before its sensor. */
    public val person: FakePerson = FakePerson(clock)

    /** Asks [person]. Its keys are in [deviceKey]. */
    public val biometrics: FakeBiometrics = FakeBiometrics(deviceKey, person)

    /** What a lock is opened with. Always the same one. */
    public val platform: Platform = Platform(clock, deviceKey, entropy, biometrics)
}

/**
 * An entry with these digits typed, at most 12. From Java: `Fakes.pinOf`. For tests only: no app should have a PIN as a
 * string.
 *
 * @throws IllegalArgumentException if one of them is no digit.
 * @throws IllegalStateException if there are more than 12.
 */
public fun pinOf(digits: String): PinEntry =
    PinEntry().also { entry -> digits.forEach { check(entry.push(it.digitToInt())) { "an entry holds 12 digits" } } }
