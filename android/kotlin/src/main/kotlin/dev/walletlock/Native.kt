package dev.walletlock

import dev.walletlock.ffi.FfiConverterTypeLockError
import dev.walletlock.ffi.InternalException
import java.nio.ByteBuffer

/**
 * The unlock path's own native methods: what stands between a person and the open wallet does not wait for JNA.
 *
 * A number is a hold of a native object, the same as the generated code has; `share...` gives another one, and
 * `free...` lets one go. What is called with a number that was let go ends the process: see [Handle].
 */
internal object Native {
    @JvmStatic external fun checkPolicy(policy: String): ByteArray

    @JvmStatic external fun open(path: String, policy: String, phone: Phone): ByteArray

    @JvmStatic external fun status(lock: Long): ByteArray

    @JvmStatic external fun prepare(lock: Long): ByteArray

    @JvmStatic external fun releaseMemory(lock: Long): ByteArray

    @JvmStatic external fun verifyPin(lock: Long, entry: Long): ByteArray

    /** Takes what is asked for as the generated code writes it. */
    @JvmStatic external fun biometricAvailability(lock: Long, request: ByteArray): ByteArray

    @JvmStatic external fun verifyBiometrics(lock: Long, request: ByteArray): ByteArray

    @JvmStatic external fun cancelBiometrics(lock: Long, prompt: Long): ByteArray

    @JvmStatic external fun notRecognised(answer: Long)

    /** Takes what stands from [position] to [limit] of a direct buffer that may be written to, and wipes it there. */
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

    /** 1: taken away; 0: there was none. */
    @JvmStatic external fun pop(entry: Long): Int

    @JvmStatic external fun clear(entry: Long): Int

    @JvmStatic external fun length(entry: Long): Int

    @JvmStatic external fun shareEntry(entry: Long): Long

    @JvmStatic external fun freeEntry(entry: Long)

    @JvmStatic external fun isLive(session: Long): Int

    @JvmStatic external fun endSession(session: Long): Int

    /**
     * Writes the item to the beginning of a direct buffer, if it has room for all of it. Answers the item's length in either
     * case, or -1: there is no such item.
     */
    @JvmStatic external fun readItem(session: Long, item: String, buffer: ByteBuffer): ByteArray

    @JvmStatic external fun shareSession(session: Long): Long

    @JvmStatic external fun freeSession(session: Long)
}

/**
 * What an answer says, or throws what the generated code would throw. Its first byte tells which; a value and a fault
 * are written as uniffi writes them.
 */
internal inline fun <T> ByteArray.answer(read: (ByteBuffer) -> T): T {
    val answer = ByteBuffer.wrap(this)
    return when (answer.get().toInt()) {
        0 -> read(answer)
        1 -> throw FfiConverterTypeLockError.read(answer)
        else -> throw panicked()
    }
}

/** A number, or what stands for a panic. */
internal fun Int.orPanicked(): Int = if (this == Int.MIN_VALUE) throw panicked() else this

/** A hold, or what stands for a panic. */
internal fun Long.orPanicked(): Long = if (this == 0L) throw panicked() else this

/** Its text stays on the native side. */
internal fun panicked() = InternalException("")
