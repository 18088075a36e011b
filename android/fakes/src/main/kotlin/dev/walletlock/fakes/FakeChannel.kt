package dev.walletlock.fakes

/**
 * A channel of a [FakeAccount], as the provider knows it: a phone number or a mail address to which it sends codes.
 *
 * @property kind what the address is.
 * @property id the phone's id of the channel.
 * @property address where codes go. Only the provider knows it whole; the phone keeps a mask.
 * @property state how it stands, as the phone reported it last.
 */
public class FakeChannel internal constructor(
    public val kind: Kind,
    public val id: String,
    public val address: String,
    public val state: State,
) {
    /** What the address of a channel is. */
    public enum class Kind {
        /** A phone number. */
        SMS,

        /** A mail address. */
        MAIL,

        /** A second mail address, in case the first one is lost. */
        BACKUP_MAIL,
    }

    /** How a channel stands. */
    public enum class State {
        /** No code came back from it that the phone knows of. */
        NEW,

        /** It is confirmed, and does not count yet. */
        WAITING,

        /** It counts. */
        IN_FORCE,

        /** It was removed or replaced within the last seven days. A code that is sent there may pause that, or has paused it. */
        FORMER,
    }

    /** Its kind and its id. Never the address. */
    override fun toString(): String = "FakeChannel(${nameOf(kind, id)})"

    internal companion object {
        private val NAME = Regex("(sms|mail|backup_mail):[0-9a-f]{16}")

        /** How requests and reports name a channel. */
        fun nameOf(kind: Kind, id: String): String = "${kind.name.lowercase()}:$id"

        fun isName(text: String): Boolean = NAME.matches(text)

        fun kindOf(name: String): Kind = Kind.valueOf(name.substringBefore(':').uppercase())
    }
}
