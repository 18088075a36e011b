package dev.walletlock

import dev.walletlock.ffi.DeviceKeyFault as NativeFault
import dev.walletlock.ffi.FfiConverterTypeLockError
import dev.walletlock.ffi.InternalException
import dev.walletlock.ffi.LockException as NativeException
import java.nio.ByteBuffer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class AnswerTest {
    private fun fault(fault: NativeException): ByteArray {
        val answer = ByteBuffer.allocate(100).put(1)
        FfiConverterTypeLockError.write(fault, answer)
        return answer.array()
    }

    @Test
    fun `a value is read`() {
        val answer = ByteBuffer.allocate(9).put(0).putLong(-7).array()
        assertEquals(-7L, answer.answer { it.getLong() })
        assertEquals(Unit, byteArrayOf(0).answer { })
    }

    @Test
    fun `a fault is what it would be over uniffi`() {
        val faults = listOf(
            NativeException.InUse(),
            NativeException.NewerVersion(),
            NativeException.Storage(),
            NativeException.DataDamaged(),
            NativeException.DeviceKey(NativeFault.BUSY),
            NativeException.Platform(),
            NativeException.Policy("pin.min_digits", "is below 4"),
            NativeException.SessionEnded(),
            NativeException.PinNeeded(),
            NativeException.SecondFactorNeeded(),
            NativeException.WrongState(),
            NativeException.Invalid("digit"),
            NativeException.LimitReached("items"),
            NativeException.NoMemory(),
        )
        assertEquals(NativeException::class.sealedSubclassNames, faults.map { it.javaClass.simpleName }.sorted())
        for (fault in faults) {
            val overUniffi = assertThrows<LockException> { translating { throw fault } }
            val overJni = assertThrows<LockException> { translating { fault(fault).answer { error("no value") } } }
            assertSame(overUniffi.javaClass, overJni.javaClass)
            assertEquals(overUniffi.message, overJni.message)
        }
    }

    @Test
    fun `a panic has no text, and nothing is read`() {
        val panics = listOf<() -> Any>(
            { byteArrayOf(2).answer { error("no value") } },
            { byteArrayOf(3, 0, 0).answer { error("no value") } },
            { Int.MIN_VALUE.orThrowOnPanic() },
            { 0L.orThrowOnPanic() },
        )
        for (panic in panics) {
            assertEquals("", assertThrows<InternalException> { panic() }.message)
            assertThrows<LockException.Internal> { translating { panic() } }
        }
        assertEquals(-1, (-1).orThrowOnPanic())
        assertEquals(-1L, (-1L).orThrowOnPanic())
    }

    /** Uses Java's reflection, because Kotlin's is not on the class path. */
    private val kotlin.reflect.KClass<*>.sealedSubclassNames: List<String>
        get() = java.declaredClasses.filter { java.isAssignableFrom(it) }.map { it.simpleName }.sorted()
}
