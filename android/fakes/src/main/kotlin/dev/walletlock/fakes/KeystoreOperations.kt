package dev.walletlock.fakes

import dev.walletlock.fakes.FakeAndroidKeyStore.Call
import java.io.ByteArrayOutputStream
import java.security.AlgorithmParameters
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.NoSuchAlgorithmException
import java.security.PrivateKey
import java.security.PublicKey
import java.security.SecureRandom
import java.security.SignatureSpi
import java.security.spec.AlgorithmParameterSpec
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.IllegalBlockSizeException
import javax.crypto.Mac
import javax.crypto.MacSpi
import javax.crypto.NoSuchPaddingException
import javax.crypto.spec.GCMParameterSpec

// What Java's `Mac`, `Cipher` and `Signature` call for keys of the keystore. The JVM's own provider does the computing.

/** `Mac`: HMAC-SHA256. */
internal class HardwareMac(private val keystore: FakeAndroidKeyStore) : MacSpi() {
    private lateinit var mac: Mac
    private var operation: Operation? = null

    override fun engineGetMacLength() = HMAC_BYTES

    override fun engineInit(key: Key, parameters: AlgorithmParameterSpec?) {
        engineReset()
        if (key !is HardwareSecretKey) throw InvalidKeyException("not a secret key of this keystore")
        operation = keystore.begin(key, Call.MAC_INIT)
        mac = Mac.getInstance(HMAC, JVM_CIPHERS).also { it.init(key.toSoftwareKey()) }
    }

    override fun engineUpdate(input: Byte) = engineUpdate(byteArrayOf(input), 0, 1)

    override fun engineUpdate(input: ByteArray, offset: Int, count: Int) {
        begun()
        mac.update(input, offset, count)
    }

    override fun engineDoFinal(): ByteArray {
        val key = begun().key
        try {
            keystore.beforeCall(Call.MAC_FINAL)
            keystore.spendComputeTime(key)
            return mac.doFinal()
        } finally {
            // Also after a failure, as in AOSP's KeyStoreCryptoOperationChunkedStreamer.
            engineReset()
        }
    }

    override fun engineReset() {
        operation?.let(keystore::end)
        operation = null
    }

    private fun begun() = checkNotNull(operation) { "it was not begun" }
}

/** `Cipher`: AES-GCM, all input at once in `doFinal`. */
internal class HardwareCipher(private val keystore: FakeAndroidKeyStore) : CipherSpi() {
    private lateinit var cipher: Cipher
    private var operation: Operation? = null

    override fun engineSetMode(mode: String) {
        if (mode != GCM) throw NoSuchAlgorithmException(mode)
    }

    override fun engineSetPadding(padding: String) {
        if (padding != NO_PADDING) throw NoSuchPaddingException(padding)
    }

    override fun engineInit(mode: Int, key: Key, random: SecureRandom?) = begin(mode, key, null)

    override fun engineInit(mode: Int, key: Key, spec: AlgorithmParameterSpec?, random: SecureRandom?) =
        begin(mode, key, spec)

    override fun engineInit(mode: Int, key: Key, parameters: AlgorithmParameters?, random: SecureRandom?) =
        begin(mode, key, parameters?.getParameterSpec(GCMParameterSpec::class.java))

    private fun begin(mode: Int, key: Key, parameters: AlgorithmParameterSpec?) {
        giveUp()
        if (key !is HardwareSecretKey) throw InvalidKeyException("not a secret key of this keystore")
        if (GCM !in key.request.blockModes) throw InvalidKeyException("incompatible block mode")
        if (NO_PADDING !in key.request.paddings) throw InvalidKeyException("incompatible padding mode")
        cipher = Cipher.getInstance(AES_GCM, JVM_CIPHERS)
        when (mode) {
            Cipher.ENCRYPT_MODE -> {
                if (parameters != null) throw InvalidAlgorithmParameterException("the keystore makes the IV")
                operation = keystore.begin(key, Call.CIPHER_INIT)
                cipher.init(mode, key.toSoftwareKey())
            }
            Cipher.DECRYPT_MODE -> {
                if (parameters == null) throw InvalidKeyException("an IV is needed to decrypt")
                val isOurs = parameters is GCMParameterSpec && parameters.tLen == TAG_BITS && parameters.iv.size == IV_BYTES
                if (!isOurs) throw InvalidAlgorithmParameterException("12 bytes of IV and 128 bits of tag are needed")
                operation = keystore.begin(key, Call.CIPHER_INIT)
                cipher.init(mode, key.toSoftwareKey(), parameters)
            }
            else -> throw UnsupportedOperationException("keys are not wrapped here")
        }
    }

