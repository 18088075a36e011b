package dev.walletlock

import dev.walletlock.ffi.PasswordEntry as NativeEntry
import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.text.Normalizer

/**
 * The password of the owner's account at the app's backend, as the person typed it. It is kept in native memory only, and never comes
 * out.
 *
 * ```
 * val entry = PasswordEntry()
 * if (!entry.set(field.text)) explainWhatIsRefused()
 * val findings = lock.recovery.judgePassword(entry)
 * ```
 *
 * An entry can be used again and again. Close it with the screen it belongs to. It is safe to use from any thread.
 *
 * **Not guaranteed:** the text that the app passes comes from a field of the app, which keeps copies of its own.
 */
public class PasswordEntry private constructor(internal val handle: Handle<NativeEntry>) : AutoCloseable {
    /** Makes an empty entry. */
    public constructor() : this(
        translating {
            NativeLibrary.startJna()
            handleOf(NativeEntry())
        },
    )

    init {
        LeakReaper.watch(this, handle)
    }

    /** Whether there is no text in the entry. */
    public val isEmpty: Boolean get() = translating { handle.overUniffi { it.isEmpty() } }

    /**
     * Replaces what is in the entry by [text], in Unicode's form NFC, so that the same password is the same on every keyboard. False:
     * the text is longer than 128 characters, has a control character (as a paste may have), or is no Unicode text. It is refused
     * and not cut, and the entry is empty.
     *
     * **Not guaranteed:** a text that is not ASCII is normalised by Java, which leaves a copy on Java's heap until the memory is
     * used again.
     */
    public fun set(text: CharSequence): Boolean = translating {
        handle.overUniffi { entry ->
            val utf8 = utf8Of(text)
            try {
                if (utf8 == null) entry.clear()
                utf8 != null && entry.set(utf8.slice())
            } finally {
                utf8?.wipe()
            }
        }
    }

    /** Clears the text: no copy of it is left in native memory. */
    public fun clear(): Unit = translating { handle.overUniffi { it.clear() } }

    /** Clears the entry and frees it. A second call does nothing; all other calls then throw [LockException.Closed]. */
    override fun close() {
        try {
            clear()
        } catch (_: LockException.Closed) {
            return
        }
        handle.close()
    }

    /** Never the password. */
    override fun toString(): String = "PasswordEntry(redacted)"

    private companion object {
        /** No text that is accepted has more UTF-16 units: 128 characters, each at most four before NFC joins them, of two units. */
        const val MAX_UNITS = 4 * 2 * 128

        /** UTF-8 has at most three bytes for a UTF-16 unit. */
        const val MAX_BYTES_A_UNIT = 3

        /** The text in UTF-8, in a direct buffer, which reaches the native side without leaving copies behind. Null: it is no text. */
        fun utf8Of(text: CharSequence): ByteBuffer? {
            if (text.length > MAX_UNITS) return null
            val normal = if (text.all { it.code < 0x80 }) text else Normalizer.normalize(text, Normalizer.Form.NFC)
            val utf8 = ByteBuffer.allocateDirect(normal.length * MAX_BYTES_A_UNIT)
            val result = Charsets.UTF_8.newEncoder().encode(CharBuffer.wrap(normal), utf8, true)
            if (result.isUnderflow) return utf8.apply { asBuffer.flip() }
            utf8.wipe()
            return null
        }

        fun ByteBuffer.wipe() {
            asBuffer.clear()
            put(ByteArray(capacity()))
        }

        /** Before Android 14 a byte buffer has `flip` and `clear` only from this class. */
        val ByteBuffer.asBuffer: Buffer get() = this
    }
}

/** A reason against a password. Show it to the person who typed it, and never log it: it helps to guess the password. */
public sealed interface PasswordFinding {
    /**
     * It has fewer characters than the policy asks for.
     *
     * @property least the fewest that the policy allows.
     */
    public data class TooShort(public val least: Int) : PasswordFinding

    /** It has no upper-case letter, and the policy asks for one. */
    public data object NoUpperCase : PasswordFinding

    /** It has no lower-case letter, and the policy asks for one. */
    public data object NoLowerCase : PasswordFinding

    /** It has no digit, and the policy asks for one. */
    public data object NoDigit : PasswordFinding

    /** It has no symbol, and the policy asks for one. A space, an emoji and a Chinese character count as symbols. */
    public data object NoSymbol : PasswordFinding

    /** It is one short piece, typed several times. */
    public data object Repeated : PasswordFinding

    /** It is one of the words that are tried first, perhaps with digits and symbols around it. */
    public data object Common : PasswordFinding

    /** It is one of the account's last passwords. Only [Access.setPassword] says so. */
    public data object UsedBefore : PasswordFinding
}

internal fun dev.walletlock.ffi.PasswordFinding.toPublic(): PasswordFinding = when (this) {
    is dev.walletlock.ffi.PasswordFinding.TooShort -> PasswordFinding.TooShort(least)
    is dev.walletlock.ffi.PasswordFinding.NoUpperCase -> PasswordFinding.NoUpperCase
    is dev.walletlock.ffi.PasswordFinding.NoLowerCase -> PasswordFinding.NoLowerCase
    is dev.walletlock.ffi.PasswordFinding.NoDigit -> PasswordFinding.NoDigit
    is dev.walletlock.ffi.PasswordFinding.NoSymbol -> PasswordFinding.NoSymbol
    is dev.walletlock.ffi.PasswordFinding.Repeated -> PasswordFinding.Repeated
    is dev.walletlock.ffi.PasswordFinding.Common -> PasswordFinding.Common
    is dev.walletlock.ffi.PasswordFinding.UsedBefore -> PasswordFinding.UsedBefore
}
