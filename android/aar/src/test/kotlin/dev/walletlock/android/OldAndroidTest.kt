package dev.walletlock.android

import dev.walletlock.WalletLock
import java.io.File
import java.io.InputStream
import java.nio.ByteBuffer
import java.util.jar.JarFile
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes

/** Calls that compile against a newer Java, but do not link, or cannot be dexed, for the oldest supported Android. */
class OldAndroidTest {
    /** One class of each part that an app gets: this archive, the facade with the generated code, and JNA. */
    private val shipped = listOf("dev.walletlock.android.AutoLock", WalletLock::class.java.name, "com.sun.jna.Native")

    @Test
    fun `no class calls what Android 9 and older, or their packer, do not have`() {
        for (name in shipped) {
            val classes = classesBeside(name)
            assertTrue(name, classes.size > 10)
            assertEquals(name, emptyList<String>(), classes.flatMap(::found))
        }
    }

    @Test
    fun `such calls are found`() {
        val here = OldCalls::class.java.getResourceAsStream("OldCalls.class")!!.use(InputStream::readBytes)
        assertEquals(listOf("java/nio/ByteBuffer.flip()Ljava/nio/ByteBuffer;"), found(here).map { it.substringAfter(": ") })
    }

    private fun found(of: ByteArray): List<String> {
        val reader = ClassReader(of)
        val found = mutableListOf<String>()
        val methods = object : MethodVisitor(Opcodes.ASM9) {
            override fun visitMethodInsn(opcode: Int, owner: String, name: String, descriptor: String, isInterface: Boolean) {
                if (isNewInBuffers(owner, name, descriptor) || isPolymorphic(owner, name)) {
                    found += "${reader.className}: $owner.$name$descriptor"
                }
            }
        }
        val classes = object : ClassVisitor(Opcodes.ASM9) {
            override fun visitMethod(access: Int, name: String, descriptor: String, signature: String?, exceptions: Array<out String>?) =
                methods
        }
        reader.accept(classes, ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES)
        return found
    }

    /**
     * Since Java 9 each buffer class overrides these methods to return its own type. Before Java 9, and on Android 9, only
     * `Buffer` has them.
     */
    private fun isNewInBuffers(owner: String, name: String, descriptor: String) =
        owner.startsWith("java/nio/") && owner != "java/nio/Buffer" && name in OF_BUFFER && descriptor.endsWith(")L$owner;")

    /** The dexer (D8) refuses them below Android 8 (API level 26). */
    private fun isPolymorphic(owner: String, name: String) =
        owner == "java/lang/invoke/MethodHandle" && (name == "invoke" || name == "invokeExact")

    /** All classes of the folder or jar that the class [name] is in, without `module-info`, which only a JVM loads. */
    private fun classesBeside(name: String): List<ByteArray> {
        val place = File(Class.forName(name, false, javaClass.classLoader).protectionDomain.codeSource.location.toURI())
        if (place.isDirectory) {
            return place.walk().filter { it.extension == "class" }.map { it.readBytes() }.toList()
        }
        return JarFile(place).use { jar ->
            val entries = jar.entries().asSequence().filter { it.name.endsWith(".class") && it.name != "module-info.class" }
            entries.map { jar.getInputStream(it).readBytes() }.toList()
        }
    }

    private companion object {
        val OF_BUFFER = setOf("position", "limit", "mark", "reset", "clear", "flip", "rewind")
    }
}

/** The control: this call must be found. */
private class OldCalls {
    @Suppress("unused")
    fun flip(buffer: ByteBuffer) = buffer.flip()
}
