package dev.walletlock

import dev.walletlock.ffi.uniffiEnsureInitialized
import java.io.File
import java.util.ServiceLoader

/**
 * Brings the native library to a JVM that is not a phone's. On a phone it is part of the app, and nobody asks.
 *
 * For artifacts that have a library inside, as `walletlock-fakes` has. They name theirs in `META-INF/services`; it is
 * asked before the first call into native code. The system property `walletlock.library`, a path, goes before it.
 */
public fun interface NativeLibrarySource {
    /** The path of a file that can be loaded. What it throws reaches whoever made the call; the next asks again. */
    public fun path(): String
}

/**
 * Sees to it that both ways into the native library find the same one.
 *
 * This is on the way to the PIN pad: it is written so that few classes are loaded, which takes longer than what they do.
 */
internal object NativeLibrary {
    /** The generated code's own property, process-wide: so class loaders beside ours load the same file. */
    const val OVERRIDE = "uniffi.component.walletlock.libraryOverride"

    /** Null: the system finds it by its name. */
    private val located: String? by lazy {
        path({ System.getProperty(it) }, { sources() })?.also { System.setProperty(OVERRIDE, it) }
    }

    /** How locks are opened and PINs are checked: the same way for all that this class loader opens. */
    val unlockPath: UnlockPath by lazy { unlockPath({ System.getProperty(it) }, located) { load(it) } }

    /** Once it could not be started it never can. */
    private object Jna {
        val start = runCatching { uniffiEnsureInitialized() }
    }

    /**
     * Before every call over uniffi. It costs something once.
     *
     * @throws LockException.Jna when it cannot be started.
     */
    fun startJna() {
        located
        Jna.start.onFailure { throw LockException.Jna(it) }
    }

    inline fun unlockPath(property: (String) -> String?, library: String?, load: (String?) -> Unit): UnlockPath {
        if (property("walletlock.unlock") == "uniffi") return OverUniffi
        return try {
            load(library)
            OverJni
        } catch (refused: UnsatisfiedLinkError) {
            if (isPhone(property)) throw LockException.NoLibrary(refused)
            // A JVM loads a library for one class loader only, and another has it, as with plugins. JNA does not mind.
            // But only one at a time can be called back over it: so there are two of us in a JVM, and not three.
            OverUniffi
        }
    }

    inline fun path(property: (String) -> String?, sources: () -> Iterable<NativeLibrarySource>): String? =
        property(OVERRIDE)
            ?: property("walletlock.library")?.let { File(it).absolutePath }
            // Looking through an app for services would be felt.
            ?: if (isPhone(property)) null else sources().firstOrNull()?.path()

    /** What a phone's VM calls itself. */
    private inline fun isPhone(property: (String) -> String?) = property("java.vm.name") == "Dalvik"

    private fun load(path: String?) = if (path == null) System.loadLibrary("walletlock") else System.load(path)

    /** Those beside the facade, whichever thread asks. */
    private fun sources() =
        ServiceLoader.load(NativeLibrarySource::class.java, NativeLibrarySource::class.java.classLoader)
}
