package dev.walletlock.demo

import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.KeyPurpose
import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

class InsecureFileDeviceKeyTest {
    @TempDir
    lateinit var folder: File

    private val file get() = folder.toPath().resolve("keys")

    @Test
    fun `a key is made once, stays, and is gone afterwards`() {
        val keys = InsecureFileDeviceKey(file)
        fun faultOf(call: () -> Any?) = assertThrows<DeviceKeyException> { call() }.fault
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.ready("a/1") })
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.hmac("a/1", byteArrayOf(1)) })
        keys.create("a/1", KeyPurpose.PIN_SLOT)
        keys.create("b/1", KeyPurpose.SEAL)
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.create("a/1", KeyPurpose.PIN_SLOT) })
        keys.ready("a/1")
        val answer = keys.hmac("a/1", byteArrayOf(1))
        assertEquals(32, answer.size)
        assertFalse(answer.contentEquals(keys.hmac("b/1", byteArrayOf(1))))

        val reopened = InsecureFileDeviceKey(file)
        assertEquals(listOf("a/1"), reopened.aliases("a/"))
        assertArrayEquals(answer, reopened.hmac("a/1", byteArrayOf(1)))
        reopened.delete("a/1")
        reopened.delete("a/1")
        assertEquals(listOf("b/1"), keys.aliases(""))
    }

    @Test
    fun `a key for the finger is for nothing else, and gone after another finger was added`() {
        val keys = InsecureFileDeviceKey(file)
        fun faultOf(call: () -> Any?) = assertThrows<DeviceKeyException> { call() }.fault
        keys.create("a/1", KeyPurpose.BIOMETRIC)
        keys.create("b/1", KeyPurpose.PIN_SLOT)
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.hmac("a/1", byteArrayOf(1)) })
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.biometricKey("b/1") })
        val key = keys.biometricKey("a/1")
        assertEquals(32, key.encoded.size)

        val reopened = InsecureFileDeviceKey(file)
        assertEquals(key, reopened.biometricKey("a/1"))
        reopened.enrolmentChanged()
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.biometricKey("a/1") })
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.ready("a/1") })
        keys.ready("b/1")
        keys.create("a/2", KeyPurpose.BIOMETRIC)
        keys.biometricKey("a/2")
        assertEquals(setOf("a/1", "a/2"), keys.aliases("a/").toSet(), "a phone still lists it")
    }

    @Test
    fun `a key pair signs, for nothing else, and stays`() {
        val keys = InsecureFileDeviceKey(file)
        fun faultOf(call: () -> Any?) = assertThrows<DeviceKeyException> { call() }.fault
        keys.create("a/1", KeyPurpose.INSTALLATION)
        keys.create("b/1", KeyPurpose.PIN_SLOT)
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.hmac("a/1", byteArrayOf(1)) })
        assertEquals(DeviceKeyFault.FAILED, faultOf { keys.sign("b/1", byteArrayOf(1)) })
        val point = keys.publicKey("a/1")
        val reopened = InsecureFileDeviceKey(file)
        assertArrayEquals(point, reopened.publicKey("a/1"))
        val key = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(fromHex(X509_OF_P256) + point))
        val signature = Signature.getInstance("SHA256withECDSA").apply { initVerify(key) }
        signature.update(byteArrayOf(1))
        assertTrue(signature.verify(reopened.sign("a/1", byteArrayOf(1))))
        keys.delete("a/1")
        assertEquals(DeviceKeyFault.GONE, faultOf { keys.publicKey("a/1") })
    }

    @Test
    fun `only its owner can read it`() {
        assumeTrue("posix" in file.fileSystem.supportedFileAttributeViews())
        InsecureFileDeviceKey(file).create("a/1", KeyPurpose.SEAL)
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
    }

    private companion object {
        /** What stands before the point in a P-256 key's encoding (RFC 5480). */
        const val X509_OF_P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    }
}
