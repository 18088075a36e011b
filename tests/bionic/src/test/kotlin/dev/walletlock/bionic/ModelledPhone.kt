package dev.walletlock.bionic

import java.nio.file.Files
import java.nio.file.Path

/** What outlives a process: files, clocks, file locks of other processes, the log. */
class ModelledPhone(private val storage: Path) {
    var bootCount = 7
    var sinceBootMs = 3_600_000L
    var wallMs = 1_790_000_000_000L

    /** Whether the wall clock can be read. */
    var hasWallClock = true

    /** Whether the clock that Rust's std measures time with can be read. */
    var hasMonotonicClock = true

    /**
     * How far the monotonic clock advances each time it is read. Each Argon2id thus seems to take longer than the quarter of a
     * second that calibration aims at. So calibration chooses the floor, as on a slow phone, however fast this machine is.
     */
    val monotonicStepMs = 300L
    var monotonicMs = 1_000L

    /** Whether the kernel has the system call getrandom: Linux 3.17 (October 2014) or newer. */
    var hasGetrandom = true

    val keystore = Keystore()
    val log = mutableListOf<LogLine>()
    val fileLocks = FileLocks()

    /** The app's own folder, by its path on the phone. */
    val appFolder = "/data/data/com.example.wallet/no_backup"

    init {
        Files.createDirectories(hostPath(appFolder)!!)
    }

    /** Where a file lies on this machine, or null if no app keeps files there. */
    fun hostPath(path: String): Path? {
        val normal = Path.of(path).normalize()
        return if (normal.startsWith("/data")) storage.resolve(Path.of("/").relativize(normal)) else null
    }

    /** The contents of the app's files. */
    fun files(): Map<Path, ByteArray> =
        Files.list(hostPath(appFolder)!!).use { files -> files.toList().associateWith(Files::readAllBytes) }

    /** Replaces the app's files, as an attacker who has opened the phone can. */
    fun putBack(files: Map<Path, ByteArray>) {
        files().keys.forEach(Files::delete)
        files.forEach(Files::write)
    }

    fun pass(ms: Long) {
        sinceBootMs += ms
        wallMs += ms
    }

    /** Copies the phone with its clocks, files and keys. */
    fun copy(to: Path): ModelledPhone {
        storage.toFile().copyRecursively(to.toFile())
        return ModelledPhone(to).also {
            it.bootCount = bootCount
            it.sinceBootMs = sinceBootMs
            it.wallMs = wallMs
            it.keystore.entries.putAll(keystore.entries)
        }
    }

    /** The app starts at once after the boot, so nothing of a wait has passed. */
    fun restart() {
        bootCount += 1
        sinceBootMs = 0
        wallMs += 90_000
    }
}

/** A line as the log daemon received it. */
data class LogLine(val priority: Int, val tag: String, val text: String)

/** POSIX advisory locks: they never block the process that holds them, and end with it. */
class FileLocks {
    private data class Held(val process: Any, val inode: Long, val bytes: LongRange, val isExclusive: Boolean)

    private val held = mutableListOf<Held>()

    /** False if another process holds a conflicting lock. */
    fun take(process: Any, inode: Long, bytes: LongRange, isExclusive: Boolean): Boolean {
        val isFree = held.none {
            it.process !== process && it.inode == inode && it.bytes.overlaps(bytes) && (it.isExclusive || isExclusive)
        }
        if (isFree) {
            giveUp(process, inode, bytes)
            held += Held(process, inode, bytes, isExclusive)
        }
        return isFree
    }

    fun giveUp(process: Any, inode: Long, bytes: LongRange) {
        val touched = held.filter { it.process === process && it.inode == inode && it.bytes.overlaps(bytes) }
        held -= touched.toSet()
        for (lock in touched) {
            held += listOf(lock.bytes.first until bytes.first, bytes.last + 1..lock.bytes.last)
                .filterNot(LongRange::isEmpty).map { lock.copy(bytes = it) }
        }
    }

    fun giveUpAll(process: Any) {
        held.removeIf { it.process === process }
    }
}

private fun LongRange.overlaps(other: LongRange) = first <= other.last && other.first <= last
