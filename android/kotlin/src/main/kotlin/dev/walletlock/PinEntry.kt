package dev.walletlock

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
 * An entry can be used again and again: checking a PIN leaves it empty. Close it with the screen it belongs to. Safe to
 * use from any thread; nothing here takes longer than microseconds, but for the first entry, which loads the native
 * library in some milliseconds, and [sameAs].
 */
public class PinEntry : AutoCloseable {
    private val backend = NativeLibrary.unlockPath
    internal val handle: EntryHandle = translating { backend.newEntry() }

    init {
        LeakReaper.watch(this, handle)
    }

    /** How many digits were typed. */
    public val length: Int get() = translating { backend.length(handle) }

    /**
     * Adds a digit, 0 to 9. False, and no change, when the entry is full (12 digits).
     *
     * @throws LockException.Invalid if it is not a digit.
     */
    public fun push(digit: Int): Boolean = translating { backend.push(handle, digit) }

    /** Takes the last digit away. False if there was none. */
    public fun pop(): Boolean = translating { backend.pop(handle) }

    /** Clears all digits: no copy of them is left in memory. */
    public fun clear(): Unit = translating { backend.clear(handle) }

    /**
     * Whether both hold the same digits: for 'type it once more'. It needs JNA, so the first call takes longer where no
     * lock was opened before.
     */
    public fun sameAs(other: PinEntry): Boolean =
        translating { handle.overUniffi { mine -> other.handle.overUniffi { mine.sameAs(it) } } }

    /** Clears and frees it. A second call does nothing; every other call throws [LockException.Closed] from then on. */
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
