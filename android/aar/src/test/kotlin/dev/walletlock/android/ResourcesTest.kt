package dev.walletlock.android

import android.content.res.Resources
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.objectweb.asm.ClassReader
import org.objectweb.asm.Opcodes
import org.objectweb.asm.tree.ClassNode
import org.objectweb.asm.tree.FieldInsnNode
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
class ResourcesTest {
    private val resources = RuntimeEnvironment.getApplication().resources

    /** Code must read R's fields, because an app gives other numbers. The name of a number that is compiled in looks unused. */
    @Test
    fun `every text is used, by its name`() {
        assertTrue(texts().isNotEmpty())
        val used = ownClasses().flatMap(::namesUsedBy).toSet()
        assertEquals(emptyList<String>(), texts().map { it.name }.filterNot { it in used })
    }

    @Test
    fun `every name says whose it is`() {
        val names = R::class.java.classes.flatMap { type -> type.fields.map { it.name } }
        assertTrue(names.isNotEmpty())
        assertEquals(emptyList<String>(), names.filterNot { it.startsWith("walletlock", ignoreCase = true) })
    }

    @Test
    fun `every text is there in Chinese`() {
        val english = texts().map { it.read(resources) }
        RuntimeEnvironment.setQualifiers("zh-rCN")
        texts().zip(english) { text, inEnglish -> assertNotEquals(text.name, inEnglish, text.read(resources)) }
    }

    @Test
    @Config(qualifiers = "zh-rCN")
    fun `what there is in no language of ours is English`() {
        val chinese = texts().map { it.read(resources) }
        RuntimeEnvironment.setQualifiers("de-rDE")
        texts().zip(chinese) { text, inChinese -> assertNotEquals(text.name, inChinese, text.read(resources)) }
    }

    private class Text(val name: String, val read: (Resources) -> String)

    /** R has a class for `string` or `plurals` only if there are such texts. */
    private fun texts(): List<Text> = R::class.java.classes.flatMap { kind ->
        kind.fields.mapNotNull { field ->
            when (kind.simpleName) {
                "string" -> Text(field.name) { it.getString(field.getInt(null)) }
                "plurals" -> Text(field.name) { it.getQuantityString(field.getInt(null), 2, 2) }
                else -> null
            }
        }
    }

    /** The compiled classes of the module, without R itself. */
    private fun ownClasses(): List<ClassNode> {
        val root = File(System.getProperty("walletlock.classes")!!)
        return root.walk().filter { it.extension == "class" && !isR(it.nameWithoutExtension) }
            .map { file -> ClassNode().also { ClassReader(file.readBytes()).accept(it, ClassReader.SKIP_DEBUG) } }
            .toList()
    }

    private fun namesUsedBy(node: ClassNode): List<String> = node.methods.flatMap { it.instructions }
        .filterIsInstance<FieldInsnNode>()
        .filter { it.opcode == Opcodes.GETSTATIC && isR(it.owner.substringAfterLast('/')) }
        .map { it.name }

    private fun isR(name: String) = name == "R" || name.startsWith("R$")
}
