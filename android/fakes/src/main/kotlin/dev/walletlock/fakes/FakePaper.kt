package dev.walletlock.fakes

import dev.walletlock.CodeEntry
import dev.walletlock.RecoveryCode

/**
 * The paper on which the person wrote a recovery code down.
 *
 * ```
 * val code = session.access.createRecoveryCode()
 * val paper = FakePaper(code)
 * paper.confirm(code)
 * session.access.setRecoveryCode(code)
 * paper.entry().use { lock.recovery.enterCode(it) }
 * ```
 *
 * For tests only: an app should never hold a recovery code as text.
 *
 * @param code is copied.
 */
public class FakePaper(code: RecoveryCode) {
    private val groups = (1..RecoveryCode.GROUPS).map { group ->
        (0 until RecoveryCode.GROUP_DIGITS).map { place -> code.digit(group, place) }
    }

    /** The digits of a group, counted from 1. */
    public fun group(group: Int): List<Int> = groups[group - 1]

    /** Makes an entry with the whole code typed. The test closes it. */
    public fun entry(): CodeEntry = CodeEntry().also { entry -> groups.flatten().forEach { entry.push(it) } }

    /**
     * Types the groups that are asked back.
     *
     * @throws IllegalStateException if they are not the code's.
     */
    public fun confirm(code: RecoveryCode) {
        code.askedGroups.forEach { asked ->
            CodeEntry.ofGroup(asked).use { entry ->
                group(asked).forEach { entry.push(it) }
                check(code.confirm(entry)) { "another code is on this paper" }
            }
        }
    }

    /** Never the digits. */
    override fun toString(): String = "FakePaper(redacted)"
}
