package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** Biometrics from Kotlin: what each outcome looks like. */
@Timeout(60)
class BiometricsTest : LockTest() {
    private val person = phone.person

    private suspend fun openWithFinger(policy: Policy = Policy.DEFAULT): WalletLock =
        WalletLock.open(file, phone.platform, policy).also { lock ->
            lock.enrol()
            lock.enable()
        }

    private suspend fun WalletLock.enable() {
        person.willDo { touches() }
        unlock().use { assertEquals(BiometricChange.Done, it.access.enableBiometrics()) }
    }

    @Test
    fun `whether the phone can ask for a finger is told, whether one opens the wallet or not`() = runBlocking {
        WalletLock.open(file, phone.platform).use { lock ->
            assertEquals(SensorAvailability.READY, lock.sensorAvailability())
            person.removesAll()
            assertEquals(SensorAvailability.NONE_ENROLLED, lock.sensorAvailability())
            phone.biometrics.failure = IllegalStateException("an app's own part throws")
            assertEquals(SensorAvailability.BUSY, lock.sensorAvailability())
            phone.biometrics.failure = null
        }
        WalletLock.open(file, Platform(phone.clock, phone.deviceKey)).use { lock ->
            assertEquals(SensorAvailability.NOT_SUPPORTED, lock.sensorAvailability())
        }
    }

    @Test
    fun `a finger opens a session, which says so, reads, and asks for the PIN to change anything`() = runBlocking {
        openWithFinger().use { lock ->
            lock.unlock().use { it.vault.write("card-token", byteArrayOf(7)) }
            person.willDo {
                someoneElseTouches()
                touches()
            }
            (lock.verifyBiometrics() as BiometricOutcome.Unlocked).session.use { session ->
                assertTrue(session.isLive)
                assertEquals(1, lock.openSessions)
                assertEquals(AuthMethod.Biometrics, session.authMethod())
                assertEquals(7, session.vault.read("card-token")?.single())
                assertThrows<LockException.PinNeeded> { session.vault.write("card-token", byteArrayOf(8)) }
                assertThrows<LockException.PinNeeded> { session.vault.delete("card-token") }
                assertThrows<LockException.PinNeeded> { session.access.enableBiometrics() }
                assertThrows<LockException.PinNeeded> { session.access.disableBiometrics() }
            }
            assertEquals(0, lock.openSessions)
            lock.unlock().use { session ->
                assertEquals(AuthMethod.Pin, session.authMethod())
                assertTrue(session.access.disableBiometrics())
                assertFalse(session.access.disableBiometrics())
            }
        }
    }

    @Test
    fun `each denial is told beforehand, and by a prompt that is not shown`() = runBlocking {
        class Row(
            val reason: BiometricDenial?,
            val request: BiometricRequest = BiometricRequest.UNLOCK,
            val reach: suspend (WalletLock) -> Unit,
        )

        val table = listOf(
            Row(reason = null) { },
            Row(BiometricDenial.LOCKED) { lock -> repeat(2) { lock.verify(WRONG) } },
            Row(BiometricDenial.SWITCHED_OFF) { lock -> lock.unlock().use { it.access.disableBiometrics() } },
            Row(BiometricDenial.ENROLMENT_CHANGED) { lock ->
                person.enrolsAnother()
                assertEquals(BiometricOutcome.Ended(BiometricEnd.KEY_INVALIDATED), lock.verifyBiometrics())
            },
            Row(BiometricDenial.TOO_MANY_FAILURES) { lock ->
                person.willDo { repeat(5) { someoneElseTouches() } }
                assertEquals(BiometricOutcome.NotRecognised, lock.verifyBiometrics())
                person.unlocksPhone()
            },
            Row(BiometricDenial.FIRST_UNLOCK) { phone.clock.reboot() },
            Row(BiometricDenial.PIN_TOO_LONG_AGO) { phone.clock.advanceMs(72L * 3_600_000) },
            Row(BiometricDenial.RISK_RAISED, BiometricRequest(riskIsRaised = true)) { },
            Row(BiometricDenial.NO_HARDWARE) { person.sensorIs(SensorAvailability.NO_HARDWARE) },
            Row(BiometricDenial.BUSY) { person.sensorIs(SensorAvailability.BUSY) },
            Row(BiometricDenial.NOT_SUPPORTED) { person.sensorIs(SensorAvailability.NOT_SUPPORTED) },
            Row(BiometricDenial.NONE_ENROLLED) { person.removesAll() },
        )
        for ((number, row) in table.withIndex()) {
            WalletLock.open(File(folder, "$number.db"), phone.platform, STRICT).use { lock ->
                person.sensorIs(SensorAvailability.READY)
                lock.enrol()
                lock.enable()
                row.reach(lock)
                val expected = row.reason?.let { BiometricAvailability.Denied(it) } ?: BiometricAvailability.Available
                assertEquals(expected, lock.biometricAvailability(row.request))
                if (row.reason == null) return@use
                assertEquals(BiometricOutcome.Denied(row.reason), lock.verifyBiometrics(row.request))
            }
        }
    }

