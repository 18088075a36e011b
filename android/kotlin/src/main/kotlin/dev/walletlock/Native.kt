package dev.walletlock

import dev.walletlock.ffi.FfiConverterTypeLockError
import dev.walletlock.ffi.InternalException
import java.nio.ByteBuffer

/**
 * The native methods of the unlock path. They go over JNI, so that opening the wallet does not wait for JNA.
 *
 * A number is a counted reference to a native object, the same that the generated code uses. `share...` makes one more, and
 * `free...` releases one. A call with a released number ends the process; [Handle] makes sure that there is none.
 */
internal object Native {
    @JvmStatic external fun checkPolicy(policy: String): ByteArray

    @JvmStatic external fun open(path: String, policy: String, phone: Phone): ByteArray

    @JvmStatic external fun status(lock: Long): ByteArray

    @JvmStatic external fun prepare(lock: Long): ByteArray

    @JvmStatic external fun releaseMemory(lock: Long): ByteArray

    @JvmStatic external fun verifyPin(lock: Long, entry: Long): ByteArray

    /** Takes the [request] in the encoding of the generated code. */
    @JvmStatic external fun biometricAvailability(lock: Long, request: ByteArray): ByteArray

    @JvmStatic external fun verifyBiometrics(lock: Long, request: ByteArray): ByteArray

    @JvmStatic external fun cancelBiometrics(lock: Long, prompt: Long): ByteArray

    @JvmStatic external fun notRecognised(answer: Long)

    /** Takes the bytes from [position] to [limit] of a direct, writable buffer, and overwrites them there with zeros. */
    @JvmStatic external fun authenticated(answer: Long, output: ByteBuffer, position: Int, limit: Int)

    @JvmStatic external fun ended(answer: Long, end: Int)

    @JvmStatic external fun freeAnswer(answer: Long)

    @JvmStatic external fun lockNow(lock: Long): ByteArray

    @JvmStatic external fun screenWentOff(lock: Long): ByteArray

    @JvmStatic external fun openSessions(lock: Long): ByteArray

    @JvmStatic external fun shareLock(lock: Long): Long

    @JvmStatic external fun freeLock(lock: Long)

    @JvmStatic external fun newEntry(): Long

    /** 1: added; 0: full; -1: not a digit. */
    @JvmStatic external fun push(entry: Long, digit: Int): Int

    /** 1: the last digit was removed; 0: there was none. */
    @JvmStatic external fun pop(entry: Long): Int

    @JvmStatic external fun clear(entry: Long): Int

    @JvmStatic external fun length(entry: Long): Int

    /** Makes another entry with the same digits. */
    @JvmStatic external fun duplicate(entry: Long): Long

    /** 1: both hold the same digits; 0: they do not. */
    @JvmStatic external fun matches(entry: Long, other: Long): Int

    @JvmStatic external fun shareEntry(entry: Long): Long

    @JvmStatic external fun freeEntry(entry: Long)

    @JvmStatic external fun isLive(session: Long): Int

    @JvmStatic external fun endSession(session: Long): Int

    /**
     * Writes the item to the beginning of a direct buffer, if the buffer has room for all of it. The answer is the item's
     * length in either case, or -1 if there is no such item.
     */
    @JvmStatic external fun readItem(session: Long, item: String, buffer: ByteBuffer): ByteArray

    @JvmStatic external fun shareSession(session: Long): Long

    @JvmStatic external fun freeSession(session: Long)
}

/**
 * Reads the value in an answer, or throws what the generated code would throw. The first byte says whether it is a value, a
 * fault or a panic. Value and fault are in uniffi's encoding.
 */
internal inline fun <T> ByteArray.answer(read: (ByteBuffer) -> T): T {
    val answer = ByteBuffer.wrap(this)
    return when (answer.get().toInt()) {
        0 -> read(answer)
        1 -> throw FfiConverterTypeLockError.read(answer)
        else -> throw panicException()
    }
}

/** This number; throws if it stands for a panic. */
internal fun Int.orThrowOnPanic(): Int = if (this == Int.MIN_VALUE) throw panicException() else this

/** This reference; throws if it stands for a panic. */
internal fun Long.orThrowOnPanic(): Long = if (this == 0L) throw panicException() else this

/** What is thrown for a panic. The panic's text stays on the native side. */
internal fun panicException() = InternalException("")
