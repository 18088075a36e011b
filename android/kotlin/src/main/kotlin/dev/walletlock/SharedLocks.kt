package dev.walletlock

import java.io.File
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** What [WalletLock.shared] gives: one lock a file, for as long as the process lives. Only what was opened is kept, never a fault. */
internal object SharedLocks {
    private class Place {
        /** One opening at a time: who comes meanwhile waits for it, and tries for himself if it fails. */
        val opening = Mutex()
        var lock: WalletLock? = null
    }

    private val places = ConcurrentHashMap<File, Place>()

    /** The lock of [path], opened by [open] unless it is open. [dispatcher] reads the folders. */
    suspend fun of(path: File, dispatcher: CoroutineDispatcher, open: suspend () -> WalletLock): WalletLock {
        val file = withContext(dispatcher) { canonical(path) }
        val place = places.computeIfAbsent(file) { Place() }
        return place.opening.withLock {
            place.lock?.takeUnless { it.isClosed } ?: open().also { place.lock = it }
        }
    }

    /** A path that the system cannot follow stays as it is: opening says what is wrong with it. */
    private fun canonical(path: File): File =
        try {
            path.canonicalFile
        } catch (_: IOException) {
            path.absoluteFile
        }
}