    override fun engineDoFinal(input: ByteArray, offset: Int, count: Int): ByteArray {
        val operation = checkNotNull(operation) { "it was not begun, or is over" }
        giveUp()
        keystore.beforeCall(Call.CIPHER_FINAL)
        // The exception that AOSP's AndroidKeyStoreCipherSpiBase throws.
        if (!operation.isAllowed()) throw IllegalBlockSizeException("Key user not authenticated")
        keystore.spendComputeTime(operation.key)
        return cipher.doFinal(input, offset, count)
    }

    override fun engineDoFinal(input: ByteArray, offset: Int, count: Int, output: ByteArray, outputOffset: Int): Int {
        val bytes = engineDoFinal(input, offset, count)
        bytes.copyInto(output, outputOffset)
        return bytes.size
    }

    override fun engineUpdate(input: ByteArray, offset: Int, count: Int) = inOnePiece()

    override fun engineUpdate(input: ByteArray, offset: Int, count: Int, output: ByteArray, outputOffset: Int) =
        inOnePiece()

    private fun inOnePiece(): Nothing = throw UnsupportedOperationException("update is not supported: pass all input to doFinal")

    override fun engineGetIV(): ByteArray? = operation?.giveOut(cipher.iv)

    override fun engineGetParameters(): AlgorithmParameters? = cipher.parameters

    override fun engineGetBlockSize() = cipher.blockSize

    override fun engineGetOutputSize(count: Int) = cipher.getOutputSize(count)

    private fun giveUp() {
        operation?.let(keystore::end)
        operation = null
    }
}

/** `Signature`: ECDSA with SHA-256. */
internal class HardwareSignature(private val keystore: FakeAndroidKeyStore) : SignatureSpi() {
    private val message = ByteArrayOutputStream()
    private var operation: Operation? = null
    private var signingKey: HardwarePrivateKey? = null

    override fun engineInitSign(key: PrivateKey) {
        giveUp()
        if (key !is HardwarePrivateKey) throw InvalidKeyException("not a private key of this keystore")
        operation = keystore.begin(key, Call.SIGNATURE_INIT)
        signingKey = key
    }

    override fun engineUpdate(byte: Byte) = engineUpdate(byteArrayOf(byte), 0, 1)

    override fun engineUpdate(bytes: ByteArray, offset: Int, count: Int) {
        begun()
        message.write(bytes, offset, count)
    }

    override fun engineSign(): ByteArray {
        val key = begun()
        try {
            keystore.beforeCall(Call.SIGNATURE_SIGN)
            keystore.spendComputeTime(key)
            return key.sign(message.toByteArray())
        } finally {
            giveUp()
        }
    }

    override fun engineInitVerify(key: PublicKey) = throw UnsupportedOperationException("the keystore only signs")
    override fun engineVerify(signature: ByteArray) = throw UnsupportedOperationException("the keystore only signs")
    @Deprecated("As in SignatureSpi.")
    override fun engineSetParameter(name: String, value: Any?) = throw UnsupportedOperationException()
    @Deprecated("As in SignatureSpi.")
    override fun engineGetParameter(name: String): Any = throw UnsupportedOperationException()

    private fun begun() = checkNotNull(signingKey) { "it was not begun" }

    private fun giveUp() {
        operation?.let(keystore::end)
        operation = null
        signingKey = null
        message.reset()
    }
}

private const val GCM = "GCM"
private const val NO_PADDING = "NoPadding"
private const val HMAC_BYTES = 32

/** Lengths of the keystore's IVs and tags. */
internal const val IV_BYTES = 12
internal const val TAG_BITS = 128
