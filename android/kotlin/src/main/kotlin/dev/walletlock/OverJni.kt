package dev.walletlock

import dev.walletlock.ffi.FfiConverterString
import dev.walletlock.ffi.FfiConverterTypeBiometricAvailability
import dev.walletlock.ffi.FfiConverterTypeBiometricRefusal
import dev.walletlock.ffi.FfiConverterTypeBiometricRequest
import dev.walletlock.ffi.FfiConverterTypeLockStatus
import dev.walletlock.ffi.FfiConverterTypeOpenSessions
import dev.walletlock.ffi.FfiConverterTypeRefusal
import dev.walletlock.ffi.LockException as NativeException
import dev.walletlock.ffi.PinEntry as NativeEntry
import dev.walletlock.ffi.Session as NativeSession
import dev.walletlock.ffi.UniffiWithHandle
import dev.walletlock.ffi.WalletLock as NativeLock
import java.nio.ByteBuffer

/**
 * The backend over JNI, with our own native methods. Nothing here may need JNA: of the generated code it uses only what
 * reads and writes values.
 *
 * It has lambdas instead of function references, because those would load a part of Kotlin's reflection.
 */
internal object OverJni : UnlockPath {
    override fun checkPolicy(text: String): String = Native.checkPolicy(text).answer { FfiConverterString.read(it) }

    override fun open(path: String, policy: String, platform: Platform, listener: (Event) -> Unit): LockHandle {
        val number = Native.open(path, policy, Phone(platform, listener)).answer { it.getLong() }
        val generated = lazy { NativeLock(UniffiWithHandle, Native.shareLock(number).orThrowOnPanic()) }
        return Handle(number, { Native.freeLock(it) }, generated)
    }

    override fun status(lock: LockHandle): LockStatus =
        lock.overJni { Native.status(it) }.answer { FfiConverterTypeLockStatus.read(it) }.toPublic()

    override fun prepare(lock: LockHandle) = lock.overJni { Native.prepare(it) }.answer { }

    override fun releaseMemory(lock: LockHandle) = lock.overJni { Native.releaseMemory(it) }.answer { }

    override fun verifyPin(lock: LockHandle, entry: EntryHandle, opened: (SessionHandle) -> Session): PinOutcome =
        entry.overJni { digits -> lock.overJni { Native.verifyPin(it, digits) } }.answer { outcome ->
            // For a right PIN the generated code would make its own session object, and for that JNA must run.
            when (outcome.getInt()) {
                TAG_OPENED -> PinOutcome.Right(opened(session(outcome.getLong())))
                else -> FfiConverterTypeRefusal.read(outcome).toPublic()
            }
        }

    override fun biometricAvailability(lock: LockHandle, request: BiometricRequest): BiometricAvailability =
        lock.overJni { Native.biometricAvailability(it, written(request, NO_PROMPT)) }
            .answer { FfiConverterTypeBiometricAvailability.read(it) }.toPublic()

    override fun verifyBiometrics(
        lock: LockHandle,
        request: BiometricRequest,
        prompt: Long,
        opened: (SessionHandle) -> Session,
    ): BiometricOutcome = lock.overJni { Native.verifyBiometrics(it, written(request, prompt)) }.answer { outcome ->
        when (outcome.getInt()) {
            TAG_OPENED -> BiometricOutcome.Unlocked(opened(session(outcome.getLong())))
            else -> FfiConverterTypeBiometricRefusal.read(outcome).toPublic()
        }
    }

    override fun cancelBiometrics(lock: LockHandle, prompt: Long) =
        lock.overJni { Native.cancelBiometrics(it, prompt) }.answer { }

    /** The handle of a prompt's answer. It has no generated object, because every call on it goes over JNI. */
    fun answer(number: Long): AnswerHandle = Handle(number, { Native.freeAnswer(it) }, lazy { throw panicException() })

    override fun notRecognised(answer: AnswerHandle) = answer.overJni { Native.notRecognised(it) }

