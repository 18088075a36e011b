package dev.walletlock.fakes

import dev.walletlock.Policy
import dev.walletlock.WalletLock
import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit
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

/** Where the native code comes from that these tests run on. */
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
        val users = (1..3).map { start(HostLibraryUser, "$it.db") }
        val used = users.map { File(said(it).single()) }
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
        val user = start(HostLibraryUser, "wallet.db", "-Dwalletlock.library=${own.path}")
        assertEquals(listOf(own.path), said(user))
        assertTrue(own.exists())
    }

    @Test
    fun `where there is none, every call says so`() {
        val seeker = start(HostLibrarySeeker, "wallet.db", "-Dos.name=Linux", "-Dos.arch=riscv64")
        assertEquals(listOf("linux-riscv64", "linux-riscv64"), said(seeker))
    }

    private fun start(program: Any, file: String, vararg options: String): Process = ProcessBuilder(
        File(System.getProperty("java.home"), "bin/java").path,
        *options,
        "-classpath",
        System.getProperty("java.class.path"),
        program.javaClass.name,
        File(folder, file).path,
    ).redirectErrorStream(true).start()

    private fun said(program: Process): List<String> {
        val lines = program.inputStream.bufferedReader().readLines()
        assertTrue(program.waitFor(1, TimeUnit.MINUTES))
        return lines
    }
}

/** Opens a wallet, and prints every file named as our library that its memory is mapped from. */
object HostLibraryUser {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        WalletLock.open(File(arguments.single()), FakePhone().platform).use {
            val mapped = File("/proc/self/maps").readLines().filter { it.endsWith("libwalletlock.so") }
            mapped.map { it.substring(it.indexOf('/')) }.distinct().forEach(::println)
        }
    }
}

/** Makes a call twice, and prints for which machine the native code is missing. */
object HostLibrarySeeker {
    @JvmStatic
    fun main(@Suppress("UNUSED_PARAMETER") arguments: Array<String>) = repeat(2) {
        try {
            println(Policy.preset("ctap2"))
        } catch (missing: NoHostLibraryError) {
            println(missing.platform)
        }
    }
}
