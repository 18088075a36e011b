package com.example.wallet

import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.Enrolment
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.cancel
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The real lock, on a phone whose clock and keystore the test controls. */
@OptIn(ExperimentalCoroutinesApi::class)
class PinScreenTest {
    @TempDir
    lateinit var folder: File

    private val phone = FakePhone()
    private val cardsRead = mutableListOf<String?>()

    @BeforeEach
    fun `someone chose a PIN and keeps a card`() = runTest {
        openLock().use { lock ->
            val enrolment = pinOf("835179").use { lock.enrol(it) } as Enrolment.Enrolled
            enrolment.session.use { it.vault.write("card", "4929 1234".toByteArray()) }
        }
    }

    @Test
    fun `the right PIN opens the wallet`() = runTest {
        onScreen { screen ->
            assertEquals("Enter your PIN.", screen.text.value)
            screen.type("8352")
            screen.onBackspace()
            screen.type("179")
            assertEquals(6, screen.dots)
            screen.onDone()
            assertEquals(listOf("4929 1234"), cardsRead)
            assertEquals(0, screen.dots, "the digits are gone")
        }
    }

    @Test
    fun `wrong PINs are counted, then one has to wait`() = runTest {
        onScreen { screen ->
            screen.enter("264830")
            assertEquals("Wrong PIN. 15 tries left.", screen.text.value)
            screen.enter("264831", "264832", "264833", "264834")
            assertEquals("Please wait 0:30.", screen.text.value)
            pass(18_000)
            assertEquals("Please wait 0:12.", screen.text.value)
            screen.enter("835179")
            assertEquals(emptyList<String>(), cardsRead, "the right PIN does not help before")
            pass(12_000)
            assertEquals("Enter your PIN.", screen.text.value)
            screen.enter("835179")
            assertEquals(listOf("4929 1234"), cardsRead)
        }
    }

    @Test
    fun `restarting the phone ends no wait, and what it has been on since counts`() = runTest {
        onScreen { screen ->
            screen.enter("264830", "264831", "264832", "264833", "264834")
            assertEquals("Please wait 0:30.", screen.text.value)
        }
        phone.clock.reboot(offMs = 3_600_000)
        // The fake phone comes up ten seconds after its start, which proves ten seconds. How long it was off proves nothing.
        onScreen { screen -> assertEquals("Please wait 0:20.", screen.text.value) }
    }

    @Test
    fun `a keystore that does not answer costs no try`() = runTest {
        onScreen { screen ->
            phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
            screen.enter("835179")
            assertEquals("That did not work. Please try again later.", screen.text.value)
            phone.deviceKey.failure = null
            phone.deviceKey.isPhoneLocked = true
            screen.enter("835179")
            assertEquals("That did not work. Please try again later.", screen.text.value)
            phone.deviceKey.isPhoneLocked = false
            screen.enter("264830")
            assertEquals("Wrong PIN. 15 tries left.", screen.text.value)
        }
    }

    @Test
    fun `on another phone a copy of the wallet stays closed`() = runTest {
        phone.deviceKey.loseAll()
        onScreen { screen ->
            screen.enter("835179")
            assertEquals("This wallet is damaged, or not this phone's.", screen.text.value)
            assertEquals(emptyList<String>(), cardsRead)
        }
    }

    /** Starts the app, shows the screen, and ends the app. */
    private suspend fun TestScope.onScreen(use: suspend (PinScreen) -> Unit) = openLock().use { lock ->
        val scope = CoroutineScope(UnconfinedTestDispatcher(testScheduler))
        PinScreen(lock, scope, ::readCard).use { use(it) }
        scope.cancel()
    }

    /** A lock that does its work at once, on the test's own thread and in the test's virtual time. */
    private suspend fun TestScope.openLock(): WalletLock =
        WalletLock.open(File(folder, "wallet.db"), phone.platform, dispatcher = UnconfinedTestDispatcher(testScheduler))

    /** Lets time pass on the phone's clock and in the test's virtual time alike. */
    private fun TestScope.pass(ms: Long) {
        phone.clock.advanceMs(ms)
        advanceTimeBy(ms)
        runCurrent()
    }

    private suspend fun readCard(session: Session) {
        cardsRead += session.vault.read("card")?.decodeToString()
    }

    private fun PinScreen.type(digits: String) = digits.forEach { onDigit(it.digitToInt()) }

    private suspend fun PinScreen.enter(vararg pins: String) {
        for (pin in pins) {
            type(pin)
            onDone()
        }
    }
}
