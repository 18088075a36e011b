package dev.walletlock

import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

/** Prompts that are called off, answered too late or wrongly, or claim success without the key, and prompts of a closed lock. */
@Timeout(60)
class PromptsTest : LockTest() {
    private val prompter = Prompter()
    private val platform = Platform(phone.clock, phone.deviceKey, biometrics = prompter)

    private suspend fun openWithFinger(): WalletLock = WalletLock.open(file, platform).also { lock ->
        lock.enrol()
        prompter.answered({ it.touches() }) {
            lock.unlock().use { assertEquals(BiometricChange.Done, it.access.enableBiometrics()) }
        }
    }

    /** During [block], every prompt is answered by [how] within `show`, on its thread. */
    private suspend fun <T> Prompter.answered(how: (Prompter.Shown) -> Unit, block: suspend () -> T): T {
        onShow = how
        return try {
            block()
        } finally {
            onShow = { shown.put(it) }
        }
    }

    private suspend fun WalletLock.touched() =
        prompter.answered({ it.touches() }) { (verifyBiometrics() as BiometricOutcome.Unlocked).session.close() }

    private fun CoroutineScope.verifying(lock: WalletLock): Deferred<BiometricOutcome> =
        async(Dispatchers.Default) { lock.verifyBiometrics() }

    private val cancelled = BiometricOutcome.Ended(BiometricEnd.CANCELLED_BY_SYSTEM)
    private val noVerdict = BiometricOutcome.Ended(BiometricEnd.NO_VERDICT)

    @Test
    fun `a caller that is cancelled takes the prompt away, and what comes too late is wiped`() = runBlocking {
        openWithFinger().use { lock ->
            val before = prompter.dismissals.availablePermits()
            val caller = verifying(lock)
            val shown = prompter.shown.take()
            caller.cancelAndJoin()
            assertEquals(before + 1, prompter.dismissals.availablePermits())
            val late = shown.output()
            shown.answer.notRecognised()
            shown.answer.authenticated(late)
            shown.answer.ended(BiometricEnd.CANCELLED_BY_SYSTEM)
            assertTrue(late.isZero)
            assertEquals(0, lock.openSessions)
            lock.touched()
        }
    }

    @Test
    fun `a caller that is cancelled before the prompt is shown does not see one`() = runBlocking {
        openWithFinger().use { lock ->
            val caller = CompletableDeferred<Job>()
            prompter.onAvailability = { runBlocking { caller.await().cancel() } }
            prompter.onShow = { error("nobody is there to answer it") }
            caller.complete(launch(Dispatchers.Default) { lock.verifyBiometrics() })
            caller.await().join()
            assertTrue(caller.await().isCancelled)
            prompter.onAvailability = {}
            lock.unlock().use { session ->
                val line = session.journal.page(JournalQuery(kinds = setOf(JournalKind.BIOMETRICS_ENDED))).entries.single()
                assertEquals("cancelled by the system", line.details?.get("how"))
            }
            lock.touched()
        }
    }

    @Test
    fun `a session that nobody waits for any more is closed`() = runBlocking {
        openWithFinger().use { lock ->
            val caller = CompletableDeferred<Job>()
            val hearing = launch(Dispatchers.Unconfined) {
                lock.events.collect { if (it.kind == JournalKind.BIOMETRICS_RIGHT) caller.await().cancel() }
            }
            caller.complete(launch(Dispatchers.Default) { lock.verifyBiometrics() })
            prompter.shown.take().touches()
            caller.await().join()
            hearing.cancel()
            assertTrue(caller.await().isCancelled)
            assertEquals(0, lock.openSessions)
        }
    }

    @Test
    fun `the app may call a prompt off, also that of switching on`() = runBlocking {
        openWithFinger().use { lock ->
            val caller = verifying(lock)
            prompter.shown.take()
            lock.cancelBiometrics()
            assertEquals(cancelled, caller.await())
            lock.unlock().use { session ->
                val enabling = async(Dispatchers.Default) { session.access.enableBiometrics() }
                prompter.shown.take()
                lock.cancelBiometrics()
                assertEquals(cancelled, enabling.await())
            }
            lock.touched()
        }
    }

