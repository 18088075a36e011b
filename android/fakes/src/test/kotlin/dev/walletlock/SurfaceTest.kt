package dev.walletlock

import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** The public API of the artifacts. */
class SurfaceTest {
    private fun surface(artifact: Artifact): String {
        val classes = artifact.classes().asSequence().map { it.inputStream() }
        val api = classes.loadApiFromJvmClasses().filterOutNonPublic(nonPublicPackages = listOf("dev/walletlock/ffi"))
        return api.dump(StringBuilder()).toString()
    }

    @ParameterizedTest
    @EnumSource
    fun `the surface is the one that is checked in`(artifact: Artifact) {
        val surface = surface(artifact)
        val found = artifact.place.resolveSibling(artifact.dump.name).apply { writeText(surface) }
        val help = "What apps see has changed. If that is meant, copy $found over ${artifact.dump}, and say in " +
            "CHANGELOG.md what breaks at their call sites."
        assertEquals(artifact.dump.readText(), surface, help)
    }

    @Test
    fun `nothing generated shows in it`() {
        val surface = surface(Artifact.FACADE)
        assertTrue("class dev/walletlock/WalletLock " in surface)
        assertFalse("dev/walletlock/ffi" in surface)
    }
}
