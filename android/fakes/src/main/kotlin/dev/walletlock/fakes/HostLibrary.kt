package dev.walletlock.fakes

import dev.walletlock.NativeLibrarySource
import java.io.File
import java.io.InputStream
import java.nio.file.Files

/**
 * The lock's native library for the machine that runs the tests, taken from one of the jars that the fakes depend on. A test
 * calls nothing here: the lock asks for the library by itself.
 *
 * It looks for `native/<os>-<arch>/` on the class path, as `native/linux-x86_64/libwalletlock.so`. The library is copied, once
 * in a process, into a new folder under `java.io.tmpdir` (which must let files be executed). The copy is deleted when the
 * process ends, except on Windows, which keeps a loaded file. Processes that run at the same time use different folders.
 *
 * The system property `walletlock.library` names another library. It must be built with the cargo feature `testing`, or as it
 * ships; the shipped build takes as long to check a PIN as it does on a phone.
 */
public class HostLibrary : NativeLibrarySource {
    /** @throws NoHostLibraryError if there is none for this machine. */
    override fun path(): String = copied.path

    internal companion object {
        private val copied: File by lazy {
            val platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"))
            copy(platform, HostLibrary::class.java.classLoader::getResourceAsStream)
        }

        /** The names that Rust uses. Java's own names for systems and processors differ from JVM to JVM. */
        fun platform(os: String, arch: String): String {
            val osName = when {
                os.startsWith("Mac") -> "macos"
                os.startsWith("Windows") -> "windows"
                else -> os.lowercase()
            }
            val archName = when (arch) {
                "amd64" -> "x86_64"
                "arm64" -> "aarch64"
                else -> arch
            }
            return "$osName-$archName"
        }

        fun copy(platform: String, resource: (String) -> InputStream?): File {
            val name = System.mapLibraryName("walletlock")
            val library = resource("native/$platform/$name") ?: throw NoHostLibraryError(platform, name)
            // No other user can read this folder, or put something into it.
            val folder = Files.createTempDirectory("walletlock").toFile()
            folder.deleteOnExit()
            val copy = File(folder, name)
            // deleteOnExit deletes in reverse order: the file before its folder.
            copy.deleteOnExit()
            library.use { Files.copy(it, copy.toPath()) }
            return copy
        }
    }
}

/**
 * There is no native library for the machine that runs the tests. The message says how to get one.
 *
 * An `Error`, so that no code under test takes it for one of the lock's faults.
 *
 * @property platform system and processor of that machine, as `macos-aarch64`.
 */
public class NoHostLibraryError internal constructor(public val platform: String, file: String) : UnsatisfiedLinkError(
    "walletlock-fakes has no native library for $platform. Build one from Walletlock's sources on such a machine: " +
        "cargo build --package walletlock-android --lib --features testing. " +
        "Then run the tests with -Dwalletlock.library=<path to target/debug/$file>, " +
        "or put it into your test resources as native/$platform/$file.",
)