    @Test
    fun `closing the lock takes its prompt away without waiting, and a callback after that is harmless`() = runBlocking {
        val lock = openWithFinger()
        val caller = verifying(lock)
        val shown = prompter.shown.take()
        lock.close()
        assertEquals(cancelled, caller.await())
        val late = shown.output()
        shown.answer.authenticated(late)
        shown.answer.notRecognised()
        shown.answer.ended(BiometricEnd.TIMED_OUT)
        assertTrue(late.isZero)
        assertThrows<LockException.Closed> { lock.verifyBiometrics() }
        lock.cancelBiometrics()
        WalletLock.open(file, platform).use { it.touched() }
    }

    @Test
    fun `while one prompt is shown there is no second, and it is nobody else's to take away`() = runBlocking {
        openWithFinger().use { lock ->
            val caller = verifying(lock)
            val shown = prompter.shown.take()
            val tryAgain = BiometricOutcome.NoVerdict(NoVerdictCause.TryAgain)
            assertEquals(tryAgain, lock.verifyBiometrics())
            WalletLock.open(file, platform).use { other ->
                assertEquals(tryAgain, other.verifyBiometrics())
                other.unlock().use { assertEquals(tryAgain, it.access.enableBiometrics()) }
                other.cancelBiometrics()
            }
            assertTrue(caller.isActive)
            shown.touches()
            (caller.await() as BiometricOutcome.Unlocked).session.close()
        }
    }

    @Test
    fun `a call whose prompt has ended does not take away the prompt of the next call`() = runBlocking {
        openWithFinger().close()
        val wasAnswered = AtomicBoolean()
        val returning = CountDownLatch(1)
        val mayReturn = CountDownLatch(1)
        val clock = Clock {
            // Waits only after the native call has ended, when the lock reads the status before it returns to the caller.
            val frames = Throwable().stackTrace.map { it.methodName }
            val isReturning = "tryRefresh" in frames && "onEvent" !in frames && "verifyBiometrics" !in frames
            if (isReturning && wasAnswered.get()) {
                returning.countDown()
                mayReturn.await()
            }
            phone.clock.now()
        }
        WalletLock.open(file, Platform(clock, phone.deviceKey, biometrics = prompter)).use { lock ->
            WalletLock.open(file, platform).use { other ->
                val session = other.unlock()
                val caller = verifying(lock)
                val first = prompter.shown.take()
                wasAnswered.set(true)
                first.answer.ended(BiometricEnd.CANCELLED_BY_PERSON)
                returning.await()
                wasAnswered.set(false)
                val enabling = async(Dispatchers.Default) { session.access.enableBiometrics() }
                try {
                    val second = prompter.shown.take()
                    caller.cancel()
                    second.touches()
                } finally {
                    mayReturn.countDown()
                }
                assertEquals(BiometricChange.Done, enabling.await())
                caller.join()
                session.close()
            }
        }
    }

