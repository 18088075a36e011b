package dev.walletlock.bionic

import com.github.unidbg.Emulator
import com.github.unidbg.pointer.UnidbgPointer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.FileChannel
import java.nio.file.FileAlreadyExistsException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.security.SecureRandom

/**
 * As much of Linux as the library asks for: the app's files, the clocks, randomness, and the log daemon's socket. It answers as
 * real Linux does. A call that is not modelled fails the test; it is no error code that the library might handle.
 */
class Kernel(private val abi: Abi, private val phone: ModelledPhone) {
    /** The library made a call that is not modelled. The emulator must not continue after it. */
    class NotModelled(what: String) : RuntimeException("not modelled: $what")

    private sealed interface Open
    private class OpenFile(val path: Path, val inode: Long, val channel: FileChannel) : Open
    private data object Randomness : Open
    private data object LogDaemon : Open

    private val open = mutableMapOf<Int, Open>()
    private val random = SecureRandom()

    /** How many flushes the library made. */
    var flushes = 0
        private set

    /** The largest memory mapping that was asked for. */
    var largestMapping = 0
        private set

    /** The answer of a system call, or null if the emulator's own implementation answers it. */
    fun answer(emulator: Emulator<*>, number: Int): Long? {
        val call = SystemCall.of(abi, number) ?: throw NotModelled("system call $number")
        val registers = Registers(emulator)
        if (call == SystemCall.MMAP) {
            if (registers.int(4) != -1) throw NotModelled("a file mapped into memory")
            largestMapping = maxOf(largestMapping, registers.int(1))
        }
        return if (call.isTheEmulators) null else answer(call, registers)
    }

    /** Closes all files, as the end of a process does. */
    fun closeAll() {
        open.values.forEach { if (it is OpenFile) it.channel.close() }
        open.clear()
        phone.fileLocks.giveUpAll(this)
    }

    private fun answer(call: SystemCall, it: Registers): Long = when (call) {
        SystemCall.OPENAT -> open(it.text(1), it.int(2))
        SystemCall.CLOSE -> close(it.int(0))
        SystemCall.READ -> read(it.int(0), it.pointer(1), it.int(2))
        SystemCall.PREAD -> withFile(it.int(0)) { file -> read(file, it.pointer(1), it.int(2), it.offset()) }
        SystemCall.WRITE -> withFile(it.int(0)) { file -> file.channel.write(it.buffer(1, it.int(2))).toLong() }
        SystemCall.PWRITE -> withFile(it.int(0)) { file -> file.channel.write(it.buffer(1, it.int(2)), it.offset()).toLong() }
        SystemCall.WRITEV -> writeLog(it.int(0), it.pointer(1), it.int(2))
        SystemCall.LSEEK -> withFile(it.int(0)) { file -> seek(file, it.int(1).toLong(), it.int(2)) }
        SystemCall.FSTAT -> withFile(it.int(0)) { file -> status(file.path, it.pointer(1)) }
        SystemCall.FSTATAT -> status(phone.hostPath(it.text(1)), it.pointer(2))
        SystemCall.FTRUNCATE -> withFile(it.int(0)) { file -> truncate(file, it.long(1)) }
        SystemCall.FTRUNCATE_64 -> withFile(it.int(0)) { file -> truncate(file, it.pair(2)) }
        SystemCall.FDATASYNC -> withFile(it.int(0)) { file -> flush(file) }
        SystemCall.FCNTL -> control(it.int(0), it.int(1), it)
        SystemCall.UNLINKAT -> unlink(phone.hostPath(it.text(1)))
        SystemCall.FACCESSAT -> if (phone.hostPath(it.text(1))?.let(Files::exists) == true) 0 else -ENOENT
        SystemCall.READLINKAT -> if (phone.hostPath(it.text(1))?.let(Files::exists) == true) -EINVAL else -ENOENT
        SystemCall.GETCWD -> it.pointer(0).let { into -> into.write("/\u0000".toByteArray()); 2 }
        SystemCall.FCHOWN -> 0
        SystemCall.PPOLL -> poll(it.pointer(0), it.int(1))
        SystemCall.GETUID, SystemCall.GETEUID -> APP_USER
        SystemCall.GETPID -> PROCESS
        SystemCall.SOCKET -> put(LogDaemon)
        SystemCall.CONNECT -> connect(it.int(0), it.pointer(1))
        SystemCall.CLOCK_GETTIME -> clock(it.int(0), it.pointer(1))
        SystemCall.GETTIMEOFDAY -> write(it.pointer(0), phone.wallMs / 1000, phone.wallMs % 1000 * 1000)
        SystemCall.GETRANDOM -> random(it, it.int(1))
        else -> error("$call is the emulator's")
    }

