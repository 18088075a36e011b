package dev.walletlock

import dev.walletlock.ffi.PinEntry as NativeEntry

/**
 * The digits a person types. They go in one at a time, are kept in native memory only, and never come out.
 *
 * ```
 * val entry = PinEntry()
 * keypad.onDigit = { digit -> entry.push(digit) }
 * keypad.onBackspace = { entry.pop() }
 * keypad.onDone = { scope.launch { show(lock.verifyPin(entry)) } }
 * ```
 *
 * An entry can be used again and again: checking a PIN leaves it empty. Close it with the screen it belongs to. It is safe to
 * use from any thread. No function takes longer than microseconds, except for the first entry, which loads the native
 * library in some milliseconds.
 */
public class PinEntry private constructor(private val backend: UnlockPath, internal val handle: EntryHandle) :
    AutoCloseable {
    /** Makes an empty entry. */
    public constructor() : this(NativeLibrary.unlockPath)

    private constructor(backend: UnlockPath) : this(backend, translating { backend.newEntry() })

    init {
        LeakReaper.watch(this, handle)
    }

    /** How many digits were typed. */
    public val length: Int get() = translating { backend.length(handle) }

    /**
     * Adds a digit, 0 to 9. False, and no change, if the entry is full (12 digits).
     *
     * @throws LockException.Invalid if [digit] is not a digit.
     */
    public fun push(digit: Int): Boolean = translating { backend.push(handle, digit) }

    /** Removes the last digit. False if there was none. */
    public fun pop(): Boolean = translating { backend.pop(handle) }

    /** Clears all digits: no copy of them is left in memory. */
    public fun clear(): Unit = translating { backend.clear(handle) }

    /**
     * Whether both entries hold the same digits: for 'type it once more'. They are compared in native memory, in constant time
     * wherever they differ. Both keep their digits. Two empty entries match.
     *
     * @throws LockException.Closed if either is closed.
     */
    public fun matches(other: PinEntry): Boolean = translating { backend.matches(handle, other.handle) }

    /**
     * Makes another entry with the same digits, to be closed like any other. Checking a PIN leaves its entry empty. With a
     * duplicate the app can check the PIN first, and still pass it to [Access.changePin] afterwards. Keep it only as long as
     * that takes.
     *
     * @throws LockException.Closed if this entry is closed.
     */
    public fun duplicate(): PinEntry = PinEntry(backend, translating { backend.duplicate(handle) })

    /** Clears the entry and frees it. A second call does nothing; all other calls then throw [LockException.Closed]. */
    override fun close() {
        try {
            clear()
        } catch (_: LockException.Closed) {
            return
        }
        handle.close()
    }

    /** Never the digits, nor how many there are. */
    override fun toString(): String = "PinEntry(redacted)"
}

/** Makes a call on the generated object, or with null if there is no entry. */
internal inline fun <R> PinEntry?.overUniffi(block: (NativeEntry?) -> R): R =
    if (this == null) block(null) else handle.overUniffi { block(it) }
