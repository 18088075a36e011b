package dev.walletlock.android

import android.security.keystore.KeyPermanentlyInvalidatedException
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOperation
import dev.walletlock.BiometricPrompt
import java.nio.Buffer
import java.nio.ByteBuffer
import java.security.GeneralSecurityException
import java.security.Key
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec

// One use of the keystore key that wraps the biometric slot's key: AES-256-GCM.

/** Begins one use of the prompt's key. The keystore lets it finish only after the sensor has recognised someone for it. */
internal fun makeCipher(prompt: BiometricPrompt): Cipher {
    val key = keyOf(prompt.alias)
    // Without a provider name: the provider of the keystore's ciphers is not called "AndroidKeyStore".
    val cipher = Cipher.getInstance("AES/GCM/NoPadding")
    when (prompt.operation) {
        BiometricOperation.WRAP -> cipher.init(Cipher.ENCRYPT_MODE, key)
        BiometricOperation.UNWRAP ->
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, prompt.input, 0, IV_BYTES))
    }
    return cipher
}

/**
 * Gets the key. A keystore that fails may also return no key, and say that there is none. So the key counts as missing
 * ([NoSuchKey]) only if the keystore says so twice. A keystore that lists no keys at all is not believed: the PIN's key must
 * exist as long as biometrics are on.
 */
private fun keyOf(alias: String): Key {
    repeat(TIMES_ASKED) {
        val keys = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }
        keys.getKey(alias, null)?.let { return it }
        val listsAnyKey: Boolean = keys.aliases()?.hasMoreElements() ?: false
        if (!listsAnyKey || keys.containsAlias(alias)) throw GeneralSecurityException("the keystore returned no key")
    }
    throw NoSuchKey()
}

/** Finishes the use. Wipes our own secrets on the heap. Copies that Android's framework makes on the way cannot be wiped. */
internal fun finishCipher(cipher: Cipher, prompt: BiometricPrompt): ByteBuffer {
    val output = ByteBuffer.allocateDirect(prompt.operation.outputBytes)
    when (prompt.operation) {
        BiometricOperation.WRAP -> output.putExactly(cipher.iv, IV_BYTES).putAllOf(cipher.doFinal(prompt.input))
        BiometricOperation.UNWRAP ->
            output.putAllOf(cipher.doFinal(prompt.input, IV_BYTES, prompt.input.size - IV_BYTES))
    }
    return output.apply { flipped(this) }
}

/** Calls `Buffer.flip`, which every Android version has. `ByteBuffer` overrides it only from Android 10 on. */
private fun flipped(output: Buffer) = output.flip()

private fun ByteBuffer.putAllOf(bytes: ByteArray?): ByteBuffer = putExactly(bytes, remaining())

private fun ByteBuffer.putExactly(bytes: ByteArray?, count: Int): ByteBuffer {
    if (bytes?.size != count) throw GeneralSecurityException("the keystore returned an unexpected length")
    put(bytes)
    bytes.fill(0)
    return this
}

private class NoSuchKey : GeneralSecurityException("there is no such key")

/**
 * Why the use could not begin, or the prompt was not shown. `KEY_INVALIDATED` switches biometrics off until they are set up
 * anew, so it is returned only if the key is known to be gone. A keystore that does not give the key proves nothing: for a
 * fault that passes, some keystores throw an `UnrecoverableKeyException`, and some return null.
 */
internal fun endOf(thrown: Exception): BiometricEnd {
    val causes = generateSequence<Throwable>(thrown) { it.cause }.take(DEEPEST)
    val isGone = causes.any { it is KeyPermanentlyInvalidatedException || it is NoSuchKey }
    // Otherwise the phone is locked, its keystore is busy, or the currency is unknown: a retry or the PIN can help.
    return if (isGone) BiometricEnd.KEY_INVALIDATED else BiometricEnd.NO_VERDICT
}

/** A chain of causes can be a cycle. */
private const val DEEPEST = 10

private const val TIMES_ASKED = 2
private const val IV_BYTES = 12
private const val TAG_BITS = 128