    @Test
    fun `a changed PIN says whether a finger opens the wallet, and can switch that off`() = runBlocking {
        openWithFinger().use { lock ->
            lock.unlock().use { session ->
                assertEquals(PinChange.Changed(biometricsOn = true), session.change(RIGHT, "902746"))
                val changed = pinOf("902746").use { old ->
                    pinOf("713859").use { session.access.changePin(old, it, keepsBiometrics = false) }
                }
                assertEquals(PinChange.Changed(biometricsOn = false), changed)
            }
            val off = BiometricAvailability.Denied(BiometricDenial.SWITCHED_OFF)
            assertEquals(off, lock.biometricAvailability())
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `how a prompt ended is told`(end: BiometricEnd) = runBlocking {
        openWithFinger().use { lock ->
            person.willDo { promptEnds(end) }
            assertEquals(BiometricOutcome.Ended(end), lock.verifyBiometrics())
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh(), "the PIN has nothing to do with it")
            person.willDo { promptEnds(end) }
            lock.unlock().use { assertEquals(BiometricOutcome.Ended(end), it.access.enableBiometrics()) }
        }
    }

    @Test
    fun `each line of the journal and each event has its kind`() = runBlocking {
        val expected = listOf(
            JournalKind.BIOMETRICS_ON,
            JournalKind.BIOMETRICS_ASKED,
            JournalKind.BIOMETRICS_NOT_RECOGNISED,
            JournalKind.BIOMETRICS_RIGHT,
            JournalKind.BIOMETRICS_ASKED,
            JournalKind.BIOMETRICS_ENDED,
            JournalKind.BIOMETRICS_REFUSED,
            JournalKind.BIOMETRICS_OFF,
        )
        val heard = mutableListOf<JournalKind>()
        WalletLock.open(file, phone.platform).use { lock ->
            val hearing = launch(Dispatchers.Unconfined) { lock.events.collect { heard += it.kind } }
            lock.enrol()
            lock.enable()
            person.willDo {
                someoneElseTouches()
                touches()
            }
            (lock.verifyBiometrics() as BiometricOutcome.Unlocked).session.close()
            person.willDo { choosesPin() }
            lock.verifyBiometrics()
            lock.verifyBiometrics(BiometricRequest(riskIsRaised = true))
            lock.unlock().use { session ->
                session.access.disableBiometrics()
                val written = session.journal.page(JournalQuery(limit = 200)).entries.mapNotNull { it.kind }.reversed()
                assertEquals(expected, written.filter { "BIOMETRICS" in it.name })
            }
            hearing.cancel()
        }
        assertEquals(expected, heard.filter { "BIOMETRICS" in it.name })
    }

    @Test
    fun `without a prompt there are none`() = runBlocking {
        WalletLock.open(file, Platform(phone.clock, phone.deviceKey)).use { lock ->
            lock.enrol()
            assertEquals(BiometricAvailability.Denied(BiometricDenial.SWITCHED_OFF), lock.biometricAvailability())
            lock.unlock().use { session ->
                assertEquals(BiometricOutcome.Denied(BiometricDenial.NOT_SUPPORTED), session.access.enableBiometrics())
            }
            lock.cancelBiometrics()
        }
    }
}
