package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.util.Collections
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** Which backend opens locks and checks PINs. The other tests see no difference, and run once over each backend. */
class UnlockPathTest : LockTest() {
    private val isOverUniffi = System.getProperty("walletlock.unlock") == "uniffi"

    /** The classes on the stack when the clock was read. */
    private val callers: MutableSet<String> = Collections.synchronizedSet(mutableSetOf())
    private val watched = Clock {
        callers += Throwable().stackTrace.map { it.className }
        phone.clock.now()
    }

    private suspend fun backendOf(call: suspend () -> Unit): String {
        callers.clear()
        call()
        val overJni = "dev.walletlock.Phone" in callers
        val overUniffi = callers.any { it.startsWith("com.sun.jna.") }
        return listOfNotNull("jni".takeIf { overJni }, "uniffi".takeIf { overUniffi }).joinToString()
    }

    @Test
    fun `it is the backend that was asked for, whatever goes over uniffi besides`() = runTest {
        val backend = if (isOverUniffi) "uniffi" else "jni"
        lateinit var lock: WalletLock
        assertEquals(backend, backendOf { lock = open(platform = Platform(watched, phone.deviceKey)) })
        assertTrue("dev.walletlock.OverUniffi" in callers == isOverUniffi, "$callers")
        lock.use {
            // The platform is still called through the backend that opened the lock.
            assertEquals(backend, backendOf { lock.enrol() }.substringBefore(','))
            assertEquals(backend, backendOf { lock.refresh() })
            assertEquals(backend, backendOf { lock.verify(WRONG) })
            lateinit var session: Session
            assertEquals(backend, backendOf { session = lock.unlock() })
            assertEquals(backend, backendOf { assertTrue(session.isLive) })
            assertTrue(callers.any { it.startsWith("com.sun.jna.") } == isOverUniffi)
            session.vault.write("card-token", byteArrayOf(7))
            assertEquals(7, session.vault.read("card-token")?.single())
            assertTrue(session.isLive)
            session.close()
            assertFalse(session.isLive)
        }
    }

    @Test
    fun `a session that came with the first PIN is used both ways and freed`() = runTest {
        val lock = open()
        val session = pinOf(RIGHT).use { (lock.enrol(it) as Enrolment.Enrolled).session }
        assertTrue(session.isLive)
        session.vault.write("card-token", byteArrayOf(7))
        lock.lockNow()
        assertFalse(session.isLive)
        session.close()
        lock.close()
        // The new policy shows that the file was closed: while anyone has the file open, its policy stays.
        open(STRICT).use {
            it.unlock().close()
            assertEquals(STRICT.json, it.policy().json)
        }
    }

    @Test
    @Timeout(60)
    fun `a session that the app dropped is freed by itself`() = runBlocking {
        WalletLock.open(file, phone.platform).use { lock ->
            lock.enrol()
            lock.dropSession()
            // Only the garbage collector decides when.
            while (lock.openSessions > 0) {
                System.gc()
                lock.unlock().close()
            }
            lock.unlock().use { assertEquals(1, lock.openSessions) }
        }
    }

    @Test
    @Timeout(60)
    fun `a session is not freed while the app holds a part of it`() = runBlocking {
        WalletLock.open(file, phone.platform).use { lock ->
            lock.enrol()
            val vault = lock.unlock().vault
            lock.dropSession(openBefore = 1)
            // When the dropped session is freed, the garbage collector has run.
            while (lock.openSessions > 1) {
                System.gc()
                lock.unlock().close()
            }
            assertEquals(emptyList<String>(), vault.names())
        }
    }

    private suspend fun WalletLock.dropSession(openBefore: Int = 0) {
        unlock()
        assertEquals(openBefore + 1, openSessions)
    }
}
