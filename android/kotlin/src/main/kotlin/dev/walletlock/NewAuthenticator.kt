package dev.walletlock

import dev.walletlock.ffi.NewAuthenticator as NativeAuthenticator

/**
 * A new secret for an authenticator app: [LETTERS] letters in base32, which the person adds to the app. Whoever has it can make the
 * app's codes.
 *
 * The lock shows it once. It is kept in native memory, until it is closed. Show it as a QR code ([uri]) and letter by letter
 * ([letter]), and let the person type one code of the app ([Access.confirmAuthenticator]). It counts for nothing before
 * [Access.setAuthenticator].
 *
 * It is safe to use from any thread. No function takes longer than microseconds.
 */
public class NewAuthenticator internal constructor(native: NativeAuthenticator) : AutoCloseable {
    internal val handle: Handle<NativeAuthenticator> = handleOf(native)

    init {
        LeakReaper.watch(this, handle)
    }

    /**
     * A letter of the secret, `A` to `Z` or `2` to `7`, for an app that reads no QR code.
     *
     * @param place 0 to [LETTERS] - 1.
     * @throws LockException.Invalid if there is no such place.
     */
    public fun letter(place: Int): Char = translating { handle.overUniffi { it.letter(place) } }.toChar()

    /**
     * The text of the QR code, `otpauth://totp/...`, in ASCII. It holds the secret: overwrite the array with zeros after use.
     *
     * **Not guaranteed:** the generated code leaves a copy in native memory, which nobody wipes. It stays there until that memory
     * is used again.
     *
     * @param issuer who the account is with: the app's name.
     * @param account what the authenticator app shows beside it, for example the owner's name.
     * @throws LockException.Invalid if one of the two is empty, longer than 64 bytes, or has a colon or a control character.
     */
    public fun uri(issuer: String, account: String): ByteArray =
        translating { handle.overUniffi { it.uri(issuer, account) } }

    /** Overwrites the secret with zeros and frees it. A second call does nothing; all other calls then throw [LockException.Closed]. */
    override fun close(): Unit = handle.close()

    /** Never the secret. */
    override fun toString(): String = "NewAuthenticator(redacted)"

    /** The format of a secret. */
    public companion object {
        /** How many letters a secret has. */
        public const val LETTERS: Int = 32
    }
}
