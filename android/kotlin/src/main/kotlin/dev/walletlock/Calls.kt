package dev.walletlock

import dev.walletlock.ffi.InternalException
import dev.walletlock.ffi.LockException as NativeException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.withContext

/**
 * Runs a blocking call. If the caller is cancelled meanwhile, the call still ends, and what it returned goes to
 * [unwanted].
 */
internal suspend fun <T> CoroutineDispatcher.call(unwanted: (T) -> Unit = {}, block: () -> T): T {
    var done: Result<T>? = null
    try {
        return withContext(this) { translating(block).also { done = Result.success(it) } }
    } catch (cancelled: CancellationException) {
        done?.onSuccess(unwanted)
        throw cancelled
    }
}

/** Calls native code, and turns the exceptions of the generated code and of [answer] into a [LockException]. */
internal inline fun <T> translating(block: () -> T): T =
    try {
        block()
    } catch (fault: NativeException) {
        throw fault.toPublic()
    } catch (_: InternalException) {
        // A panic in Rust. Its text is dropped: it might repeat a secret.
        throw LockException.Internal()
    }

private fun NativeException.toPublic(): LockException = when (this) {
    is NativeException.InUse -> LockException.InUse()
    is NativeException.NewerVersion -> LockException.NewerVersion()
    is NativeException.Storage -> LockException.Storage()
    is NativeException.DataDamaged -> LockException.DataDamaged()
    is NativeException.DeviceKey -> LockException.DeviceKey(fault.toPublic())
    is NativeException.Platform -> LockException.Platform()
    is NativeException.Policy -> LockException.Policy(field, problem)
    is NativeException.SessionEnded -> LockException.SessionEnded()
    is NativeException.PinNeeded -> LockException.PinNeeded()
    is NativeException.SecondFactorNeeded -> LockException.SecondFactorNeeded()
    is NativeException.WrongState -> LockException.WrongState()
    is NativeException.Invalid -> LockException.Invalid(what)
    is NativeException.LimitReached -> LockException.LimitReached(what)
    is NativeException.NoMemory -> LockException.NoMemory()
}
