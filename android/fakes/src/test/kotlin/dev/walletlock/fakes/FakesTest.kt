package dev.walletlock.fakes

import dev.walletlock.BiometricEnd
import dev.walletlock.ClockReading
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.KeyPurpose
import dev.walletlock.SecurityLevel
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The fakes refuse what the real parts would refuse. */
class FakesTest {
    private fun faultOf(call: () -> Any?): DeviceKeyFault = assertThrows<DeviceKeyException> { call() }.fault

    @Test
    fun `a clock stands still until it is moved, and moves forwards only`() {
        val clock = FakeClock()
        val start = ClockReading(bootCount = 1, sinceBootMs = 3_600_000, wallMs = 1_767_225_600_000)
        assertEquals(start, clock.now())
        assertEquals(start, clock.now())
        clock.advanceMs(1_500)
        assertEquals(ClockReading(1, 3_601_500, start.wallMs + 1_500), clock.now())
        clock.reboot(offMs = 60_000)
        assertEquals(ClockReading(2, 10_000, start.wallMs + 1_500 + 70_000), clock.now())
        clock.setWallClock(0)
        assertEquals(ClockReading(2, 10_000, 0), clock.now())
        clock.isBootCountReadable = false
        assertEquals(null, clock.now().bootCount)
        assertThrows<IllegalArgumentException> { clock.advanceMs(-1) }
        assertThrows<IllegalArgumentException> { clock.reboot(offMs = -1) }
        clock.failure = IllegalStateException("no clock")
        assertEquals("no clock", assertThrows<IllegalStateException> { clock.now() }.message)
    }

