package dev.walletlock.bionic

import java.nio.file.Path
import java.security.Security
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

/** Shared by the tests: phones on which a PIN is set, and apps on them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnPhones(val abi: Abi) {
    private lateinit var folder: Path

    /** A phone on which the PIN is set. Each test gets a copy, because setting a PIN costs Argon2id three times. */
    protected lateinit var enrolled: ModelledPhone
    protected val phones = mutableListOf<ModelledPhone>()

    @BeforeAll
    fun `a PIN is set`(@TempDir given: Path) {
        folder = given
        Security.addProvider(KeystoreProvider())
        enrolled = ModelledPhone(folder.resolve("enrolled"))
        on(enrolled) {
            assertEquals("Unconfigured", open())
            assertEquals("Right", enrol(PIN))
            assertTrue(isSessionLive())
            assertEquals("TrustedEnvironment", securityLevel())
            assertEquals("On", rollbackProtection())
            assertEquals(0, write("card", "4000 1234".toByteArray()))
            assertEquals(listOf(0, 12), listener.events)
            assertArgon2idAtTheFloor()
            assertEquals("open, null", openSessions())
            assertEquals("done", screenWentOff())
            assertFalse(isSessionLive())
            assertEquals("closed, ScreenOff", openSessions())
            assertEquals("done", lockNow())
        }
    }

    @AfterEach
    fun `the log tells nothing that is nobody's business`() {
        for (line in (phones + enrolled).flatMap(ModelledPhone::log)) {
            assertEquals("walletlock", line.tag)
            assertFalse(listOf(PIN, OTHER_PIN, "wallet.db", "4000").any(line.text::contains), line.text)
        }
    }

    protected fun App.assertArgon2idAtTheFloor() {
        val mebibytes = process.kernel.largestMapping / 1024 / 1024
        // 19 MiB at the floor, which bionic rounds up; 32 MiB at the next step.
        assertTrue(mebibytes in 19..20, "Argon2id's memory: $mebibytes MiB")
    }

    protected fun phone(like: ModelledPhone? = null): ModelledPhone {
        val storage = folder.resolve("phone-${phones.size}")
        return (like?.copy(storage) ?: ModelledPhone(storage)).also(phones::add)
    }

    protected fun on(phone: ModelledPhone, act: App.() -> Unit) = App(abi, phone).use {
        assertEquals(JNI_VERSION_1_6, it.native.load())
        it.act()
    }
}

internal const val PIN = "835179"
internal const val OTHER_PIN = "406283"
internal const val LOG_INFO = 4
internal const val LOG_ERROR = 6
private const val JNI_VERSION_1_6 = 0x00010006
