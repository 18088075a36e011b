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

/** Which way locks are opened and PINs are checked. The other tests cannot tell, and run once over each. */
class UnlockPathTest : LockTest() {
    private val isOverUniffi = System.getProperty("walletlock.unlock") == "uniffi"

    /** The classes that led to a call of the clock. */
    private val callers: MutableSet<String> = Collections.synchronizedSet(mutableSetOf())
    private val watched = Clock {
        callers += Throwable().stackTrace.map { it.className }
        phone.clock.now()
    }

    private suspend fun wayOf(call: suspend () -> Unit): String {
        callers.clear()
        call()
        val overJni = "dev.walletlock.Phone" in callers
        val overUniffi = callers.any { it.startsWith("com.sun.jna.") }
        return listOfNotNull("jni".takeIf { overJni }, "uniffi".takeIf { overUniffi }).joinToString()
    }

    @Test
    fun `it is the way that was asked for, whatever goes over uniffi besides`() = runTest {
        val way = if (isOverUniffi) "uniffi" else "jni"
        lateinit var lock: WalletLock
        assertEquals(way, wayOf { lock = open(platform = Platform(watched, phone.deviceKey)) })
        assertTrue("dev.walletlock.OverUniffi" in callers == isOverUniffi, "$callers")
        lock.use {
            // The platform's parts stay those of the way that the lock was opened.
            assertEquals(way, wayOf { lock.enrol() }.substringBefore(','))
            assertEquals(way, wayOf { lock.refresh() })
            assertEquals(way, wayOf { lock.verify(WRONG) })
            lateinit var session: Session
            assertEquals(way, wayOf { session = lock.unlock() })
            assertEquals(way, wayOf { assertTrue(session.isLive) })
            assertTrue(callers.any { it.startsWith("com.sun.jna.") } == isOverUniffi)
            session.write("card-token", byteArrayOf(7))
            assertEquals(7, session.read("card-token")?.single())
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
        session.write("card-token", byteArrayOf(7))
        lock.lockNow()
        assertFalse(session.isLive)
        session.close()
        lock.close()
        // Another policy would not be taken while anyone had it open.
        open(STRICT).use {
            it.unlock().close()
            assertEquals(STRICT.json, it.policy().json)
        }
    }

    @Test
    @Timeout(60)
    fun `a session that the app has lost is freed by itself`() = runBlocking {
        WalletLock.open(file, phone.platform).use { lock ->
            lock.enrol()
            lock.loseSession()
            // The collector says when; nothing else can.
            while (lock.openSessions > 0) {
                System.gc()
                lock.unlock().close()
            }
            lock.unlock().use { assertEquals(1, lock.openSessions) }
        }
    }

    private suspend fun WalletLock.loseSession() {
        unlock()
        assertEquals(1, openSessions)
    }
}
