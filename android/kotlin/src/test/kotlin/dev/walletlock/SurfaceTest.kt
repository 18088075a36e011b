package dev.walletlock

import java.io.File
import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class SurfaceTest {
    private val classes = File(WalletLock::class.java.protectionDomain.codeSource.location.toURI())

    private val surface: String by lazy {
        val streams = classes.walk().filter { it.extension == "class" }.map { it.inputStream() }
        val api = streams.loadApiFromJvmClasses().filterOutNonPublic(nonPublicPackages = listOf("dev/walletlock/ffi"))
        api.dump(StringBuilder()).toString()
    }

    @Test
    fun `the surface is the one that is checked in`() {
        val checkedIn = File("api/walletlock.api")
        val found = classes.resolveSibling(checkedIn.name).apply { writeText(surface) }
        val help = "What apps see has changed. If that is meant, copy $found over $checkedIn, and say in CHANGELOG.md what " +
            "breaks at their call sites."
        assertEquals(checkedIn.readText(), surface, help)
    }

    @Test
    fun `nothing generated shows in it`() {
        assertTrue("class dev/walletlock/WalletLock " in surface)
        assertFalse("dev/walletlock/ffi" in surface)
    }

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
}
