package dev.walletlock.bionic

import java.nio.file.Files
import java.nio.file.Path

/** What outlives a process: files, clocks, locks of other processes, the log. */
class ModelledPhone(private val storage: Path) {
    var bootCount = 7
    var sinceBootMs = 3_600_000L
    var wallMs = 1_790_000_000_000L

    /** Whether the wall clock can be read. */
    var hasWallClock = true

    /** Whether the clock can be read that std measures with. */
    var hasMonotonicClock = true

    /**
     * How far the monotonic clock goes on at each look. So Argon2id's cost is chosen as on a slow phone, the floor, however fast this
     * machine is: it takes longer than the quarter of a second that is aimed at.
     */
    val monotonicStepMs = 300L
    var monotonicMs = 1_000L

    /** Whether the kernel has a call for randomness: those of 2014 and before do not. */
    var hasGetrandom = true

    val keystore = Keystore()
    val log = mutableListOf<LogLine>()
    val fileLocks = FileLocks()

    /** The app's own folder, as the app calls it. */
    val appFolder = "/data/data/com.example.wallet/no_backup"

    init {
        Files.createDirectories(hostPath(appFolder)!!)
    }

    /** Where a file is on this machine; null for what lies where no app keeps files. */
    fun hostPath(path: String): Path? {
        val normal = Path.of(path).normalize()
        return if (normal.startsWith("/data")) storage.resolve(Path.of("/").relativize(normal)) else null
    }

    /** What the app's files hold. */
    fun files(): Map<Path, ByteArray> =
        Files.list(hostPath(appFolder)!!).use { files -> files.toList().associateWith(Files::readAllBytes) }

    /** In place of what is there, as whoever has the phone in pieces can. */
    fun putBack(files: Map<Path, ByteArray>) {
        files().keys.forEach(Files::delete)
        files.forEach(Files::write)
    }

    fun pass(ms: Long) {
        sinceBootMs += ms
        wallMs += ms
    }

    /** A phone in the same state. */
    fun copy(to: Path): ModelledPhone {
        storage.toFile().copyRecursively(to.toFile())
        return ModelledPhone(to).also {
            it.bootCount = bootCount
            it.sinceBootMs = sinceBootMs
            it.wallMs = wallMs
            it.keystore.entries.putAll(keystore.entries)
        }
    }

    /** And the app starts at once, so that nothing of a wait has passed. */
    fun restart() {
        bootCount += 1
        sinceBootMs = 0
        wallMs += 90_000
    }
}

/** As the log daemon received it. */
data class LogLine(val priority: Int, val tag: String, val text: String)

/** POSIX's advisory locks: a process never waits for itself, and loses what it holds when it ends. */
class FileLocks {
    private data class Held(val process: Any, val inode: Long, val bytes: LongRange, val isExclusive: Boolean)

    private val held = mutableListOf<Held>()

    /** False if another process stands in the way. */
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
