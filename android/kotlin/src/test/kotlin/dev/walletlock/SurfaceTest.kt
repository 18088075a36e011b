package dev.walletlock

import java.io.File
import java.lang.reflect.Modifier
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class SurfaceTest {
    @Test
    fun `every constant has its twin on the other side`() {
        fun names(constants: Iterable<Enum<*>>) = constants.map { it.name }
        assertEquals(names(dev.walletlock.ffi.Kind.entries), names(JournalKind.entries))
        assertEquals(names(dev.walletlock.ffi.PinRule.entries), names(PinRule.entries))
        assertEquals(names(dev.walletlock.ffi.Severity.entries), names(Severity.entries))
        assertEquals(names(dev.walletlock.ffi.LockReason.entries), names(LockReason.entries))
        assertEquals(names(dev.walletlock.ffi.WhoLocked.entries), names(WhoLocked.entries))
        assertEquals(names(dev.walletlock.ffi.Reminder.entries), names(Reminder.entries))
        assertEquals(names(dev.walletlock.ffi.DeviceKeyFault.entries), names(DeviceKeyFault.entries))
        assertEquals(names(dev.walletlock.ffi.KeyPurpose.entries), names(KeyPurpose.entries))
    }

    @Test
    fun `nothing generated shows in what an app sees`() {
        val classes = File(WalletLock::class.java.protectionDomain.codeSource.location.toURI())
            .resolve("dev/walletlock")
            .listFiles { file -> file.extension == "class" }
            .orEmpty()
            .map { Class.forName("dev.walletlock.${it.nameWithoutExtension}") }
            .filter { it.isShown() }
        assertTrue(classes.size > 50, "this looks at too few classes: ${classes.size}")
        val leaks = classes.flatMap { type ->
            val members = type.declaredMethods.filter { isShown(it.modifiers, it.name) && !it.isSynthetic }
                .map { "$type: ${it.toGenericString()}" }
            val supertypes = (type.genericInterfaces + type.genericSuperclass).map { "$type: $it" }
            val fields = type.declaredFields.filter { isShown(it.modifiers, it.name) }.map { "$type: ${it.toGenericString()}" }
            members + supertypes + fields
        }.filter { ".ffi." in it }
        assertEquals(emptyList<String>(), leaks)
    }

    /** What Kotlin calls internal is public to the JVM: known by its mangled name, or by its file. */
    private fun Class<*>.isShown() =
        Modifier.isPublic(modifiers) && simpleName !in INTERNAL && !isAnonymousClass && !isSynthetic

    private fun isShown(modifiers: Int, name: String) = Modifier.isPublic(modifiers) && "\$walletlock" !in name

    private companion object {
        val INTERNAL = setOf(
            "CallsKt", "Handle", "MappingKt", "NativeClock", "NativeDeviceKey", "NativeEntropy", "NativePlatformKt",
            "StatusWatch", "StatusWatchKt",
        )
    }
}
