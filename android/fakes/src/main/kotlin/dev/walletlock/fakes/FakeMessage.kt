package dev.walletlock.fakes

/**
 * A message that the provider has sent to the owner: a code, or word that something is about to change.
 *
 * @property kind how it was sent.
 * @property to the phone number or mail address.
 * @property text what the owner reads.
 * @property code the code in it. Null: it has none.
 * @property link the link in it, which [FakeAccount.openLink] opens. Null: it has none.
 * @property sentMs when it was sent, in milliseconds of the provider's wall clock.
 */
public class FakeMessage internal constructor(
    public val kind: FakeChannel.Kind,
    public val to: String,
    public val text: String,
    public val code: String?,
    public val link: String?,
    public val sentMs: Long,
) {
    /** Never what is in it, nor to whom it went. */
    override fun toString(): String = "FakeMessage($kind)"
}
