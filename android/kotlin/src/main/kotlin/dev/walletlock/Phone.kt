package dev.walletlock

import dev.walletlock.ffi.FfiConverterTypePrompt
import java.nio.ByteBuffer

/**
 * The platform's parts and the listener, as the native side calls them over JNI. The signatures need no class of ours. Every
 * Throwable goes up to the native side, errors of the VM included: there it is cleared and becomes a fault. A
 * [DeviceKeyException] becomes the fault that it names.
 */
internal class Phone(platform: Platform, private val listener: (Event) -> Unit) {
    /**
     * An `android.content.Context`: then the native side uses its own clock, keystore and randomness, and calls only [onEvent]
     * and the functions of the biometric prompt. Null: it uses the parts of the app.
     */
    @JvmField val context: Any? = platform.context

    /** Whether the app has its own source of randomness. */
    @JvmField val hasEntropy: Boolean = platform.parts?.entropy != null

    /** Whether there is a biometric prompt. The app gives it even if all other parts are the phone's own. */
    @JvmField val hasBiometrics: Boolean = platform.biometrics != null

    private val prompt = platform.biometrics
    private val biometrics get() = checkNotNull(prompt) { "the platform has no biometrics" }
    private val given = platform.parts
    private val parts get() = checkNotNull(given) { "Platform.android has no parts in Kotlin" }

    /** The boot count or -1, milliseconds since boot, milliseconds since 1970. */
    fun now(): LongArray = answering {
        val reading = parts.clock.now()
        longArrayOf(reading.bootCount?.toLong() ?: -1, reading.sinceBootMs, reading.wallMs)
    }

    fun utcOffsetS(wallMs: Long): Int = answering { parts.clock.utcOffsetS(wallMs) }

    fun randomBytes(count: Int): ByteArray =
        answering { checkNotNull(parts.entropy) { "the app has no entropy source" }.randomBytes(count) }

    fun aliases(prefix: String): Array<String> = answering { parts.deviceKey.aliases(prefix).toTypedArray() }

    fun exists(alias: String): Boolean = answering { parts.deviceKey.exists(alias) }

    fun create(alias: String, purpose: Int) = answering { parts.deviceKey.create(alias, KeyPurpose.entries[purpose]) }

    fun ready(alias: String) = answering { parts.deviceKey.ready(alias) }

    /** The native side wipes both arrays. */
    fun hmac(alias: String, input: ByteArray): ByteArray = answering { parts.deviceKey.hmac(alias, input) }

    fun delete(alias: String) = answering { parts.deviceKey.delete(alias) }

    fun securityLevel(alias: String): Int = answering { parts.deviceKey.securityLevel(alias).ordinal }

    fun publicKey(alias: String): ByteArray = answering { parts.deviceKey.publicKey(alias) }

    /** The native side wipes both arrays. */
    fun sign(alias: String, message: ByteArray): ByteArray = answering { parts.deviceKey.sign(alias, message) }

    fun availability(): Int = answering { biometrics.availability().ordinal }

    /**
     * Begins to show [prompt], which is in the encoding of the generated code. From here on the Kotlin side owns [input] and
     * the reference [answer]. It wipes [input] and releases [answer] when the prompt is over, or could not be shown.
     */
    fun show(prompt: ByteArray, input: ByteArray, answer: Long) = answering {
        Prompts.show(biometrics, input, PromptAnswer(OverJni, OverJni.answer(answer), input)) {
            FfiConverterTypePrompt.read(ByteBuffer.wrap(prompt))
        }
    }

    fun dismiss() = answering { biometrics.dismiss() }

    fun onEvent(number: Long, wallMs: Long, kind: Int) =
        answering { listener(Event(number, wallMs, JournalKind.entries[kind])) }

    private inline fun <T> answering(block: () -> T): T =
        try {
            block()
        } catch (thrown: Throwable) {
            keepInterrupt(thrown)
            throw thrown
        }
}
