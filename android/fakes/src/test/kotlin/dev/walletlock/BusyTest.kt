package dev.walletlock

import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The status `Busy`, which is neither damage nor a wallet without a PIN; and `recheck`. */
class BusyTest : LockTest() {
    @Test
    fun `while the first PIN is being set the wallet is busy`() {
        val seen = mutableListOf<LockStatus>()
        var lock: WalletLock? = null
        val key = object : DeviceKey by phone.deviceKey {
            override fun create(alias: String, purpose: KeyPurpose) {
                lock?.let { seen += runBlocking { it.refresh() } }
                phone.deviceKey.create(alias, purpose)
            }
        }
        runBlocking {
            WalletLock.open(file, Platform(phone.clock, key)).use {
                lock = it
                it.enrol()
                lock = null
                assertEquals(LockStatus.Busy, seen.first())
                assertEquals(LockStatus.Ready(triesLeft = 16), it.status.value)
            }
        }
    }

    @Test
    fun `damage can be looked at again, first of all`() = runTest {
        openEnrolled(STRICT).close()
        phone.deviceKey.loseAll()
        open(STRICT).use { lock ->
            val damaged = LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, listOf(Remedy.CheckAgain) + CONTACTS)
            assertEquals(damaged, lock.status.value)
            assertEquals(damaged, lock.recheck(), "what is gone stays gone")
        }
    }

    @Test
    fun `a keystore that fails without a word denies the keys that it has`() {
        val alias = "wallet.db/seal/1"
        phone.deviceKey.create(alias, KeyPurpose.SEAL)
        assertTrue(phone.deviceKey.exists(alias))
        assertFalse(phone.deviceKey.exists("wallet.db/seal/2"))
        phone.deviceKey.isSilentlyEmpty = true
        assertFalse(phone.deviceKey.exists(alias))
        assertEquals(emptyList<String>(), phone.deviceKey.aliases(""))
        assertEquals(3, phone.deviceKey.calls.exists)
    }
}
