package dev.walletlock.android

import android.provider.Settings
import dev.walletlock.ClockReading
import dev.walletlock.DeviceKeyFault
import dev.walletlock.Enrolment
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.Platform
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** The native code on Android's own classes, with a fake of the phone's keystore. */
@RunWith(RobolectricTestRunner::class)
class PhoneTest {
    @get:Rule
    val inKeystore = InKeystore()

    private val keystore = inKeystore.keystore

    private val app = RuntimeEnvironment.getApplication()
    private val file = File(app.noBackupFilesDir, "wallet.db")

    @Test
    fun `a PIN is set, missed and met`(): Unit = runBlocking {
        start(boot = 7)
        enrolled { lock ->
            assertTrue(lock.verify(WRONG) is PinOutcome.Wrong)
            assertTrue(lock.verify(RIGHT) is PinOutcome.Right)
        }
        assertEquals("none of ours went to a StrongBox", 0, keystore.keys.values.count { it.isInStrongBox })
        assertEquals("the PIN's key", 1, keystore.keys.values.count { it.isUnlockedDeviceRequired })
        assertEquals("the seal's, too", 2, keystore.keys.size)
    }

    @Test
    fun `a StrongBox is taken where there is one`(): Unit = runBlocking {
        start(boot = 7)
        keystore.hasStrongBox = true
        enrolled { lock -> assertTrue(lock.verify(RIGHT) is PinOutcome.Right) }
        assertEquals("the PIN's; the seal's is made at each try", 1, keystore.keys.values.count { it.isInStrongBox })
    }

    @Test
    fun `behind a locked screen there is no verdict, and no try is lost`(): Unit = runBlocking {
        start(boot = 7)
        enrolled { lock ->
            keystore.isPhoneLocked = true
            val outcome = lock.verify(RIGHT) as PinOutcome.NoVerdict
            assertEquals(DeviceKeyFault.BUSY, (outcome.cause as NoVerdictCause.DeviceKey).fault)
            keystore.isPhoneLocked = false
            assertTrue(lock.verify(RIGHT) is PinOutcome.Right)
        }
    }

    @Test
    fun `the keystore signs requests to the provider, behind a locked screen too`(): Unit = runBlocking {
        start(boot = 7)
        val provider = FakeProvider({ ClockReading(bootCount = 7, sinceBootMs = 0, wallMs = System.currentTimeMillis()) })
        enrolled(provider.policy()) { lock ->
            keystore.isPhoneLocked = true
            val registered = lock.provider.redeem(provider.answer(lock.provider.register()).word)
            assertEquals(WordOutcome.Done(WordDone.REGISTERED), registered)
            val locked = lock.provider.accept(provider.accounts.single().lock())
            assertEquals(WordOutcome.Done(WordDone.LOCKED), locked)
            assertEquals(LockReason.LOST_OR_STOLEN, (lock.status.value as LockStatus.Locked).reason)
        }
        assertEquals("EC", keystore.keys.values.single { it.algorithm != "HmacSHA256" }.algorithm)
    }

    @Test
    fun `a phone without a keystore says so`(): Unit = runBlocking {
        start(boot = 7)
        keystore.close()
        open().use { lock ->
            val outcome = lock.verify(RIGHT) as PinOutcome.NoVerdict
            assertEquals(DeviceKeyFault.NO_HARDWARE, (outcome.cause as NoVerdictCause.DeviceKey).fault)
        }
    }

    private fun start(boot: Int) {
        assertTrue(Settings.Global.putInt(app.contentResolver, Settings.Global.BOOT_COUNT, boot))
    }

    private suspend fun open(policy: Policy = Policy.DEFAULT) = WalletLock.open(file, Platform.android(app), policy)

    private suspend fun enrolled(policy: Policy = Policy.DEFAULT, use: suspend (WalletLock) -> Unit) = open(policy).use { lock ->
        pinOf(RIGHT).use { (lock.enrol(it) as Enrolment.Enrolled).session.close() }
        use(lock)
    }

    private suspend fun WalletLock.verify(digits: String): PinOutcome = pinOf(digits).use { verifyPin(it) }

    private companion object {
        const val RIGHT = "835179"
        const val WRONG = "264830"
    }
}
