package dev.walletlock

/**
 * How good a proposed PIN is.
 *
 * @property findings every reason against it.
 * @property allowed whether the policy lets it be set. A weak PIN may be allowed: warn of it.
 */
public data class Judgement(public val findings: List<Finding>, public val allowed: Boolean)

/**
 * One reason against a PIN. It narrows the PIN down: show it to the person who typed it, and log it nowhere.
 *
 * @property rule what is wrong with it.
 * @property severity how bad that is.
 * @property digits for [PinRule.TOO_SHORT] the fewest digits that are allowed, for [PinRule.TOO_LONG] the most.
 */
public data class Finding(
    public val rule: PinRule,
    public val severity: Severity,
    public val digits: Int?,
) {
    /** Never what was found. */
    override fun toString(): String = "Finding(redacted)"
}

/** What can be wrong with a PIN. All but the lengths look at the whole PIN: 123 inside a longer one is nothing. */
public enum class PinRule {
    /** Fewer digits than allowed. */
    TOO_SHORT,

    /** More digits than allowed. */
    TOO_LONG,

    /** One digit repeated: 0000. In five digits or more also no more than two different ones: 000001, 110010. */
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

    /** Made of a birthday or number that the app said is personal. */
    PERSONAL,

    /** One of the last PINs of this wallet. */
    USED_BEFORE,

    /** A date, whoever's. */
    DATE,

    /** The same read backwards. */
    PALINDROME,

    /** A wipe PIN that is one slip from the PIN: one digit changed, or two neighbours swapped. */
    NEAR_PIN,

    /** One digit makes up two thirds or more: 1333, 212224. */
    MOSTLY_ONE_DIGIT,

    /** No line on the keypad, and yet each key lies beside the one before, or three of four in a line: 126895, 1472. */
    KEYPAD_WALK,
}

/** How bad a [Finding] is. */
public enum class Severity {
    /** Such a PIN is refused: a thief with a handful of tries would try it. */
    FORBIDDEN,

    /** Such a PIN is accepted with a warning, unless the policy forbids weak ones too. */
    WEAK,
}

/** Something that others know of the person, so that no PIN is made of it. Used during the call, and kept nowhere. */
public sealed interface Personal {
    /**
     * A date that a thief could know: the person's own birthday, a child's, a wedding. Any calendar will do.
     *
     * @property year in full, 1990; 0 if unknown.
     * @property month from 1; 0 if unknown.
     * @property day of the month, from 1; 0 if unknown.
     */
    public data class Birthday(public val year: Int, public val month: Int, public val day: Int) : Personal {
        /** Never the date. */
        override fun toString(): String = "Birthday(redacted)"
    }

    /**
     * A telephone number, the number of a card, a postcode.
     *
     * @property digits any text with digits in it; all else is ignored.
     */
    public data class Number(public val digits: String) : Personal {
        /** Never the number. */
        override fun toString(): String = "Number(redacted)"
    }
}

/** What a person should be reminded of. See [WalletLock.takeReminder]. */
public enum class Reminder {
    /** The PIN was not entered for long: enter it once, so that it is not forgotten. */
    REHEARSE,

    /** The PIN is old: change it. */
    CHANGE,
}
