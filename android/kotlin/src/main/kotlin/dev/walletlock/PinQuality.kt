package dev.walletlock

/**
 * How good a proposed PIN is.
 *
 * @property findings every reason against the PIN.
 * @property allowed whether the policy lets it be set. A weak PIN may be allowed: then warn the person.
 */
public data class Judgement(public val findings: List<Finding>, public val allowed: Boolean)

/**
 * One reason against a PIN. Whoever knows it can guess the PIN more easily. So show it only to the person who typed the PIN,
 * and never log it.
 *
 * @property rule what is wrong with the PIN.
 * @property severity how bad that is.
 * @property digits for [PinRule.TOO_SHORT] the fewest digits that are allowed, for [PinRule.TOO_LONG] the most.
 */
public data class Finding(
    public val rule: PinRule,
    public val severity: Severity,
    public val digits: Int?,
) {
    /** Says nothing about what was found. */
    override fun toString(): String = "Finding(redacted)"
}

/** What can be wrong with a PIN. All rules but the lengths look at the whole PIN: 123 inside a longer PIN breaks none. */
public enum class PinRule {
    /** Fewer digits than allowed. */
    TOO_SHORT,

    /** More digits than allowed. */
    TOO_LONG,

    /** One digit repeated: 0000. With five digits or more, also only two different digits: 000001, 110010. */
    FEW_DIGITS,

    /** Up or down in equal steps, all the way or in two pieces: 123456, 890123, 024680, 332211, 123000, 142536. */
    RUN,

    /** A block repeated: 121212, 123123. */
    REPEATED_BLOCK,

    /** Every digit typed twice, or three times or more: 0022, 112299, 000999. */
    DOUBLED,

    /** A line, or lines, that a finger draws on the keypad: 147258, 2580, 134679. */
    KEYPAD_LINE,

    /** One of the PINs that people choose most. */
    COMMON,

    /** Made of a birthday or number that the app has passed as [Personal]. */
    PERSONAL,

    /** One of the last PINs of this wallet. For a wipe PIN: the same as the PIN. */
    USED_BEFORE,

    /** A date, whether or not it is personal. */
    DATE,

    /** Reads the same backwards. */
    PALINDROME,

    /** A wipe PIN that is one slip from the PIN: one digit changed, or two neighbours swapped. */
    NEAR_PIN,

    /** One digit makes up two thirds or more: 1333, 212224. */
    MOSTLY_ONE_DIGIT,

    /** No keypad line, but each key lies beside the one before, or three of four keys are in a line: 126895, 1472. */
    KEYPAD_WALK,
}

/** How bad a [Finding] is. */
public enum class Severity {
    /** Such a PIN is refused: a thief with a handful of tries would try it. */
    FORBIDDEN,

    /** Such a PIN is accepted with a warning, unless the policy forbids weak ones too. */
    WEAK,
}

/** Something that others know about the person, so that no PIN is made of it. Used during the call, and not stored. */
public sealed interface Personal {
    /**
     * A date that a thief could know: the person's own birthday, a child's birthday, a wedding. Any calendar may be used.
     *
     * @property year in full, 1990; 0 if unknown.
     * @property month from 1; 0 if unknown.
     * @property day of the month, from 1; 0 if unknown.
     */
    public data class Birthday(public val year: Int, public val month: Int, public val day: Int) : Personal {
        /** Does not say the date. */
        override fun toString(): String = "Birthday(redacted)"
    }

    /**
     * A telephone number, the number of a card, a postcode.
     *
     * @property digits any text with digits in it; all else is ignored.
     */
    public data class Number(public val digits: String) : Personal {
        /** Does not say the number. */
        override fun toString(): String = "Number(redacted)"
    }
}

/** What a person should be reminded of. See [WalletLock.takeReminder]. */
public enum class Reminder {
    /** The PIN was not entered for a long time: the person should enter it once, so that it is not forgotten. */
    REHEARSE,

    /** The PIN is old: the person should change it. */
    CHANGE,

    /** The person should look through the history: at most once a month. */
    REVIEW,

    /** A card was not used for a year: the person may want to remove it. At most once a month. */
    UNUSED_CARD,
}
