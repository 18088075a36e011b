package dev.walletlock.bionic

import com.github.unidbg.pointer.UnidbgPointer
import java.nio.ByteBuffer

/** The functions that the generated Kotlin calls through JNA, called as JNA does. */
class Uniffi(private val process: AppProcess) {
    /** How a call ended: `code` is 0 for a value, 1 for an error, 2 for a panic. */
    class Ended(val code: Int, val value: Long, val bytes: ByteBuffer)

    /** Calls a function whose answer fits into registers. */
    fun call(name: String, vararg arguments: Any?) = run(PREFIX + name, arguments, returnsBuffer = false)

    /** Calls a function whose answer is in memory that Rust allocated. */
    fun callForBuffer(name: String, vararg arguments: Any?) = run(PREFIX + name, arguments, returnsBuffer = true)

    /** An argument in memory that Rust allocated. The function that takes it frees it. */
    fun buffer(bytes: ByteArray): Array<Any> {
        val structure = process.allocate(BUFFER_BYTES)
        val status = process.allocate(STATUS_BYTES)
        process.call("${COMMON}alloc", bytes.size.toLong(), status, structure = structure)
        structure.getPointer(DATA).write(bytes)
        structure.setLong(LENGTH, bytes.size.toLong())
        return asArguments(structure)
    }

    fun text(it: String) = buffer(it.toByteArray())

    /** An empty list. */
    fun list() = buffer(ByteArray(4))

    /** The constant of an enum, counted from 1. */
    fun constant(number: Int) = buffer(ByteBuffer.allocate(Int.SIZE_BYTES).putInt(number).array())

    /** An optional value that is not there. */
    fun none() = buffer(ByteArray(1))

    /**
     * Bytes that the function only reads: struct ForeignBytes { int32_t len; const uint8_t *data; }, small enough for
     * registers.
     */
    fun borrowed(bytes: ByteArray): Array<Any> {
        val data = process.allocate(bytes.size).apply { write(bytes) }
        return if (process.abi.is64Bit) arrayOf(bytes.size.toLong(), data) else arrayOf(bytes.size, data)
    }

    /** A buffer that no caller makes: it has a length and no memory. */
    fun impossibleBuffer(): Array<Any> = asArguments(process.allocate(BUFFER_BYTES).apply { setLong(LENGTH, 5) })

    private fun run(symbol: String, arguments: Array<out Any?>, returnsBuffer: Boolean): Ended {
        val status = process.allocate(STATUS_BYTES)
        val structure = if (returnsBuffer) process.allocate(BUFFER_BYTES) else null
        val value = process.call(symbol, *arguments, status, structure = structure)
        val code = status.getByte(0).toInt()
        return when {
            code != 0 -> Ended(code, 0, take(status.share(ERROR_BUFFER, BUFFER_BYTES.toLong())))
            structure != null -> Ended(code, 0, take(structure))
            else -> Ended(code, value, ByteBuffer.allocate(0))
        }
    }

    private fun take(structure: UnidbgPointer): ByteBuffer {
        val data = structure.getPointer(DATA) ?: return ByteBuffer.allocate(0)
        val bytes = data.getByteArray(0, structure.getLong(LENGTH).toInt())
        process.call("${COMMON}free", *asArguments(structure), process.allocate(STATUS_BYTES))
        return ByteBuffer.wrap(bytes)
    }

    /**
     * Passes a structure by value: on arm64 a structure of this size goes by its address, on arm32 word by word, beginning at
     * an even register.
     */
    private fun asArguments(structure: UnidbgPointer): Array<Any> = if (process.abi.is64Bit) {
        arrayOf(process.allocate(BUFFER_BYTES).apply { write(structure.getByteArray(0, BUFFER_BYTES)) })
    } else {
        arrayOf(structure.getLong(CAPACITY), structure.getLong(LENGTH), structure.getInt(DATA), 0)
    }
}

private const val PREFIX = "uniffi_walletlock_bindings_fn_"
private const val COMMON = "ffi_walletlock_bindings_rustbuffer_"

// struct RustBuffer { uint64_t capacity; uint64_t len; uint8_t *data; }
private const val CAPACITY = 0L
private const val LENGTH = 8L
private const val DATA = 16L
private const val BUFFER_BYTES = 24

// struct RustCallStatus { int8_t code; RustBuffer error_buf; }
private const val ERROR_BUFFER = 8L
private const val STATUS_BYTES = 32