    @Test
    fun `a device key is made once, used while it is there, and gone afterwards`() {
        val keys = FakeDeviceKey()
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.ready("a/pin/1") })
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.hmac("a/pin/1", byteArrayOf(1)) })
        keys.create("a/pin/1", KeyPurpose.PIN_SLOT)
        keys.create("b/seal/0", KeyPurpose.SEAL)
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.create("a/pin/1", KeyPurpose.PIN_SLOT) })
        assertEquals(listOf("a/pin/1"), keys.aliases("a/"))
        assertEquals(listOf("a/pin/1", "b/seal/0"), keys.allAliases)
        val one = keys.hmac("a/pin/1", byteArrayOf(1))
        assertEquals(32, one.size)
        assertArrayEquals(one, keys.hmac("a/pin/1", byteArrayOf(1)))
        assertFalse(one.contentEquals(keys.hmac("b/seal/0", byteArrayOf(1))), "two keys")
        keys.delete("a/pin/1")
        keys.delete("a/pin/1")
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.ready("a/pin/1") })
        keys.create("a/pin/1", KeyPurpose.PIN_SLOT)
        assertFalse(one.contentEquals(keys.hmac("a/pin/1", byteArrayOf(1))), "a new key, not the old one")
        keys.loseAll()
        assertEquals(emptyList<String>(), keys.allAliases)
    }

    @Test
    fun `a key of an installation signs, also while the phone is locked, and no other key does`() {
        val keys = FakeDeviceKey()
        keys.makesSigningKeys = false
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.create("installation", KeyPurpose.INSTALLATION) })
        keys.makesSigningKeys = true
        keys.create("installation", KeyPurpose.INSTALLATION)
        keys.create("pin", KeyPurpose.PIN_SLOT)
        keys.isPhoneLocked = true
        val message = byteArrayOf(1, 2)
        val point = keys.publicKey("installation")
        assertEquals(65 to 4.toByte(), point.size to point[0])
        assertTrue(isSigned(point, message, keys.sign("installation", message)))
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.hmac("installation", message) })
        keys.isPhoneLocked = false
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.sign("pin", message) })
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.publicKey("pin") })
        keys.delete("installation")
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.sign("installation", message) })
        keys.create("installation", KeyPurpose.INSTALLATION)
        assertFalse(point.contentEquals(keys.publicKey("installation")), "a new key, not the old one")
        assertEquals(2 to 4, keys.calls.publicKey - 1 to keys.calls.sign + 1)
    }

    @Test
    fun `while the phone is locked the PIN's key is busy and the seal's is not`() {
        val keys = FakeDeviceKey()
        keys.create("pin", KeyPurpose.PIN_SLOT)
        keys.create("seal", KeyPurpose.SEAL)
        keys.isPhoneLocked = true
        assertEquals(DeviceKeyFault.BUSY, faultOf { keys.ready("pin") })
        assertEquals(DeviceKeyFault.BUSY, faultOf { keys.hmac("pin", byteArrayOf(1)) })
        keys.ready("seal")
        assertEquals(32, keys.hmac("seal", byteArrayOf(1)).size)
    }

    @Test
    fun `what keeps a key is as said, for keys that exist`() {
        val keys = FakeDeviceKey()
        keys.create("pin", KeyPurpose.PIN_SLOT)
        assertEquals(SecurityLevel.TRUSTED_ENVIRONMENT, keys.securityLevel("pin"))
        keys.securityLevel = SecurityLevel.SOFTWARE
        assertEquals(SecurityLevel.SOFTWARE, keys.securityLevel("pin"))
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.securityLevel("seal") })
    }

    @Test
    fun `a device key fails on demand, and counts that too`() {
        val keys = FakeDeviceKey()
        keys.create("pin", KeyPurpose.PIN_SLOT)
        keys.failNextHmac(DeviceKeyException(DeviceKeyFault.BUSY))
        keys.ready("pin")
        assertEquals(DeviceKeyFault.BUSY, faultOf { keys.hmac("pin", byteArrayOf(1)) })
        assertEquals(32, keys.hmac("pin", byteArrayOf(1)).size)
        keys.failure = DeviceKeyException(DeviceKeyFault.NO_HARDWARE)
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.aliases("") })
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.create("seal", KeyPurpose.SEAL) })
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.ready("pin") })
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.hmac("pin", byteArrayOf(1)) })
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.delete("pin") })
        assertEquals(DeviceKeyFault.NO_HARDWARE, faultOf { keys.securityLevel("pin") })
        keys.failure = null
        assertEquals(listOf("pin"), keys.allAliases, "what failed changed nothing")
        val calls = FakeDeviceKey.Calls(aliases = 1, create = 2, ready = 2, hmac = 3, delete = 1, securityLevel = 1)
        assertEquals(calls, keys.calls)
    }

    @Test
    fun `randomness is the same in every run, and never the same bytes twice`() {
        val one = FakeEntropy(seed = 7)
        val bytes = one.randomBytes(32)
        assertArrayEquals(bytes, FakeEntropy(seed = 7).randomBytes(32))
        assertFalse(bytes.contentEquals(one.randomBytes(32)))
        assertFalse(bytes.contentEquals(FakeEntropy(seed = 8).randomBytes(32)))
        assertThrows<IllegalArgumentException> { one.randomBytes(0) }
        one.failure = IllegalStateException("no randomness")
        assertThrows<IllegalStateException> { one.randomBytes(1) }
    }

    @Test
    fun `an entry is typed digit by digit`() {
        pinOf("835179").use { assertEquals(6, it.length) }
        assertThrows<IllegalArgumentException> { pinOf("83x") }
        assertThrows<IllegalStateException> { pinOf("8351798351798") }
    }

    @Test
    fun `a biometric key computes no HMAC, and is gone with the next enrolment`() {
        val phone = FakePhone()
        val keys = phone.deviceKey
        keys.create("a/bio/1", KeyPurpose.BIOMETRIC)
        keys.create("a/pin/1", KeyPurpose.PIN_SLOT)
        keys.ready("a/bio/1")
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.hmac("a/bio/1", byteArrayOf(1)) })
        phone.person.enrolsAnother()
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.ready("a/bio/1") })
        keys.ready("a/pin/1")
        assertEquals(listOf("a/bio/1"), keys.aliases("a/bio/"), "it is still listed")
        phone.person.removesAll()
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.create("a/bio/2", KeyPurpose.BIOMETRIC) }, "nobody is known")
        phone.person.enrolsAnother()
        keys.create("a/bio/2", KeyPurpose.BIOMETRIC)
        keys.ready("a/bio/2")
    }

    @Test
    fun `nobody touches a sensor that asks for nothing`() {
        val person = FakePerson(patienceMs = 1)
        val acts = listOf(FakePerson::touches, FakePerson::someoneElseTouches, FakePerson::cancels)
        for (act in acts) assertThrows<IllegalStateException> { act(person) }
    }

    @Test
    fun `a touch without a prompt fails, and ends no lockout`() {
        val person = FakePerson(patienceMs = 1)
        repeat(4) {
            person.show(RecordingPrompt())
            repeat(5) { person.someoneElseTouches() }
            person.clock.advanceMs(30_000)
        }
        assertThrows<IllegalStateException> { person.touches() }
        assertEquals(BiometricEnd.LOCKED_OUT_FOR_GOOD, RecordingPrompt().also(person::show).end, "still locked")
        person.unlocksPhone()
        val prompt = RecordingPrompt().also(person::show)
        person.touches()
        assertTrue(prompt.isRecognised)
    }

    /** Records how a prompt ended. */
    private class RecordingPrompt : FakePerson.Prompt {
        var isRecognised = false
        var end: BiometricEnd? = null

        override fun recognised() {
            isRecognised = true
        }

        override fun notRecognised() = Unit

        override fun pinChosen() = Unit

        override fun ended(end: BiometricEnd) {
            this.end = end
        }
    }
}
