package dev.walletlock

import java.nio.ByteBuffer

/**
 * Shows the system's biometric prompt.
 *
 * The answer is not a yes, but the output of a key. The phone's keystore lets this key be used once for each time that a
 * person was recognised. Code that forges a success without the keystore gains nothing.
 *
 * The lock asks for one prompt at a time.
 */
public interface Biometrics {
    /** Whether a strong biometric could be asked for now. Called on the lock's dispatcher. */
    public fun availability(): SensorAvailability

    /**
     * Begins to show [prompt] and returns. Later it calls [answer], on any thread. An exception from this function ends the
     * prompt without a verdict.
     */
    public fun show(prompt: BiometricPrompt, answer: BiometricAnswer)

    /** Takes away the prompt that is shown, if any: nobody waits for its answer any more. */
    public fun dismiss()
}

/** What the sensor says: whether a strong biometric can be asked for. */
public enum class SensorAvailability {
    /** A strong biometric can be asked for. Only a prompt shows whether the sensor is locked out. */
    READY,

    /** The phone has a sensor, but no finger or face is enrolled: the person can do that in the phone's settings. */
    NONE_ENROLLED,

    /** The phone has no sensor that is strong enough. */
    NO_HARDWARE,

    /** Not now: the sensor is in use or out of order. */
    BUSY,

    /** This Android version has no such prompt: it is below Android 9 (API 28). */
    NOT_SUPPORTED,
}

/**
 * What the prompt shows, and what to do with the key once the person is recognised.
 *
 * The lock makes it. A test of a [Biometrics] may make one too.
 *
 * @property alias names the key, which was made with [KeyPurpose.BIOMETRIC].
 * @property purpose what the prompt is for. All words on the screen come from it, so the person confirms what they read.
 * @property operation what to do with [input].
 * @property input the caller of [Biometrics.show] overwrites it with zeros after the answer: do not keep it.
 * @property timeoutMs how long the prompt may stay, in milliseconds; then it ends as [BiometricEnd.TIMED_OUT].
 * @throws IllegalArgumentException if [input] has another length than [operation] takes, or [timeoutMs] is not positive.
 */
public class BiometricPrompt public constructor(
    public val alias: String,
    public val purpose: BiometricPurpose,
    public val operation: BiometricOperation,
    public val input: ByteArray,
    public val timeoutMs: Long,
) {
    init {
        require(input.size == operation.inputBytes) { "$operation takes ${operation.inputBytes} bytes" }
        require(timeoutMs > 0) { "timeoutMs must be positive" }
    }

    /** Says purpose and operation, and nothing about the key or a payment. */
    override fun toString(): String = "BiometricPrompt(${purpose::class.simpleName}, $operation)"
}

/** What a biometric prompt is for. */
public sealed interface BiometricPurpose {
    /** Switches biometrics on: from now on they open the wallet too. */
    public data object Enable : BiometricPurpose

    /** Opens the wallet. */
    public data object Unlock : BiometricPurpose

    /**
     * Confirms a payment.
     *
     * @property amount how much.
     * @property payee to whom, in words for the person.
     */
    public data class Pay(public val amount: Money, public val payee: String) : BiometricPurpose
}

/**
 * An exact amount of money.
 *
 * @property minor in the currency's smallest unit: cents for EUR, yen for JPY.
 * @property currency its code by ISO 4217: three capital letters.
 */
public data class Money(public val minor: Long, public val currency: String)

/**
 * What the key does: AES-256-GCM.
 *
 * @property inputBytes length of the input in bytes.
 * @property outputBytes length of the output in bytes.
 */
public enum class BiometricOperation(public val inputBytes: Int, public val outputBytes: Int) {
    /** Encrypts the slot's key. The output is 12 bytes of IV, the ciphertext, and 16 bytes of tag. */
    WRAP(inputBytes = 32, outputBytes = 60),

    /** Decrypts such an output to the slot's key. */
    UNWRAP(inputBytes = 60, outputBytes = 32),
}

/**
 * Receives what happens to a prompt, on any thread. After the first [authenticated] or [ended] further calls are ignored.
 */
public interface BiometricAnswer {
    /** The sensor did not recognise someone. To be called each time that happens; the prompt stays. */
    public fun notRecognised()

    /**
     * The person was recognised, and the keystore let the key be used.
     *
     * @param output a direct buffer, from its position to its limit. The receiver overwrites it with zeros.
     */
    public fun authenticated(output: ByteBuffer)

    /** The prompt is over, and nobody was recognised. */
    public fun ended(end: BiometricEnd)
}

/** Why a biometric prompt ended without an output. */
public enum class BiometricEnd {
    /** The person closed the prompt, or chose the PIN. */
    CANCELLED_BY_PERSON,

    /** The system or the app closed the prompt: another app came to the front, the screen went off, or the call was cancelled. */
    CANCELLED_BY_SYSTEM,

    /** Too many failures in a row: the sensor pauses, usually for half a minute. */
    LOCKED_OUT,

    /** Far too many failures: the sensor stays locked until the phone is unlocked with its own PIN, pattern or password. */
    LOCKED_OUT_FOR_GOOD,

    /** The key is gone, as after a new finger or face was enrolled. */
    KEY_INVALIDATED,

    /** No finger or face is enrolled on the phone. */
    NONE_ENROLLED,

    /** The phone has no such sensor. */
    NO_HARDWARE,

    /** Nobody was recognised within [BiometricPrompt.timeoutMs]. */
    TIMED_OUT,

    /** Anything else; trying again may help. */
    NO_VERDICT,
}
