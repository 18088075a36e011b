package dev.walletlock.android

import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** The real lock together with Android's classes. Robolectric's runner loads our classes with its own class loader. */
@RunWith(RobolectricTestRunner::class)
class LockTest {
    private val file = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "wallet.db")

    @Test
    fun `a PIN is set, missed and met`(): Unit = runBlocking {
        WalletLock.open(file, FakePhone().platform).use { lock ->
            assertEquals(LockStatus.Unconfigured, lock.status.value)
            pinOf("835179").use { (lock.enrol(it) as Enrolment.Enrolled).session.close() }
            assertTrue(pinOf("264830").use { lock.verifyPin(it) } is PinOutcome.Wrong)
            assertTrue(pinOf("835179").use { lock.verifyPin(it) } is PinOutcome.Right)
        }
    }
}
