package dev.walletlock.demo

import dev.walletlock.CodeEntry
import dev.walletlock.RecoveryCode

/** The sheet on which the person wrote the recovery code down. An app never keeps a code like this. */
internal class Paper(code: RecoveryCode) {
    private val groups: List<String> = code.withText { String(it).split(' ') }

    /** The sheet as the phone's screen shows it once. */
    val lines: List<String> = groups.chunked(GROUPS_A_LINE).map { it.joinToString("  ") }

    fun group(group: Int): String = groups[group - 1]

    /** The whole code, typed. */
    fun typed(): CodeEntry = CodeEntry().also { entry -> groups.forEach { entry.type(it) } }

    /** Types the groups that are asked back. True if they are right. */
    fun confirm(code: RecoveryCode): Boolean = code.askedGroups.all { asked -> isConfirmed(code, asked, group(asked)) }

    /** Types these digits for a group that is asked back. */
    fun isConfirmed(code: RecoveryCode, asked: Int, digits: String): Boolean =
        CodeEntry.ofGroup(asked).use { entry ->
            entry.type(digits)
            code.confirm(entry)
        }

    private companion object {
        const val GROUPS_A_LINE = 4
    }
}

internal fun CodeEntry.type(digits: String) = digits.forEach { push(it.digitToInt()) }

/** These digits with a slip in the last one. */
internal fun slipped(digits: String): String = digits.dropLast(1) + (digits.last().digitToInt() + 1) % 10
