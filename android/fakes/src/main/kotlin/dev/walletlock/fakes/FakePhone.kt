@file:JvmName("Fakes")

package dev.walletlock.fakes

import dev.walletlock.PinEntry
import dev.walletlock.Platform

/**
 * A phone made of fakes, for tests of the real lock on a plain JVM.
 *
 * ```
 * val phone = FakePhone()
 * val lock = WalletLock.open(file, phone.platform)
 * pinOf("835179").use { lock.enrol(it) }
 * phone.clock.advanceMs(30_000)
 * ```
 *
 * The lock itself works as on a phone. Only checking a PIN costs less, so that tests can do it often. The native library comes
 * with the fakes: see [HostLibrary].
 *
 * @property clock stands still until it is moved.
 * @property deviceKey keeps its keys in memory, so a lock that is opened again needs the same phone.
 * @property entropy gives the same bytes in every run. If a test has two phones at once, give one a different seed: otherwise
 *   their wallets are taken for copies of one wallet, and the second is refused with [dev.walletlock.LockException.InUse].
 */
public class FakePhone @JvmOverloads constructor(
    public val clock: FakeClock = FakeClock(),
    public val deviceKey: FakeDeviceKey = FakeDeviceKey(),
    public val entropy: FakeEntropy = FakeEntropy(),
) {
    /** The person who holds the phone and touches its sensor. */
    public val person: FakePerson = FakePerson(clock)

    /** The prompts that [person] answers. Their keys are in [deviceKey]. */
    public val biometrics: FakeBiometrics = FakeBiometrics(deviceKey, person)

    /** The platform to open a lock with. Always the same object. */
    public val platform: Platform = Platform(clock, deviceKey, entropy, biometrics)
}

/**
 * Makes an entry with these digits typed, at most 12. From Java: `Fakes.pinOf`. For tests only: an app should never hold a PIN
 * as a string.
 *
 * @throws IllegalArgumentException if one of them is no digit.
 * @throws IllegalStateException if there are more than 12.
 */
public fun pinOf(digits: String): PinEntry =
    PinEntry().also { entry -> digits.forEach { check(entry.push(it.digitToInt())) { "an entry holds 12 digits" } } }
