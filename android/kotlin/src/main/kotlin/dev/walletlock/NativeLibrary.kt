package dev.walletlock

import dev.walletlock.ffi.uniffiEnsureInitialized
import java.io.File
import java.util.ServiceLoader

/**
 * Says where the native library is, on a JVM that is not a phone's. On a phone the library is part of the app, and this is
 * not asked.
 *
 * It is for artifacts that contain the library, such as `walletlock-fakes`. They name their implementation in
 * `META-INF/services`; it is asked before the first call into native code. The system property `walletlock.library`, a path,
 * takes precedence.
 */
public fun interface NativeLibrarySource {
    /** The path of a library file that can be loaded. An exception goes to the caller, and the next call asks again. */
    public fun path(): String
}

/**
 * Makes sure that both backends, JNI and uniffi, use the same native library.
 *
 * This runs before the PIN pad can be used. So it is written to load few classes: loading them takes longer than running them.
 */
internal object NativeLibrary {
    /** A process-wide property that the generated code reads. With it, other class loaders load the same file. */
    const val OVERRIDE = "uniffi.component.walletlock.libraryOverride"

    /** The path of the library. Null: the system finds it by its name. */
    private val located: String? by lazy {
        path({ System.getProperty(it) }, { sources() })?.also { System.setProperty(OVERRIDE, it) }
    }

    /** The backend that opens locks and checks PINs: one for everything that this class loader opens. */
    val unlockPath: UnlockPath by lazy { unlockPath({ System.getProperty(it) }, located) { load(it) } }

    /** The result is kept: if JNA could not be started once, it never can. */
    private object Jna {
        val start = runCatching { uniffiEnsureInitialized() }
    }

    /**
     * Starts JNA. To be called before every call over uniffi; only the first one takes time.
     *
     * @throws LockException.Jna if JNA cannot be started.
     */
    fun startJna() {
        located
        Jna.start.onFailure { throw LockException.Jna(it) }
    }

    /**
     * Chooses the backend: [OverJni] if our native methods can be linked. Tests set the system property `walletlock.unlock` to
     * `jni` or `uniffi`, which then decides.
     *
     * @throws LockException.NoLibrary if the library cannot be loaded over JNI, on a phone or with the property `jni`.
     */
    inline fun unlockPath(property: (String) -> String?, library: String?, load: (String?) -> Unit): UnlockPath {
        val wanted = property("walletlock.unlock")
        // A phone's library has the functions for this only by name.
        if (wanted == "uniffi" && !isPhone(property)) return OverUniffi
        return try {
            load(library)
            OverJni
        } catch (refused: UnsatisfiedLinkError) {
            if (wanted == "jni" || isPhone(property)) throw LockException.NoLibrary(refused)
            // A JVM links a native library to one class loader only, and another class loader has this one already, as can
            // happen with plugins. JNA can use the library all the same, but it can call back only one class loader. So in
            // one JVM two class loaders can use the library, one over JNI and one over uniffi, and a third cannot.
            OverUniffi
        }
    }

    inline fun path(property: (String) -> String?, sources: () -> Iterable<NativeLibrarySource>): String? =
        property(OVERRIDE)
            ?: property("walletlock.library")?.let { File(it).absolutePath }
            // Not on a phone: to search an app for services takes noticeable time.
            ?: if (isPhone(property)) null else sources().firstOrNull()?.path()

    /** Android's VM calls itself Dalvik. */
    private inline fun isPhone(property: (String) -> String?) = property("java.vm.name") == "Dalvik"

    private fun load(path: String?) = if (path == null) System.loadLibrary("walletlock") else System.load(path)

    /** The sources that the facade's own class loader finds, whatever class loader the calling thread has. */
    private fun sources() =
        ServiceLoader.load(NativeLibrarySource::class.java, NativeLibrarySource::class.java.classLoader)
}
