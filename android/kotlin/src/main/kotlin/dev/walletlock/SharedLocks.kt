package dev.walletlock

import java.io.File
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The locks of [WalletLock.shared]: one for each file, as long as the process lives. A failed opening is not kept. */
internal object SharedLocks {
    private class Place {
        /** One opening at a time. A caller that comes meanwhile waits, and opens the lock itself if that opening fails. */
        val opening = Mutex()
        var lock: WalletLock? = null
    }

    private val places = ConcurrentHashMap<File, Place>()

    /** The lock of [path]. [open] opens it, unless it is open. The file system is read on [dispatcher]. */
    suspend fun of(path: File, dispatcher: CoroutineDispatcher, open: suspend () -> WalletLock): WalletLock {
        val file = withContext(dispatcher) { canonical(path) }
        val place = places.computeIfAbsent(file) { Place() }
        return place.opening.withLock {
            place.lock?.takeUnless { it.isClosed } ?: open().also { place.lock = it }
        }
    }

    /** If the system cannot resolve [path], it stays as it is: opening fails then, and says why. */
    private fun canonical(path: File): File =
        try {
            path.canonicalFile
        } catch (_: IOException) {
            path.absoluteFile
        }
}
