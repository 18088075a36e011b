package dev.walletlock

import dev.walletlock.ffi.CodeEntry as NativeCodeEntry

/**
 * The digits of a recovery code that a person types. They go in one at a time, are kept in native memory only, and never come
 * out. A recovery code has [RecoveryCode.GROUPS] groups of [RecoveryCode.GROUP_DIGITS] digits. A typing slip is noticed when
 * its group is complete: the groups are made so that one wrong digit, and two neighbours that were swapped, always show.
 *
 * ```
 * val entry = CodeEntry()
 * keypad.onDigit = { digit -> show(entry.push(digit)) }
 * keypad.onBackspace = { entry.pop() }
 * ```
 *
 * Close it with the screen it belongs to. It is safe to use from any thread. No function takes longer than microseconds, except
 * that the first entry of a process waits until the native library and JNA have started: make it after the lock is open, which
 * starts both in the background.
 */
public class CodeEntry private constructor(internal val handle: Handle<NativeCodeEntry>) : AutoCloseable {
    /** Makes an empty entry for a whole code. */
    public constructor() : this(newHandle(group = null))

    init {
        LeakReaper.watch(this, handle)
    }

    /** How many digits were typed. */
    public val length: Int get() = translating { handle.overUniffi { it.length() } }

    /** How far the code is typed. */
    public val step: CodeStep get() = translating { handle.overUniffi { it.step() }.toPublic() }

    /**
     * Adds a digit, 0 to 9, and says how far the code is typed then. A [CodeStep.Slip] or a complete entry takes no further
     * digit, and stays as it is.
     *
     * @throws LockException.Invalid if [digit] is not a digit.
     */
    public fun push(digit: Int): CodeStep = translating { handle.overUniffi { it.push(digit) }.toPublic() }

    /** Removes the last digit. False if there was none. */
    public fun pop(): Boolean = translating { handle.overUniffi { it.pop() } }

    /** Clears the digits of the last group that has any: for a slip in it. */
    public fun clearGroup(): Unit = translating { handle.overUniffi { it.clear(groupOnly = true) } }

    /** Clears all digits: no copy of them is left in memory. */
    public fun clear(): Unit = translating { handle.overUniffi { it.clear(groupOnly = false) } }

    /**
     * Makes another entry with the same digits, to be closed like any other. Checking a code leaves its entry empty. With a
     * duplicate the app can check the code again if the phone gave no answer ([CodeOutcome.NoVerdict]). Keep it only as long as
     * that takes.
     */
    public fun duplicate(): CodeEntry = CodeEntry(handleOf(translating { handle.overUniffi { it.duplicate() } }))

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
    override fun toString(): String = "CodeEntry(redacted)"

    /** Makes entries for one group. */
    public companion object {
        /**
         * Makes an empty entry for one group, 1 to [RecoveryCode.GROUPS]: for a group that is asked back.
         *
         * @throws LockException.Invalid if a code has no such group.
         */
        @JvmStatic
        public fun ofGroup(group: Int): CodeEntry = CodeEntry(newHandle(group))

        private fun newHandle(group: Int?) = translating {
            NativeLibrary.startJna()
            handleOf(NativeCodeEntry(group))
        }
    }
}

/** How far a recovery code is typed. */
public sealed interface CodeStep {
    /**
     * More digits are needed.
     *
     * @property group the group of the next digit, counted from 1.
     */
    public data class Typing(public val group: Int) : CodeStep

    /**
     * There is a typing slip: no recovery code has such a group. No further digit is taken until digits of it are removed.
     *
     * @property group the group with the slip, counted from 1.
     */
    public data class Slip(public val group: Int) : CodeStep

    /** All digits are typed, and each group can be one of a recovery code. It does not say that the code is right. */
    public data object Complete : CodeStep
}
