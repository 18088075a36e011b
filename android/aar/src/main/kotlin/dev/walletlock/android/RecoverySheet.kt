package dev.walletlock.android

import dev.walletlock.Contact
import dev.walletlock.RecoveryCode

/**
 * What stands on the sheet of paper that a person keeps for the day on which the phone is lost: whose wallet it is, whom to call,
 * the ways back in, and, if the person wants it there, the recovery code. What to do first stands on every sheet, in our own words.
 *
 * The sheet is one page. It is drawn when it is printed or saved, and kept nowhere.
 *
 * @property walletName the wallet's name, as the person knows it.
 * @property madeMs the date on the sheet, in milliseconds since 1970.
 * @property channels the ways back in, in the order in which they are to stand.
 * @property contacts whom the person can turn to, usually those of the policy.
 * @property code the recovery code. It stays yours: close it when the sheet was printed or saved. Null: no code on the sheet.
 */
public class RecoverySheet @JvmOverloads constructor(
    public val walletName: String,
    public val madeMs: Long,
    public val channels: List<Channel>,
    public val contacts: List<Contact>,
    public val code: RecoveryCode? = null,
) {
    /**
     * A way back in.
     *
     * @property kind what it is, in the person's language: 'Phone number'.
     * @property mask enough of it to recognise it: `138****5678`. The sheet may be found, so never the whole of it. Empty: there
     *   is nothing to recognise, as for an authenticator app.
     */
    public data class Channel(public val kind: String, public val mask: String)
}
