package dev.walletlock.phone

import android.content.Context
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricPurpose
import dev.walletlock.fakes.FakePerson
import dev.walletlock.fakes.FakePhone
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** The biometric prompt, a window of the system and not of the app: its texts, and who touches the sensor. */
class Sheet(private val phone: FakePhone, private val context: () -> Context) {
    data class Words(val title: String, val body: String, val button: String, val misses: Int)

    private var misses = 0
    private var missesOf: BiometricPrompt? = null

    /** The prompt's texts. Null if no prompt is shown. */
    fun words(): Words? {
        val prompt = phone.biometrics.shown?.takeIf { phone.person.isPromptShown } ?: return null
        // The texts that the AAR gives to Android's own prompt.
        val words = ReflectionHelpers.callStaticMethod<Any>(
            Class.forName("dev.walletlock.android.PromptWordsKt"), "promptWords",
            ClassParameter.from(Context::class.java, context()),
            ClassParameter.from(BiometricPurpose::class.java, prompt.purpose),
        )
        fun word(name: String) = ReflectionHelpers.getField<String>(words, name)
        return Words(word("title"), word("body"), word("button"), if (missesOf === prompt) misses else 0)
    }

    /** Touches the sensor with a finger that is enrolled, or not. False if no prompt is shown. */
    fun finger(isKnown: Boolean): Boolean = whenAsked {
        if (isKnown) {
            touches()
        } else {
            val prompt = phone.biometrics.shown
            misses = if (missesOf === prompt) misses + 1 else 1
            missesOf = prompt
            someoneElseTouches()
        }
    }

    fun pin(): Boolean = whenAsked { choosesPin() }

    fun cancel(): Boolean = whenAsked { cancels() }

    fun interrupt(): Boolean = whenAsked { isInterrupted() }

    private fun whenAsked(act: FakePerson.() -> Unit): Boolean =
        phone.person.isPromptShown.also { if (it) phone.person.act() }
}
