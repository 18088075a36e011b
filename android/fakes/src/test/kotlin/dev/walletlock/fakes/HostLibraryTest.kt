package dev.walletlock.fakes

import dev.walletlock.OwnJvm
import dev.walletlock.PinEntry
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** Where the native library of these tests comes from. */
class HostLibraryTest {
    @TempDir
    lateinit var folder: File

    @ParameterizedTest
    @CsvSource(
        "Linux, amd64, linux-x86_64",
        "Linux, x86_64, linux-x86_64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, macos-aarch64",
        "Mac OS X, x86_64, macos-x86_64",
        "Windows 11, amd64, windows-x86_64",
        "FreeBSD, arm64, freebsd-aarch64",
    )
    fun `a machine has one name, whatever its JVM calls it`(os: String, arch: String, name: String) {
        assertEquals(name, HostLibrary.platform(os, arch))
    }

    @Test
    fun `the error says which one there is not, and how to get it`() {
        val file = System.mapLibraryName("walletlock")
        val asked = mutableListOf<String>()
        val missing = assertThrows<NoHostLibraryError> {
            HostLibrary.copy("linux-riscv64") { asked += it; null }
        }
        assertEquals(listOf("native/linux-riscv64/$file"), asked)
        assertEquals("linux-riscv64", missing.platform)
        val help = listOf(
            "no native library for linux-riscv64. ",
            "cargo build --package walletlock-android --lib --features testing",
            "-Dwalletlock.library=",
            "native/linux-riscv64/$file",
        )
        for (part in help) assertTrue(part in missing.message.orEmpty(), missing.message)
    }

    @Test
    fun `it is copied once, into a folder of its own`() {
        val copy = File(HostLibrary().path())
        assertEquals(copy.path, HostLibrary().path())
        assertEquals(System.mapLibraryName("walletlock"), copy.name)
        assertEquals(listOf(copy), copy.parentFile.listFiles()?.toList())
        val permissions = Files.getPosixFilePermissions(copy.parentFile.toPath())
        assertEquals("rwx------", PosixFilePermissions.toString(permissions))
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    fun `JVMs that run at once have one copy each, load it once, and leave nothing behind`() {
        val users = (1..3).map { OwnJvm(HostLibraryUser, File(folder, "$it.db").path) }
        val used = users.map { File(it.output().single()) }
        assertEquals(3, used.toSet().size, "$used")
        for (copy in used) {
            assertNotEquals(HostLibrary().path(), copy.path, "not ours either")
            assertFalse(copy.exists())
            assertFalse(copy.parentFile.exists())
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    fun `one that is named goes before it, and stays`() {
        val own = File(HostLibrary().path()).copyTo(File(folder, "libmine-libwalletlock.so"))
        val named = listOf("-Dwalletlock.library=${own.path}")
        assertEquals(listOf(own.path), OwnJvm(HostLibraryUser, File(folder, "wallet.db").path, options = named).output())
        assertTrue(own.exists())
    }

    @Test
    fun `where there is none, every call says so`() {
        val elsewhere = listOf("-Dos.name=Linux", "-Dos.arch=riscv64")
        assertEquals(List(4) { "linux-riscv64" }, OwnJvm(HostLibrarySeeker, options = elsewhere).output())
    }
}

/** Calls native code over JNI and over uniffi, and prints every mapped file that has our library's name. */
object HostLibraryUser {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        WalletLock.open(File(arguments.single()), FakePhone().platform).use { lock ->
            // Opening went over JNI, unless the JVM was told otherwise. This call always goes over uniffi.
            lock.policy()
            val mapped = File("/proc/self/maps").readLines().filter { it.endsWith("libwalletlock.so") }
            // Address, rights, offset, device, inode, path.
            val fields = mapped.map { it.split(Regex(" +")) }
            check(fields.map { it[4] }.distinct().size == 1) { "one file, however it is called: $mapped" }
            check(fields.count { 'x' in it[1] } == 1) { "its code is there once: $mapped" }
            fields.map { it[5] }.distinct().forEach(::println)
        }
    }
}

/** Makes two calls twice, and prints for which machine the native library is missing. */
object HostLibrarySeeker {
    @JvmStatic
    fun main(@Suppress("UNUSED_PARAMETER") arguments: Array<String>) = repeat(2) {
        try {
            println(Policy.preset("ctap2"))
        } catch (missing: NoHostLibraryError) {
            println(missing.platform)
        }
        try {
            println(PinEntry())
        } catch (missing: NoHostLibraryError) {
            println(missing.platform)
        }
    }
}