    /** The library polls for one thing only: that randomness is available. */
    private fun poll(descriptors: UnidbgPointer, count: Int): Long {
        if (count != 1 || open[descriptors.getInt(0)] !is Randomness) throw NotModelled("waiting for something else than randomness")
        descriptors.setShort(6, POLLIN)
        return 1
    }

    private fun open(path: String, flags: Int): Long {
        if (path == "/dev/random" || path == "/dev/urandom") return put(Randomness)
        val file = phone.hostPath(path) ?: return -ENOENT
        if (Files.isDirectory(file)) return put(OpenFile(file, inode(file), FileChannel.open(file)))
        val options = buildSet {
            add(StandardOpenOption.READ)
            if (flags and O_ACCESS != O_RDONLY) add(StandardOpenOption.WRITE)
            if (flags and O_CREAT != 0) add(if (flags and O_EXCL != 0) StandardOpenOption.CREATE_NEW else StandardOpenOption.CREATE)
            if (flags and O_TRUNC != 0) add(StandardOpenOption.TRUNCATE_EXISTING)
        }
        if (flags and O_APPEND != 0) throw NotModelled("appending to $path")
        return try {
            val channel = FileChannel.open(file, options)
            put(OpenFile(file, inode(file), channel))
        } catch (_: NoSuchFileException) {
            -ENOENT
        } catch (_: FileAlreadyExistsException) {
            -EEXIST
        }
    }

    private fun put(it: Open): Long {
        // 0 to 2 are the standard streams, which an app does not read or write.
        val number = generateSequence(3, Int::inc).first { it !in open }
        open[number] = it
        return number.toLong()
    }

    private fun close(number: Int): Long {
        val closed = open.remove(number) ?: return -EBADF
        if (closed is OpenFile) {
            closed.channel.close()
            phone.fileLocks.giveUp(this, closed.inode, 0..Long.MAX_VALUE)
        }
        return 0
    }

    private fun read(number: Int, into: UnidbgPointer, count: Int): Long = when (val it = open[number]) {
        is OpenFile -> read(it, into, count, it.channel.position()).also { read -> it.channel.position(it.channel.position() + read) }
        Randomness -> count.toLong().also { into.write(randomBytes(count)) }
        LogDaemon -> throw NotModelled("reading from the log")
        null -> -EBADF
    }

    private fun read(file: OpenFile, into: UnidbgPointer, count: Int, at: Long): Long {
        val bytes = ByteBuffer.allocate(count)
        while (bytes.hasRemaining() && file.channel.read(bytes, at + bytes.position()) > 0) { /* until it is full, or the file ends */ }
        into.write(bytes.array().copyOf(bytes.position()))
        return bytes.position().toLong()
    }

    private fun seek(file: OpenFile, by: Long, from: Int): Long {
        val position = by + when (from) {
            SEEK_SET -> 0
            SEEK_CUR -> file.channel.position()
            SEEK_END -> file.channel.size()
            else -> return -EINVAL
        }
        file.channel.position(position)
        return position
    }

    private fun truncate(file: OpenFile, size: Long): Long {
        if (size > file.channel.size()) throw NotModelled("a file grown by truncation")
        file.channel.truncate(size)
        return 0
    }

    private fun flush(file: OpenFile): Long {
        file.channel.force(false)
        flushes += 1
        return 0
    }

    private fun unlink(file: Path?): Long = if (file != null && Files.deleteIfExists(file)) 0 else -ENOENT

    private fun status(file: Path?, into: UnidbgPointer): Long {
        if (file == null || !Files.exists(file)) return -ENOENT
        val bytes = ByteBuffer.allocate(if (abi.is64Bit) 128 else 104).order(ByteOrder.LITTLE_ENDIAN)
        val mode = if (Files.isDirectory(file)) S_IFDIR or 0b111_000_000 else S_IFREG or 0b110_000_000
        val modified = Files.getLastModifiedTime(file).toMillis()
        // Device, mode, links, user, group, size, block size, blocks. Then the fields whose place depends on the processor:
        // inode, time of change.
        bytes.putLong(0, 1).putInt(16, mode).putInt(20, 1).putInt(24, APP_USER.toInt()).putInt(28, APP_USER.toInt())
        bytes.putLong(48, Files.size(file)).putInt(56, 4096).putLong(64, (Files.size(file) + 511) / 512)
        if (abi.is64Bit) {
            bytes.putLong(8, inode(file)).putLong(88, modified / 1000)
        } else {
            bytes.putInt(12, inode(file).toInt()).putInt(80, (modified / 1000).toInt()).putLong(96, inode(file))
        }
        into.write(bytes.array())
        return 0
    }

    private fun control(number: Int, command: Int, it: Registers): Long {
        val file = open[number] ?: return -EBADF
        return when (command) {
            F_GETFD, F_SETFD, F_GETFL, F_SETFL -> 0
            F_SETLK, F_SETLK64 -> lock(file as OpenFile, it.pointer(2), hasLongOffsets = abi.is64Bit || command == F_SETLK64)
            else -> throw NotModelled("fcntl $command")
        }
    }