    override fun authenticated(answer: AnswerHandle, output: ByteBuffer) =
        answer.overJni { Native.authenticated(it, output, output.position(), output.limit()) }

    override fun ended(answer: AnswerHandle, end: BiometricEnd) = answer.overJni { Native.ended(it, end.ordinal) }

    override fun lockNow(lock: LockHandle) = lock.overJni { Native.lockNow(it) }.answer { }

    override fun screenWentOff(lock: LockHandle) = lock.overJni { Native.screenWentOff(it) }.answer { }

    override fun openSessions(lock: LockHandle): OpenSessions =
        lock.overJni { Native.openSessions(it) }.answer { FfiConverterTypeOpenSessions.read(it) }.toPublic()

    override fun newEntry(): EntryHandle = entryOf(Native.newEntry().orThrowOnPanic())

    override fun duplicate(entry: EntryHandle): EntryHandle = entryOf(entry.overJni { Native.duplicate(it) }.orThrowOnPanic())

    private fun entryOf(number: Long): EntryHandle {
        val generated = lazy { NativeEntry(UniffiWithHandle, Native.shareEntry(number).orThrowOnPanic()) }
        return Handle(number, { Native.freeEntry(it) }, generated)
    }

    override fun push(entry: EntryHandle, digit: Int): Boolean =
        when (entry.overJni { Native.push(it, digit) }.orThrowOnPanic()) {
            -1 -> throw NativeException.Invalid("digit")
            0 -> false
            else -> true
        }

    override fun pop(entry: EntryHandle): Boolean = entry.overJni { Native.pop(it) }.orThrowOnPanic() == 1

    override fun clear(entry: EntryHandle) {
        entry.overJni { Native.clear(it) }.orThrowOnPanic()
    }

    override fun length(entry: EntryHandle): Int = entry.overJni { Native.length(it) }.orThrowOnPanic()

    override fun matches(entry: EntryHandle, other: EntryHandle): Boolean =
        entry.overJni { mine -> other.overJni { Native.matches(mine, it) } }.orThrowOnPanic() == 1

    override fun adopt(session: NativeSession): SessionHandle =
        Handle(session.uniffiCloneHandle(), { Native.freeSession(it) }, lazyOf(session))

    override fun isLive(session: SessionHandle): Boolean = session.overJni { Native.isLive(it) }.orThrowOnPanic() == 1

    override fun end(session: SessionHandle) {
        session.overJni { Native.endSession(it) }.orThrowOnPanic()
    }

    /** Reads the item a second time, into a buffer of its length, if it is longer than [FIRST_BUFFER_BYTES]. */
    override fun readItem(session: SessionHandle, item: String): ByteArray? {
        var capacity = FIRST_BUFFER_BYTES
        while (true) {
            val buffer = ByteBuffer.allocateDirect(capacity)
            try {
                val length = session.overJni { Native.readItem(it, item, buffer) }.answer { it.getInt() }
                if (length < 0) return null
                if (length <= capacity) return ByteArray(length).also { buffer.get(it) }
                capacity = length
            } finally {
                for (at in 0 until buffer.capacity()) buffer.put(at, 0)
            }
        }
    }

    private fun session(number: Long): SessionHandle {
        val generated = lazy { NativeSession(UniffiWithHandle, Native.shareSession(number).orThrowOnPanic()) }
        return Handle(number, { Native.freeSession(it) }, generated)
    }

    private fun written(request: BiometricRequest, prompt: Long): ByteArray {
        val native = request.toNative(prompt)
        val written = ByteBuffer.allocate(FfiConverterTypeBiometricRequest.allocationSize(native).toInt())
        FfiConverterTypeBiometricRequest.write(native, written)
        return written.array().copyOf(written.position())
    }

    /** Items up to this length, in bytes, are read in one call. */
    private const val FIRST_BUFFER_BYTES = 4096

    /** The first variant of the native side's outcomes, of a PIN and of biometrics: the wallet is open. */
    private const val TAG_OPENED = 1
}