    @Test
    fun `a prompt takes no thread from the lock's other calls`() = runBlocking {
        openWithFinger().close()
        WalletLock.open(file, platform, dispatcher = Dispatchers.IO.limitedParallelism(1)).use { lock ->
            val caller = verifying(lock)
            val shown = prompter.shown.take()
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh())
            assertEquals(BiometricAvailability.Available, lock.biometricAvailability())
            lock.unlock().close()
            thread { shown.touches() }.join()
            (caller.await() as BiometricOutcome.Unlocked).session.close()
        }
    }

    @ParameterizedTest
    @MethodSource("dev.walletlock.PlatformFaultsTest#throwables")
    fun `whatever the prompt throws, the wallet stays closed and the process lives`(what: Throwable) = runBlocking {
        openWithFinger().use { lock ->
            lateinit var seen: Prompter.Shown
            val throwing: (Prompter.Shown) -> Unit = {
                seen = it
                throw what
            }
            assertEquals(noVerdict, prompter.answered(throwing) { lock.verifyBiometrics() })
            assertTrue(seen.prompt.input.all { it == 0.toByte() })
            val late = seen.output()
            seen.answer.authenticated(late)
            assertTrue(late.isZero)
            prompter.onAvailability = { throw what }
            assertEquals(BiometricOutcome.NoVerdict(NoVerdictCause.Platform), lock.verifyBiometrics())
            assertThrows<LockException.Platform> { lock.biometricAvailability() }
            prompter.onAvailability = {}
            prompter.onDismiss = { throw what }
            val caller = verifying(lock)
            prompter.shown.take()
            lock.cancelBiometrics()
            assertEquals(cancelled, caller.await())
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh())
            lock.touched()
        }
    }

    @Test
    fun `an answer that is lost ends the prompt once the collector has seen it`() = runBlocking {
        openWithFinger().use { lock ->
            val lost = CountDownLatch(1)
            prompter.onShow = { lost.countDown() }
            val caller = verifying(lock)
            lost.await()
            // Only the garbage collector decides when.
            while (caller.isActive) {
                System.gc()
                PinEntry().close()
            }
            assertEquals(noVerdict, caller.await())
        }
    }

    @Test
    fun `an output is taken from a direct buffer between its position and its limit, and wiped there`() = runBlocking {
        openWithFinger().use { lock ->
            val around = ByteBuffer.allocateDirect(100)
            repeat(100) { around.put(it, 1) }
            val slice = around.duplicate().position(3).slice()
            val outcome = prompter.answered({ shown ->
                slice.position(10).limit(42)
                slice.duplicate().put(shown.output())
                shown.answer.authenticated(slice)
                // A second answer, and an end after it, are ignored.
                shown.answer.authenticated(shown.output())
                shown.answer.ended(BiometricEnd.TIMED_OUT)
            }) { lock.verifyBiometrics() }
            (outcome as BiometricOutcome.Unlocked).session.close()
            assertEquals(10 to 42, slice.position() to slice.limit())
            assertEquals((0 until 100).map { if (it in 13..44) 0 else 1 }, (0 until 100).map { around.get(it).toInt() })
        }
    }

    @Test
    fun `an output that comes in another way is no verdict, and wiped all the same`() = runBlocking {
        openWithFinger().use { lock ->
            val heap: (ByteBuffer) -> ByteBuffer = { ByteBuffer.allocate(32).put(it).flip() }
            val long: (ByteBuffer) -> ByteBuffer = { ByteBuffer.allocateDirect(61).put(it).rewind() }
            for (other in listOf(heap, long)) {
                lateinit var output: ByteBuffer
                val outcome = prompter.answered({ shown ->
                    output = other(shown.output())
                    shown.answer.authenticated(output)
                }) { lock.verifyBiometrics() }
                assertEquals(noVerdict, outcome)
                assertTrue(output.isZero)
            }
            val readOnly: (Prompter.Shown) -> Unit = { it.answer.authenticated(it.output().asReadOnlyBuffer()) }
            assertEquals(noVerdict, prompter.answered(readOnly) { lock.verifyBiometrics() })
            lock.touched()
        }
    }

    @Test
    fun `whoever says 'recognised' without the key has nothing, and is counted`() = runBlocking {
        openWithFinger().use { lock ->
            val hooks = listOf<(Prompter.Shown) -> ByteArray>(
                { ByteArray(32) { 7 } },
                { it.prompt.input },
                { ByteArray(0) },
                { ByteArray(31) },
                { shown -> ByteArray(32) { shown.output().get(it) }.also { it[0] = (it[0] + 1).toByte() } },
            )
            for (hook in hooks) {
                lateinit var said: ByteBuffer
                val outcome = prompter.answered({ shown ->
                    val bytes = hook(shown)
                    said = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip()
                    shown.answer.authenticated(said)
                }) { lock.verifyBiometrics() }
                assertEquals(BiometricOutcome.NotRecognised, outcome)
                assertTrue(said.isZero)
                assertEquals(0, lock.openSessions)
            }
            assertEquals(BiometricOutcome.Denied(BiometricDenial.TOO_MANY_FAILURES), lock.verifyBiometrics())
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh(), "the PIN's tries are untouched")
        }
    }

    @Test
    fun `what the key is given is wiped when the call is over`() = runBlocking {
        val inputs = mutableListOf<ByteArray>()
        openWithFinger().use { lock ->
            suspend fun verifyWith(how: (Prompter.Shown) -> Unit) = prompter.answered({ shown ->
                inputs += shown.prompt.input
                assertFalse(shown.prompt.input.all { it == 0.toByte() })
                how(shown)
            }) { lock.verifyBiometrics() }
            (verifyWith { it.touches() } as BiometricOutcome.Unlocked).session.close()
            verifyWith { it.answer.ended(BiometricEnd.CANCELLED_BY_PERSON) }
            // This prompt is called off without an answer, and its answer object is kept.
            val kept = mutableListOf<BiometricAnswer>()
            verifyWith {
                kept += it.answer
                lock.cancelBiometrics()
            }
            prompter.answered({ shown ->
                inputs += shown.prompt.input
                shown.touches()
            }) { lock.unlock().use { it.access.enableBiometrics() } }
        }
        assertEquals(listOf(60, 60, 60, 32), inputs.map { it.size })
        assertTrue(inputs.all { input -> input.all { it == 0.toByte() } })
    }
}