    private fun lock(file: OpenFile, wanted: UnidbgPointer, hasLongOffsets: Boolean): Long {
        if (wanted.getShort(2).toInt() != SEEK_SET) throw NotModelled("a lock that does not count from the file's beginning")
        val first = if (hasLongOffsets) wanted.getLong(8) else wanted.getInt(4).toLong()
        val count = if (hasLongOffsets) wanted.getLong(16) else wanted.getInt(8).toLong()
        val bytes = if (count == 0L) first..Long.MAX_VALUE else first until first + count
        return when (wanted.getShort(0).toInt()) {
            F_UNLCK -> 0L.also { phone.fileLocks.giveUp(this, file.inode, bytes) }
            F_RDLCK -> if (phone.fileLocks.take(this, file.inode, bytes, isExclusive = false)) 0 else -EAGAIN
            F_WRLCK -> if (phone.fileLocks.take(this, file.inode, bytes, isExclusive = true)) 0 else -EAGAIN
            else -> -EINVAL
        }
    }

    private fun connect(number: Int, address: UnidbgPointer): Long {
        if (open[number] !is LogDaemon) return -EBADF
        val path = address.getString(2)
        return if (path == "/dev/socket/logdw") 0 else throw NotModelled("a connection to $path")
    }

    /** Reads a log message: id, thread and time in 11 bytes; a byte of priority; tag and text, each with a zero at its end. */
    private fun writeLog(number: Int, vector: UnidbgPointer, parts: Int): Long {
        if (open[number] !is LogDaemon) throw NotModelled("writev to a file")
        val bytes = (0 until parts).map { part ->
            val at = part * 2L * abi.pointerBytes
            val count = if (abi.is64Bit) vector.getLong(at + 8).toInt() else vector.getInt(at + 4)
            vector.getPointer(at).getByteArray(0, count)
        }.reduce(ByteArray::plus)
        val (tag, text) = String(bytes, 12, bytes.size - 12).split('\u0000')
        phone.log += LogLine(bytes[11].toInt(), tag, text)
        return bytes.size.toLong()
    }

    private fun clock(which: Int, into: UnidbgPointer): Long = when (which) {
        CLOCK_REALTIME -> if (!phone.hasWallClock) -EINVAL else write(into, phone.wallMs / 1000, phone.wallMs % 1000 * 1_000_000)
        CLOCK_BOOTTIME -> write(into, phone.sinceBootMs / 1000, phone.sinceBootMs % 1000 * 1_000_000)
        CLOCK_MONOTONIC -> if (!phone.hasMonotonicClock) -EINVAL else {
            phone.monotonicMs += phone.monotonicStepMs
            write(into, phone.monotonicMs / 1000, phone.monotonicMs % 1000 * 1_000_000)
        }
        else -> throw NotModelled("clock $which")
    }

    private fun write(into: UnidbgPointer, seconds: Long, parts: Long): Long {
        if (abi.is64Bit) {
            into.setLong(0, seconds)
            into.setLong(8, parts)
        } else {
            into.setInt(0, seconds.toInt())
            into.setInt(4, parts.toInt())
        }
        return 0
    }

    private fun random(it: Registers, count: Int): Long {
        if (!phone.hasGetrandom) return -ENOSYS
        // A caller that asks for 0 bytes only tests whether the call exists, and may pass no pointer.
        if (count > 0) it.pointer(0).write(randomBytes(count))
        return count.toLong()
    }

    private fun randomBytes(count: Int) = ByteArray(count).also(random::nextBytes)

    private fun inode(file: Path) = Files.getAttribute(file, "unix:ino") as Long

    private fun withFile(number: Int, act: (OpenFile) -> Long) = (open[number] as? OpenFile)?.let(act) ?: -EBADF

    private inner class Registers(private val emulator: Emulator<*>) {
        fun long(index: Int) = emulator.backend.reg_read(abi.systemCallRegisters[index]).toLong()
        fun int(index: Int) = long(index).toInt()
        fun pointer(index: Int): UnidbgPointer = UnidbgPointer.register(emulator, abi.systemCallRegisters[index])
        fun text(index: Int): String = pointer(index).getString(0)
        fun buffer(index: Int, count: Int): ByteBuffer = ByteBuffer.wrap(pointer(index).getByteArray(0, count))

        /** 64 bits in two registers. */
        fun pair(index: Int) = (long(index) and 0xffff_ffff) or (long(index + 1) shl 32)

        /**
         * The offset of pread and pwrite. On arm32 one register before it is unused, because a pair begins at an even register.
         */
        fun offset() = if (abi.is64Bit) long(3) else pair(4)
    }
}
