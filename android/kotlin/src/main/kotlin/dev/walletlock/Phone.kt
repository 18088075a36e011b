package dev.walletlock

import dev.walletlock.ffi.FfiConverterTypePrompt
import java.nio.ByteBuffer

/**
 * The app's parts of the phone and its listener, as the native side calls them over JNI: in types that need no class of
 * ours. Everything that is thrown goes up into it, errors of the VM included: there it is cleared and taken for a
 * fault, a [DeviceKeyException] for what it says.
 */
internal class Phone(platform: Platform, private val listener: (Event) -> Unit) {
    /** An `android.content.Context`: the native side uses its own parts then, and calls [onEvent] alone. */
    @JvmField val context: Any? = platform.context

    /** Whether the app has randomness of its own. */
    @JvmField val hasEntropy: Boolean = platform.parts?.entropy != null

    /** Whether there is a biometric prompt: the app's also where the rest is the phone's. */
    @JvmField val hasBiometrics: Boolean = platform.biometrics != null

    private val prompt = platform.biometrics
    private val biometrics get() = checkNotNull(prompt) { "there is none" }
    private val given = platform.parts
    private val parts get() = checkNotNull(given) { "the native side has its own" }

    /** The boot count or -1, milliseconds since then, milliseconds since 1970. */
    fun now(): LongArray = answering {
        val reading = parts.clock.now()
        longArrayOf(reading.bootCount?.toLong() ?: -1, reading.sinceBootMs, reading.wallMs)
    }

    fun randomBytes(count: Int): ByteArray =
        answering { checkNotNull(parts.entropy) { "the system's is used" }.randomBytes(count) }

    fun aliases(prefix: String): Array<String> = answering { parts.deviceKey.aliases(prefix).toTypedArray() }

    fun exists(alias: String): Boolean = answering { parts.deviceKey.exists(alias) }

    fun create(alias: String, purpose: Int) = answering { parts.deviceKey.create(alias, KeyPurpose.entries[purpose]) }

    fun ready(alias: String) = answering { parts.deviceKey.ready(alias) }

    /** The native side wipes both arrays. */
    fun hmac(alias: String, input: ByteArray): ByteArray = answering { parts.deviceKey.hmac(alias, input) }

    fun delete(alias: String) = answering { parts.deviceKey.delete(alias) }

    fun securityLevel(alias: String): Int = answering { parts.deviceKey.securityLevel(alias).ordinal }

    fun availability(): Int = answering { biometrics.availability().ordinal }

    /**
     * Begins to show [prompt], as the generated code writes it. From here on [input], and the hold [answer], are ours: the
     * one is wiped and the other let go when the prompt is over, or could not be shown.
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
