package dev.walletlock.bionic

import java.nio.ByteBuffer
import java.nio.file.Path
import java.security.Security
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** Unlocking with biometrics, as far as the modelled VM allows: it has no direct buffers, and nobody touches a sensor. */
class FingerTest {
    @TempDir
    lateinit var folder: Path

    @ParameterizedTest
    @EnumSource
    fun `what is asked for crosses, and whether and why not comes back`(abi: Abi) {
        Security.addProvider(KeystoreProvider())
        val phone = ModelledPhone(folder)
        App(abi, phone).use { app ->
            app.native.load()
            val opened = app.native.bytes("open", "${phone.appFolder}/wallet.db", "trezor", app.listener)
            val lock = ByteBuffer.wrap(opened, 1, Long.SIZE_BYTES).getLong()
            assertArrayEquals(DENIED_SWITCHED_OFF, app.native.bytes("biometricAvailability", lock, TO_UNLOCK))
            assertArrayEquals(REFUSED_SWITCHED_OFF, app.native.bytes("verifyBiometrics", lock, TO_UNLOCK))
            assertEquals(FAULT, app.native.bytes("verifyBiometrics", lock, byteArrayOf(7)).first(), "no request")
            assertArrayEquals(byteArrayOf(0), app.native.bytes("cancelBiometrics", lock, 7L))
            app.native.call("freeLock", lock)
            app.vm.leaveNative()
        }
    }

    @Test
    fun `an answer to nothing is harmless`() {
        App(Abi.ARM64, ModelledPhone(folder)).use { app ->
            app.native.load()
            app.native.call("notRecognised", 0L)
            app.native.call("ended", 0L, 99)
            app.native.call("freeAnswer", 0L)
        }
    }

    private companion object {
        /** A request as uniffi writes it: a prompt's id, no more risk than usual. */
        val TO_UNLOCK = byteArrayOf(0, 0, 0, 0, 0, 0, 0, 7, 0)

        /** The answer: a value, the second availability, the second reason. */
        val DENIED_SWITCHED_OFF = byteArrayOf(0, 0, 0, 0, 2, 0, 0, 0, 2)

        /** The answer: a value, the second outcome, the third refusal, the second reason. */
        val REFUSED_SWITCHED_OFF = byteArrayOf(0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2)
        const val FAULT: Byte = 1
    }
}
