package dev.walletlock

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.EnumSource

/** A finger, from Kotlin: what each outcome is there. */
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
        unlock().use { assertEquals(BiometricChange.Done, it.enableBiometrics()) }
    }

    @Test
    fun `a finger opens the wallet to be read, and what changes it needs the PIN`() = runBlocking {
        WalletLock.open(file, phone.platform).use { lock ->
            assertEquals(NoBiometrics.SWITCHED_OFF, lock.whyNoBiometrics())
            assertEquals(BiometricOutcome.NotNow(NoBiometrics.SWITCHED_OFF), lock.verifyBiometrics())
            lock.enrol()
            lock.enable()
            lock.unlock().use { it.write("card-token", byteArrayOf(7)) }
            assertNull(lock.whyNoBiometrics())
            person.willDo {
                someoneElseTouches()
                touches()
            }
            (lock.verifyBiometrics() as BiometricOutcome.Unlocked).session.use { session ->
                assertTrue(session.isLive)
                assertEquals(1, lock.openSessions)
                assertEquals(Means.Biometrics(payment = null), session.means())
                assertEquals(7, session.read("card-token")?.single())
                assertThrows<LockException.PinNeeded> { session.write("card-token", byteArrayOf(8)) }
                assertThrows<LockException.PinNeeded> { session.delete("card-token") }
                assertThrows<LockException.PinNeeded> { session.enableBiometrics() }
                assertThrows<LockException.PinNeeded> { session.disableBiometrics() }
            }
            assertEquals(0, lock.openSessions)
            lock.unlock().use { session ->
                assertEquals(Means.Pin, session.means())
                assertTrue(session.disableBiometrics())
                assertFalse(session.disableBiometrics())
            }
            assertEquals(NoBiometrics.SWITCHED_OFF, lock.whyNoBiometrics())
        }
    }

    @Test
    fun `they open what is opened again, and not after a restart of the phone`() = runBlocking {
        openWithFinger().close()
        WalletLock.open(file, phone.platform).use { lock ->
            person.willDo { touches() }
            (lock.verifyBiometrics() as BiometricOutcome.Unlocked).session.close()
            phone.clock.reboot()
            assertEquals(BiometricOutcome.NotNow(NoBiometrics.FIRST_UNLOCK), lock.verifyBiometrics())
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `how a prompt ended is told`(end: BiometricEnd) = runBlocking {
        openWithFinger().use { lock ->
            person.willDo { promptEnds(end) }
            assertEquals(BiometricOutcome.Ended(end), lock.verifyBiometrics())
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh(), "the PIN has nothing to do with it")
            val isOff = end == BiometricEnd.KEY_INVALIDATED
            assertEquals(NoBiometrics.ENROLMENT_CHANGED.takeIf { isOff }, lock.whyNoBiometrics())
            person.willDo { promptEnds(end) }
            lock.unlock().use { assertEquals(BiometricOutcome.Ended(end), it.enableBiometrics()) }
        }
    }

    @ParameterizedTest
    @CsvSource("NO_HARDWARE, NO_HARDWARE", "BUSY, BUSY", "NOT_SUPPORTED, NOT_SUPPORTED")
    fun `what the sensor says is told`(sensor: BiometricAvailability, reason: NoBiometrics) = runBlocking {
        openWithFinger().use { lock ->
            person.sensorIs(sensor)
            assertEquals(reason, lock.whyNoBiometrics())
            assertEquals(BiometricOutcome.NotNow(reason), lock.verifyBiometrics())
            lock.unlock().use { assertEquals(BiometricOutcome.NotNow(reason), it.enableBiometrics()) }
            person.sensorIs(BiometricAvailability.READY)
            assertNull(lock.whyNoBiometrics())
            person.removesAll()
            assertEquals(NoBiometrics.NONE_ENROLLED, lock.whyNoBiometrics())
        }
    }

    @Test
    fun `who is not recognised enters the PIN`() = runBlocking {
        openWithFinger().use { lock ->
            person.willDo { repeat(5) { someoneElseTouches() } }
            assertEquals(BiometricOutcome.NotRecognised, lock.verifyBiometrics())
            assertEquals(NoBiometrics.TOO_MANY_FAILURES, lock.whyNoBiometrics())
            assertEquals(BiometricOutcome.NotNow(NoBiometrics.TOO_MANY_FAILURES), lock.verifyBiometrics())
            lock.unlock().close()
            assertNull(lock.whyNoBiometrics())
        }
    }

    @Test
    fun `another finger on the phone switches them off, and the PIN stays`() = runBlocking {
        openWithFinger().use { lock ->
            person.enrolsAnother()
            assertEquals(BiometricOutcome.Ended(BiometricEnd.KEY_INVALIDATED), lock.verifyBiometrics())
            assertEquals(BiometricOutcome.NotNow(NoBiometrics.ENROLMENT_CHANGED), lock.verifyBiometrics())
            lock.enable()
            assertNull(lock.whyNoBiometrics())
        }
    }

    @Test
    fun `the prompt says what is paid, and the session that it was confirmed`() = runBlocking {
        val policy = Policy.json(
            """{ "biometric": { "budgets": [{ "currency": "EUR", "per_payment_minor": 5000, "in_all_minor": 8000 }] } }""",
        )
        openWithFinger(policy).use { lock ->
            fun pay(minor: Long, currency: String = "EUR", payee: String = "Bakery", riskIsRaised: Boolean = false) =
                BiometricRequest(Payment(Money(minor, currency), payee), riskIsRaised)

            val seen = mutableListOf<BiometricPurpose?>()
            person.willDo {
                seen += phone.biometrics.shown?.purpose
                touches()
            }
            (lock.verifyBiometrics(pay(4_000)) as BiometricOutcome.Unlocked).session.use { session ->
                assertEquals(Means.Biometrics(Payment(Money(4_000, "EUR"), "Bakery")), session.means())
            }
            assertEquals(listOf<BiometricPurpose?>(BiometricPurpose.Pay(Money(4_000, "EUR"), "Bakery")), seen)
            assertEquals(NoBiometrics.OVER_BUDGET, lock.whyNoBiometrics(pay(4_001)))
            assertEquals(NoBiometrics.RISK_RAISED, lock.whyNoBiometrics(pay(1, riskIsRaised = true)))
            assertEquals(BiometricOutcome.NotNow(NoBiometrics.OVER_BUDGET), lock.verifyBiometrics(pay(1, "JPY")))
            for ((request, what) in listOf(
                pay(-1) to "amount",
                pay(Long.MAX_VALUE) to "amount",
                pay(1, currency = "eur") to "currency",
                pay(1, currency = "\ud800") to "currency",
                pay(1, payee = "") to "payee",
                pay(1, payee = "a\u202eb") to "payee",
                pay(1, payee = "a\ud800b") to "payee",
            )) {
                assertEquals(what, assertThrows<LockException.Invalid> { lock.whyNoBiometrics(request) }.what)
                assertEquals(what, assertThrows<LockException.Invalid> { lock.verifyBiometrics(request) }.what)
            }
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
                session.disableBiometrics()
                val written = session.journal(JournalQuery(limit = 200)).entries.mapNotNull { it.kind }.reversed()
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
            assertEquals(NoBiometrics.SWITCHED_OFF, lock.whyNoBiometrics())
            lock.unlock().use { session ->
                assertEquals(BiometricOutcome.NotNow(NoBiometrics.NOT_SUPPORTED), session.enableBiometrics())
            }
            lock.cancelBiometrics()
        }
    }

    @Test
    fun `what prints says neither whom nor how much`() = runBlocking {
        val payment = Payment(Money(835_179, "EUR"), "Bakery")
        val request = BiometricRequest(payment)
        val printed = listOf(payment, request, Means.Biometrics(payment), BiometricRequest.UNLOCK).joinToString("\n")
        assertEquals(emptyList<String>(), listOf("835179", "EUR", "Bakery").filter { it in printed }, printed)
    }
}
