package dev.walletlock

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassWriter
import org.objectweb.asm.Opcodes

/** Both artifacts run on any JVM: they name no class that exists on a phone only. */
class NoAndroidTest {
    @ParameterizedTest
    @EnumSource
    fun `no class refers to one of Android's`(artifact: Artifact) {
        val classes = artifact.classes()
        assertEquals(emptyMap<String, List<String>>(), androidIn(classes))
        val own = classes.map { ClassReader(it).className }
        assertEquals(own, own.filter { it.startsWith("dev/walletlock/") }, "ours, and nobody else's classes")
    }

    @Test
    fun `a class that does is found, however it says so`() {
        val descriptors = listOf("(ILandroid/os/Bundle;)V", "()Landroidx/core/util/Consumer;", "([Landroid/net/Uri;)V")
        for (descriptor in descriptors) {
            assertEquals(mapOf("One" to listOf(descriptor)), androidIn(listOf(one(descriptor))))
        }
        val parent = one("()V", parent = "android/app/Activity")
        assertEquals(mapOf("One" to listOf("android/app/Activity")), androidIn(listOf(parent)))
        val byName = one("()V", constant = "android.os.StrictMode")
        assertEquals(mapOf("One" to listOf("android.os.StrictMode")), androidIn(listOf(byName)))
        val harmless = one("(Ldev/walletlock/android/Lock;)V", constant = "android_gatekeeper")
        assertEquals(emptyMap<String, List<String>>(), androidIn(listOf(harmless)))
    }

    /** For each class, everything in its constant pool, text included, that reads like the name of an Android class. */
    private fun androidIn(classes: List<ByteArray>): Map<String, List<String>> =
        classes.map(::ClassReader)
            .associate { it.className to it.texts().filter(ANDROID::containsMatchIn) }
            .filterValues { it.isNotEmpty() }

    private fun ClassReader.texts(): List<String> =
        (1 until itemCount).map(::getItem).filter { it > 0 && readByte(it - 1) == UTF8 }.map { at ->
            ByteArray(readUnsignedShort(at)) { readByte(at + Short.SIZE_BYTES + it).toByte() }.decodeToString()
        }

    private fun one(descriptor: String, parent: String = "java/lang/Object", constant: String = ""): ByteArray {
        val writer = ClassWriter(0)
        writer.visit(Opcodes.V11, Opcodes.ACC_ABSTRACT, "One", null, parent, null)
        writer.visitMethod(Opcodes.ACC_ABSTRACT, "method", descriptor, null, null).visitEnd()
        writer.visitField(Opcodes.ACC_STATIC, "field", "Ljava/lang/String;", null, constant).visitEnd()
        writer.visitEnd()
        return writer.toByteArray()
    }

    private companion object {
        /** The tag of a text constant. Names, descriptors and signatures are stored as text. */
        const val UTF8 = 1

        /** Matches at the beginning, after the L of a descriptor, or after a character that is not part of a name. */
        val ANDROID = Regex("""(^|L|[^./\w$])androidx?[./]\w""")
    }
}
