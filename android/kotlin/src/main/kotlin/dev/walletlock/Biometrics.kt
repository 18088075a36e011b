package dev.walletlock

import java.nio.ByteBuffer

/**
 * Shows the system's biometric prompt.
 *
 * What comes back is not a yes, but the output of a key that the phone's keystore lets be used for one recognised
 * person, once. Whoever makes the prompt say yes without the keystore has nothing.
 *
 * The lock asks for one prompt at a time.
 */
public interface Biometrics {
    /** Whether a strong biometric could be asked for now. Called on the lock's dispatcher. */
    public fun availability(): SensorAvailability

    /**
     * Begins to show [prompt] and returns; the answer comes to [answer], later, on any thread. What it throws ends the
     * prompt without a verdict.
     */
    public fun show(prompt: BiometricPrompt, answer: BiometricAnswer)

    /** Takes away the prompt that is shown, if any: nobody waits for its answer any more. */
    public fun dismiss()
}

/** What the sensor says: whether a strong biometric can be asked for. */
public enum class SensorAvailability {
    /** It can. Whether the sensor is locked out, only a prompt tells. */
    READY,

    /** The phone has a sensor, and knows nobody yet: the person can change that in the phone's settings. */
    NONE_ENROLLED,

    /** The phone has no sensor that is strong enough. */
    NO_HARDWARE,

    /** Not now: the sensor is in use or out of order. */
    BUSY,

    /** This Android has no such prompt: below Android 9 (API 28). */
    NOT_SUPPORTED,
}

/**
 * What is to be shown, and done with the key once the person is recognised.
 *
 * Made by the lock, and by tests of a [Biometrics].
 *
 * @property alias names the key, which was made with [KeyPurpose.BIOMETRIC].
 * @property purpose what it is for. All words on the screen come from it: what you see is what you sign.
 * @property operation what to do with [input].
 * @property input whoever called [Biometrics.show] overwrites it with zeros after the answer: do not keep it.
 * @property timeoutMs how long the prompt may stay, in milliseconds; then it ends as [BiometricEnd.TIMED_OUT].
 * @throws IllegalArgumentException when [input] has not the length that [operation] takes, or there is no time at all.
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
        require(timeoutMs > 0) { "nobody answers in no time" }
    }

    /** Which prompt; nothing of the key, nor of who is paid. */
    override fun toString(): String = "BiometricPrompt(${purpose::class.simpleName}, $operation)"
}

/** What a biometric prompt is for. */
public sealed interface BiometricPurpose {
    /** From now on biometrics open the wallet too. */
    public data object Enable : BiometricPurpose

    /** Opens the wallet. */
    public data object Unlock : BiometricPurpose

    /**
     * Pays.
     *
     * @property amount how much.
     * @property payee to whom, in words for the person.
     */
    public data class Pay(public val amount: Money, public val payee: String) : BiometricPurpose
}

/**
 * An amount of money, exactly.
 *
 * @property minor in the currency's smallest unit: cents for EUR, yen for JPY.
 * @property currency its code by ISO 4217: three capital letters.
 */
public data class Money(public val minor: Long, public val currency: String)

/**
 * What the key does: AES-256-GCM.
 *
 * @property inputBytes how long the input is.
 * @property outputBytes how long the output is.
 */
public enum class BiometricOperation(public val inputBytes: Int, public val outputBytes: Int) {
    /** From the slot's key to 12 bytes of IV, the ciphertext, and 16 bytes of tag. */
    WRAP(inputBytes = 32, outputBytes = 60),

    /** The reverse. */
    UNWRAP(inputBytes = 60, outputBytes = 32),
}

/**
 * Hears what becomes of a prompt, on any thread. After the first [authenticated] or [ended] all else is ignored.
 */
public interface BiometricAnswer {
    /** The sensor saw someone else, each time it does; the prompt stays. */
    public fun notRecognised()

    /**
     * The person was recognised, and the keystore let the key be used.
     *
     * @param output a direct buffer, from its position to its limit. The receiver overwrites it with zeros.
     */
    public fun authenticated(output: ByteBuffer)

    /** The prompt is over, without that. */
    public fun ended(end: BiometricEnd)
}

/** Why a biometric prompt ended without an output. */
public enum class BiometricEnd {
    /** The person put it away, or chose the PIN. */
    CANCELLED_BY_PERSON,

    /** The system did: another app came, or the screen went off. */
    CANCELLED_BY_SYSTEM,

    /** Too many fingers or faces in a row: the sensor pauses, half a minute as a rule. */
    LOCKED_OUT,

    /** Far too many: the sensor waits until the phone is unlocked with its own PIN, pattern or password. */
    LOCKED_OUT_FOR_GOOD,

    /** The key is gone, as after a new finger or face was enrolled. */
    KEY_INVALIDATED,

    /** The phone knows nobody. */
    NONE_ENROLLED,

    /** The phone has no such sensor. */
    NO_HARDWARE,

    /** Nobody came. */
    TIMED_OUT,

    /** Anything else; trying again may help. */
    NO_VERDICT,
}
