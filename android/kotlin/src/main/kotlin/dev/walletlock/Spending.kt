package dev.walletlock

/**
 * What was spent ([Journal.summary]).
 *
 * @property spent the latest month first.
 * @property unreadable how many lines about payments do not open, because someone changed them. They are in no sum.
 */
public data class Summary(public val spent: List<Spent>, public val unreadable: Long) {
    /** Does not say how much. */
    override fun toString(): String = "Summary(${spent.size})"
}

/**
 * What was spent in one month with one card on one category, in one currency.
 *
 * @property year the year in which the payments were approved, by the zone that the phone was in.
 * @property month the month, 1 to 12.
 * @property card the card's id. Null: not by card.
 * @property category what was bought.
 * @property amount what was charged. A payment of which nobody said what was charged counts whole; one that was declined does not count.
 * @property payments how many payments.
 */
public data class Spent(
    public val year: Int,
    public val month: Int,
    public val card: String?,
    public val category: Category,
    public val amount: Money,
    public val payments: Int,
) {
    /** Does not say how much. */
    override fun toString(): String = "Spent($year-$month, $category)"
}

/** A group of merchant category codes (ISO 18245). The groups are this library's own. */
public enum class Category {
    /** Food to take home. */
    GROCERIES,

    /** Restaurants, bars and fast food. */
    DINING,

    /** Getting about: trains, buses, taxis, fuel, tolls, parking. */
    TRANSPORT,

    /** Airlines, hotels, car rental, travel agencies. */
    TRAVEL,

    /** Doctors, hospitals, pharmacies. */
    HEALTH,

    /** Films, games, sport, music. */
    ENTERTAINMENT,

    /** Schools and courses. */
    EDUCATION,

    /** Telephone, energy, insurance, taxes. */
    BILLS,

    /** Cash, and what is as good as cash. */
    CASH,

    /** Other shops. */
    SHOPPING,

    /** Anything else, and payments without a code. */
    OTHER,
}

/** What a line of the journal says of a payment. */
public enum class LineState {
    /** It was set aside, and its proof checked. */
    RESERVED,

    /** It was approved. */
    APPROVED,

    /** Its proof was not right. */
    RELEASED,

    /** It was refused. */
    REFUSED,

    /** It was charged. */
    CAPTURED,

    /** It was not charged. */
    DECLINED,
}

/**
 * Amounts of a currency.
 *
 * @property currency by ISO 4217.
 * @property fromMinor the smallest amount, in the currency's smallest unit.
 * @property toMinor the largest amount.
 */
public data class AmountRange(public val currency: String, public val fromMinor: Long, public val toMinor: Long)

/**
 * A step of a search ([Journal.search]).
 *
 * @property entries what this step found, newest first.
 * @property progress how much of the journal was looked through, from 0 to 1. 1: the search is over.
 */
public data class SearchStep(public val entries: List<JournalEntry>, public val progress: Float)
