package dev.walletlock

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

/** Sees to it that the generated code finds the library. */
internal object NativeLibrary {
    /** The generated code's own property, process-wide: so class loaders beside ours load the same file. */
    const val OVERRIDE = "uniffi.component.walletlock.libraryOverride"

    private val located by lazy {
        path(System::getProperty, ::sources)?.let { System.setProperty(OVERRIDE, it) }
    }

    /** Before every call into native code. It costs something once. */
    fun locate() {
        located
    }

    /** Null: the system finds it by its name. */
    fun path(property: (String) -> String?, sources: () -> Iterable<NativeLibrarySource>): String? =
        property(OVERRIDE)
            ?: property("walletlock.library")
            // What a phone's VM calls itself. Looking through an app for services would be felt.
            ?: if (property("java.vm.name") == "Dalvik") null else sources().firstOrNull()?.path()

    /** Those beside the facade, whichever thread asks. */
    private fun sources() =
        ServiceLoader.load(NativeLibrarySource::class.java, NativeLibrarySource::class.java.classLoader)
}
