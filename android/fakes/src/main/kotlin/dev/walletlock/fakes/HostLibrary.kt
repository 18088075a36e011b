package dev.walletlock.fakes

import dev.walletlock.NativeLibrarySource
import java.io.File
import java.io.InputStream
import java.nio.file.Files

/**
 * The lock's native code for the machine that runs the tests, out of the fakes' own jar. Nothing has to be called: the
 * lock asks for it by itself.
 *
 * It looks for `native/<os>-<arch>/` on the class path, as `native/linux-x86_64/libwalletlock.so`. What it finds is
 * copied, once in a process, into a folder of its own under `java.io.tmpdir` (which must let files be executed), and
 * removed when the process ends. Processes that run at once do not meet.
 *
 * Another one can be named with the system property `walletlock.library`. It must be built with the feature `testing`
 * or as it ships; the latter takes as long for a PIN as a phone does.
 */
public class HostLibrary : NativeLibrarySource {
    /** @throws NoHostLibraryError if there is none for this machine. */
    override fun path(): String = copied.path

    internal companion object {
        private val copied: File by lazy {
            val platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"))
            copy(platform, HostLibrary::class.java.classLoader::getResourceAsStream)
        }

        /** Named as Rust names them: what Java says differs from JVM to JVM. */
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
            // Nobody else can look into it, or put something there.
            val folder = Files.createTempDirectory("walletlock").toFile()
            folder.deleteOnExit()
            val copy = File(folder, name)
            // The last that is named goes first.
            copy.deleteOnExit()
            library.use { Files.copy(it, copy.toPath()) }
            return copy
        }
    }
}

/**
 * There is no native library for the machine that runs the tests. The message says how to get one.
 *
 * An error, so that no code under test takes it for one of the lock's faults.
 *
 * @property platform which machine that is: `macos-aarch64`.
 */
public class NoHostLibraryError internal constructor(public val platform: String, file: String) : UnsatisfiedLinkError(
    "walletlock-fakes has no native library for $platform. Build one from Walletlock's sources on such a machine: " +
        "cargo build --package walletlock-android --lib --features testing. " +
        "Then run the tests with -Dwalletlock.library=<path to target/debug/$file>, " +
        "or put it into your test resources as native/$platform/$file.",
)
