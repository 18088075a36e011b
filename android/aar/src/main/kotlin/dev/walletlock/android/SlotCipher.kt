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

// One use of the key that wraps the biometric slot's: AES-256-GCM, in the phone's keystore.

/** Begins it. Until the sensor has recognised someone for it, the keystore does not let it be finished. */
internal fun begun(prompt: BiometricPrompt): Cipher {
    val key = keyOf(prompt.alias)
    // Not by the keystore's name: the provider of its ciphers has another.
    val cipher = Cipher.getInstance("AES/GCM/NoPadding")
    when (prompt.operation) {
        BiometricOperation.WRAP -> cipher.init(Cipher.ENCRYPT_MODE, key)
        BiometricOperation.UNWRAP ->
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, prompt.input, 0, IV_BYTES))
    }
    return cipher
}

/**
 * A keystore gives no key, and says that there is none, also where it failed: so it is asked by name, twice. One that
 * lists no key at all is not believed: that of the PIN is there, for this slot to be worth anything.
 */
private fun keyOf(alias: String): Key {
    repeat(TIMES_ASKED) {
        val keys = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }
        keys.getKey(alias, null)?.let { return it }
        val isAwake: Boolean = keys.aliases()?.hasMoreElements() ?: false
        if (!isAwake || keys.containsAlias(alias)) throw GeneralSecurityException("the keystore gives no key")
    }
    throw NoSuchKey()
}

/** Finishes it. What was secret on the heap is wiped; of what the framework copies on the way nobody can get hold. */
internal fun finished(cipher: Cipher, prompt: BiometricPrompt): ByteBuffer {
    val output = ByteBuffer.allocateDirect(prompt.operation.outputBytes)
    when (prompt.operation) {
        BiometricOperation.WRAP -> output.putExactly(cipher.iv, IV_BYTES).putAllOf(cipher.doFinal(prompt.input))
        BiometricOperation.UNWRAP ->
            output.putAllOf(cipher.doFinal(prompt.input, IV_BYTES, prompt.input.size - IV_BYTES))
    }
    return output.apply { flipped(this) }
}

/** By the class that has it on every Android: a `ByteBuffer` has a `flip` of its own from Android 10 on, and not before. */
private fun flipped(output: Buffer) = output.flip()

private fun ByteBuffer.putAllOf(bytes: ByteArray?): ByteBuffer = putExactly(bytes, remaining())

private fun ByteBuffer.putExactly(bytes: ByteArray?, count: Int): ByteBuffer {
    if (bytes?.size != count) throw GeneralSecurityException("the keystore gives another length")
    put(bytes)
    bytes.fill(0)
    return this
}

private class NoSuchKey : GeneralSecurityException("there is no such key")

/**
 * Why it could not begin, or the prompt not be shown. That the key is gone switches biometrics off for good, so it takes
 * more than a keystore that does not give it: some throw an `UnrecoverableKeyException`, and some give null, also for what
 * passes.
 */
internal fun endOf(thrown: Exception): BiometricEnd {
    val causes = generateSequence<Throwable>(thrown) { it.cause }.take(DEEPEST)
    val isGone = causes.any { it is KeyPermanentlyInvalidatedException || it is NoSuchKey }
    // Else the phone is locked, its keystore is busy, there is no such currency: trying again, or the PIN, can help.
    return if (isGone) BiometricEnd.KEY_INVALIDATED else BiometricEnd.NO_VERDICT
}

/** Causes can go in a circle. */
private const val DEEPEST = 10

private const val TIMES_ASKED = 2
private const val IV_BYTES = 12
private const val TAG_BITS = 128
