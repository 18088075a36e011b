package dev.walletlock.android

import java.io.File
import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** The public API of the Android archive. */
class SurfaceTest {
    private val built = File(System.getProperty("walletlock.classes") ?: error("run through Maven, which sets this property"))

    private fun surface(): String {
        val classes = built.walk().filter { it.extension == "class" && !isR(it.nameWithoutExtension) }
        val api = classes.map { it.inputStream() }.loadApiFromJvmClasses().filterOutNonPublic()
        return api.dump(StringBuilder()).toString()
    }

    @Test
    fun `the surface is the one that is checked in`() {
        val kept = File("api/walletlock-android.api")
        val found = File(built.parentFile, kept.name).apply { writeText(surface()) }
        val help = "What apps see has changed. If that is meant, copy $found over $kept, and say in CHANGELOG.md what " +
            "breaks at their call sites."
        assertEquals(help, kept.readText(), found.readText())
    }

    @Test
    fun `an app makes its own class R`() {
        assertTrue("class dev/walletlock/android/AutoLock " in surface())
        assertFalse(Regex("dev/walletlock/android/R[ $;]").containsMatchIn(surface()))
    }

    private fun isR(name: String) = name == "R" || name.startsWith("R$")
}
