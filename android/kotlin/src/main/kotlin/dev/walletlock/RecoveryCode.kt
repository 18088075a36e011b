package dev.walletlock

import dev.walletlock.ffi.RecoveryCode as NativeCode

/**
 * A new recovery code: [GROUPS] groups of [GROUP_DIGITS] digits, which the person writes down. The code opens the wallet when
 * the PIN is forgotten, the wallet is locked, damaged, or its file is on another phone. Whoever has the code can open the
 * wallet. So it belongs on paper, away from the phone.
 *
 * The lock shows it once. It is kept in native memory, until it is closed. Show it digit by digit ([digit]), and let the person
 * type the groups that are asked back ([askedGroups], [confirm]). It counts for nothing before [Access.setRecoveryCode] or
 * [Rescue.finish].
 *
 * It is safe to use from any thread. No function takes longer than microseconds, except [withText].
 */
public class RecoveryCode internal constructor(native: NativeCode) : AutoCloseable {
    internal val handle: Handle<NativeCode> = handleOf(native)

    init {
        LeakReaper.watch(this, handle)
    }

    /**
     * The groups that the person has to type before the code counts, in ascending order, counted from 1. They are chosen at
     * random when the code is made.
     */
    public val askedGroups: List<Int> get() = translating { handle.overUniffi { it.askedGroups() } }

    /** Whether each group that is asked back was typed. */
    public val isConfirmed: Boolean get() = translating { handle.overUniffi { it.isConfirmed() } }

    /**
     * A digit, 0 to 9, for drawing it.
     *
     * @param group 1 to [GROUPS].
     * @param place 0 to [GROUP_DIGITS] - 1.
     * @throws LockException.Invalid if there is no such group or place.
     */
    public fun digit(group: Int, place: Int): Int = translating { handle.overUniffi { it.digit(group, place) } }

    /**
     * Whether [entry] holds the group for which it was made ([CodeEntry.ofGroup]), and that group is asked back. The entry is
     * empty afterwards.
     */
    public fun confirm(entry: CodeEntry): Boolean =
        translating { entry.handle.overUniffi { typed -> handle.overUniffi { it.confirm(typed) } } }

    /**
     * Calls [block] with the digits as text, the groups separated by spaces, and overwrites the array with zeros after it.
     *
     * This is the only place where the code exists as text. Use it where text cannot be avoided: for printing, and for a screen
     * reader. **Not guaranteed:** what [block] copies stays in memory, and a `String` can never be wiped. A screen reader and a
     * printing service are other apps. They get a copy, and keep it as long as they like.
     *
     * @param group only this group, 1 to [GROUPS]. 0, the default: the whole code.
     */
    @JvmOverloads
    public fun <T> withText(group: Int = 0, block: (CharArray) -> T): T {
        val groups = if (group == 0) 1..GROUPS else group..group
        val text = CharArray(groups.count() * (GROUP_DIGITS + 1) - 1) { ' ' }
        try {
            groups.forEachIndexed { nth, shown ->
                val begin = nth * (GROUP_DIGITS + 1)
                for (place in 0 until GROUP_DIGITS) text[begin + place] = '0' + digit(shown, place)
            }
            return block(text)
        } finally {
            text.fill('\u0000')
        }
    }

    /** Overwrites the code with zeros and frees it. A second call does nothing; all other calls then throw [LockException.Closed]. */
    override fun close(): Unit = handle.close()

    /** Never the digits. */
    override fun toString(): String = "RecoveryCode(redacted)"

    /** The format of a code. */
    public companion object {
        /** How many groups a code has. */
        public const val GROUPS: Int = 8

        /** How many digits a group has. */
        public const val GROUP_DIGITS: Int = 6
    }
}
