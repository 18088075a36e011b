package dev.walletlock

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class NativeLibraryTest {
    private fun path(vararg properties: Pair<String, String>, sources: () -> Iterable<NativeLibrarySource>) =
        NativeLibrary.path(mapOf(*properties)::get, sources)

    private fun nobody(): Iterable<NativeLibrarySource> = throw AssertionError("nobody should be asked")

    @Test
    fun `who says where the library is goes before what has one inside`() {
        assertEquals("/mine", path("walletlock.library" to "/mine", sources = ::nobody))
        val both = arrayOf("walletlock.library" to "/mine", NativeLibrary.OVERRIDE to "/generated")
        assertEquals("/generated", path(*both, sources = ::nobody))
        assertEquals(File("mine").absolutePath, path("walletlock.library" to "mine", sources = ::nobody))
    }

    @Test
    fun `on a JVM what has one inside is asked, the first of them alone`() {
        val first = NativeLibrarySource { "/inside" }
        val second = NativeLibrarySource { throw AssertionError("the first one answers") }
        assertEquals("/inside", path("java.vm.name" to "OpenJDK 64-Bit Server VM") { listOf(first, second) })
        assertEquals(null, path { emptyList() }, "left to the system")
    }

    @Test
    fun `on a phone nobody is asked`() {
        assertEquals(null, path("java.vm.name" to "Dalvik", sources = ::nobody))
    }

    private fun unlockPath(vararg properties: Pair<String, String>, load: (String?) -> Unit) =
        NativeLibrary.unlockPath(mapOf(*properties)::get, "/mine", load)

    private fun refused(): Nothing = throw UnsatisfiedLinkError("already loaded in another class loader")

    @Test
    fun `a library that can be loaded is unlocked over JNI, unless told otherwise`() {
        val loaded = mutableListOf<String?>()
        assertSame(OverJni, unlockPath { loaded += it })
        assertEquals(listOf<String?>("/mine"), loaded)
        assertSame(OverUniffi, unlockPath("walletlock.unlock" to "uniffi") { throw AssertionError("not asked for") })
        assertSame(OverJni, unlockPath("walletlock.unlock" to "jni") { })
        assertSame(OverJni, unlockPath("walletlock.unlock" to "uniffi", "java.vm.name" to "Dalvik") { })
    }

    @Test
    fun `where it is refused the other way is left, but not on a phone and not if JNI was asked for`() {
        assertSame(OverUniffi, unlockPath("java.vm.name" to "OpenJDK 64-Bit Server VM") { refused() })
        val missing = assertThrows<LockException.NoLibrary> { unlockPath("java.vm.name" to "Dalvik") { refused() } }
        assertTrue(missing.cause is UnsatisfiedLinkError)
        assertThrows<LockException.NoLibrary>("what was asked for") { unlockPath("walletlock.unlock" to "jni") { refused() } }
        assertThrows<NoClassDefFoundError> { unlockPath { throw NoClassDefFoundError("another fault is not hidden") } }
    }
}
