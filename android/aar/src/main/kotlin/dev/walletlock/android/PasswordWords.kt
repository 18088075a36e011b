package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.PasswordFinding

// The words about the password of the owner's account, in the person's language.

/** A line about a password: what is asked for, and whether what is typed has it. */
internal class PasswordLine(val text: String, val isMet: Boolean)

/**
 * What the policy asks for, each with whether the password has it; then the other reasons against the password.
 *
 * @param asked the reasons against an empty password.
 */
internal fun Resources.passwordLines(asked: List<PasswordFinding>, found: List<PasswordFinding>, isEmpty: Boolean): List<PasswordLine> {
    val wanted = asked.filter { it.isAsked }
    val others = if (isEmpty) emptyList() else found.filter { it !in wanted }
    return wanted.map { PasswordLine(words(it), isMet = !isEmpty && it !in found) } + others.map { PasswordLine(words(it), isMet = false) }
}

/** Whether this is about one thing that a password must have. The others are about the whole password. */
private val PasswordFinding.isAsked: Boolean
    get() = when (this) {
        is PasswordFinding.TooShort,
        is PasswordFinding.NoUpperCase,
        is PasswordFinding.NoLowerCase,
        is PasswordFinding.NoDigit,
        is PasswordFinding.NoSymbol,
        -> true
        is PasswordFinding.Repeated, is PasswordFinding.Common, is PasswordFinding.UsedBefore -> false
    }

internal fun Resources.words(finding: PasswordFinding): String = when (finding) {
    is PasswordFinding.TooShort -> getQuantityString(R.plurals.walletlock_password_length, finding.least, finding.least)
    is PasswordFinding.NoUpperCase -> getString(R.string.walletlock_password_upper)
    is PasswordFinding.NoLowerCase -> getString(R.string.walletlock_password_lower)
    is PasswordFinding.NoDigit -> getString(R.string.walletlock_password_digit)
    is PasswordFinding.NoSymbol -> getString(R.string.walletlock_password_symbol)
    is PasswordFinding.Repeated -> getString(R.string.walletlock_password_repeated)
    is PasswordFinding.Common -> getString(R.string.walletlock_password_common)
    is PasswordFinding.UsedBefore -> getString(R.string.walletlock_password_used)
}

internal fun Resources.words(note: PasswordNote): String = when (note) {
    is PasswordNote.NotTaken -> getString(R.string.walletlock_password_not_taken)
    is PasswordNote.NotReached -> getString(R.string.walletlock_provider_not_reached)
    is PasswordNote.ManyProposals -> getString(R.string.walletlock_password_many)
    is PasswordNote.Failed -> words(note.trouble)
}
