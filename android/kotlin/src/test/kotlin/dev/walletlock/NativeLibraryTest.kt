package dev.walletlock

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class NativeLibraryTest {
    private fun path(vararg properties: Pair<String, String>, sources: () -> Iterable<NativeLibrarySource>) =
        NativeLibrary.path(mapOf(*properties)::get, sources)

    private fun nobody(): Iterable<NativeLibrarySource> = throw AssertionError("nobody should be asked")

    @Test
    fun `who says where the library is goes before what has one inside`() {
        assertEquals("/mine", path("walletlock.library" to "/mine", sources = ::nobody))
        val both = arrayOf("walletlock.library" to "/mine", NativeLibrary.OVERRIDE to "/generated")
        assertEquals("/generated", path(*both, sources = ::nobody))
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
}
