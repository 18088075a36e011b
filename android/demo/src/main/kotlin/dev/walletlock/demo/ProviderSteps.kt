package dev.walletlock.demo

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Policy
import dev.walletlock.RequestKind
import dev.walletlock.WordDone
import dev.walletlock.WordError
import dev.walletlock.WordOutcome
import dev.walletlock.fakes.FakeProvider

// What the stories about the provider have in common. The provider is the fakes' own: it signs real words, with real keys.

/** The app of a wallet whose policy names [provider]. */
internal class ProvidedApp(val app: DemoApp, val provider: FakeProvider) {
    val lock get() = app.lock
    val account get() = provider.accounts.single()
}

/**
 * Starts an app whose phone may be without its provider for [allowanceHours], or for ever. [offersEscrow]: the provider can keep the
 * key to the wallet.
 */
internal suspend fun Stage.startWithProvider(allowanceHours: Int? = null, offersEscrow: Boolean = false): ProvidedApp {
    val phone = newPhone()
    val provider = FakeProvider(phone.clock)
    val rules = policy.json.trimEnd().removeSuffix("}")
    val policy = Policy.json("""$rules,"provider":${provider.policyPart(allowanceHours, offersEscrow = offersEscrow)}}""")
    return ProvidedApp(DemoApp.start(phone, policy), provider)
}

/** Registers the phone with the provider. */
internal suspend fun Stage.register(provided: ProvidedApp) {
    provided.provider.answer(provided.lock.provider.register())
    expect("registering", listOf(WordOutcome.Done(WordDone.REGISTERED)), collect(provided))
}

/** Tells the provider which escrow is in force. */
internal suspend fun Stage.deposit(provided: ProvidedApp) {
    provided.provider.answer(provided.lock.provider.request(RequestKind.DEPOSIT))
    expect("the deposit", provided.lock.provider.state().escrowDigest, provided.account.escrowDigest)
}

/** Carries what has arrived from the provider to the wallet, as an app does, and shows what each word did. */
internal suspend fun Stage.collect(provided: ProvidedApp): List<WordOutcome> =
    provided.provider.post.collect(provided.account.wallet).map { take(it.deliver(provided.lock)) }

/** Shows what a word did. */
internal fun Stage.take(outcome: WordOutcome): WordOutcome = outcome.also { show(inWords(it)) }

/** Asks the provider, where a person has verified the owner before, and carries its grant to the wallet. */
internal suspend fun Stage.ask(provided: ProvidedApp, kind: RequestKind): List<WordOutcome> {
    provided.account.vouch()
    provided.provider.answer(provided.lock.provider.request(kind))
    return collect(provided)
}

/** The phone reaches its provider: it asks for a heartbeat, and takes it. */
internal suspend fun Stage.beat(provided: ProvidedApp): List<WordOutcome> {
    provided.provider.answer(provided.lock.provider.request(RequestKind.HEARTBEAT))
    return collect(provided)
}

/** Shows the status, and checks which lock it is. */
internal fun Stage.expectReason(provided: ProvidedApp, reason: LockReason): LockStatus.Locked {
    val status = provided.lock.status.value
    show(Screen.lines(status))
    expect("the lock", reason, (status as? LockStatus.Locked)?.reason)
    return status as LockStatus.Locked
}

internal fun inWords(outcome: WordOutcome): String = when (outcome) {
    is WordOutcome.Done -> "The provider's word was taken. ${inWords(outcome.what)}"
    is WordOutcome.Refused -> "The word was refused, and nothing was changed. ${inWords(outcome.error)}"
}

private fun inWords(done: WordDone): String = when (done) {
    WordDone.LOCKED -> "The wallet is locked."
    WordDone.FROZEN -> "Payments are frozen."
    WordDone.WIPED -> "Everything kept here is destroyed."
    WordDone.KEYS_CHANGED -> "The provider has another key, and what the old one did is void."
    WordDone.REGISTERED -> "This phone is registered."
    WordDone.UNLOCKED -> "The provider's lock is gone."
    WordDone.UNFROZEN -> "Payments are no longer frozen."
    WordDone.HEARTBEAT_TAKEN -> "The time that this phone may be without its provider begins anew."
    WordDone.ORDER_WITHHELD -> "An order did not arrive: the wallet is locked until it does."
    WordDone.PROVEN -> "That is proven."
    WordDone.RECOVERY_CANCELLED -> "Getting back in is cancelled."
    WordDone.CHANNEL_CONFIRMED -> "The phone number or mail address is confirmed."
    WordDone.CHANNEL_CHANGE_PAUSED -> "The change is paused: for a day the old address counts."
    WordDone.SECOND_FACTOR_PROVEN -> "The second factor was right."
    WordDone.PAYMENT_SETTLED -> "What became of the payment is noted."
}

private fun inWords(error: WordError): String = when (error) {
    WordError.TOO_LONG -> "It is too long."
    WordError.MALFORMED -> "It does not have the form of a word."
    WordError.UNKNOWN_KEY -> "The provider has no such key."
    WordError.BAD_SIGNATURE -> "Its signature is wrong."
    WordError.WRONG_TYPE -> "It is a word of another kind."
    WordError.WRONG_ROLE -> "That key may not sign this."
    WordError.WRONG_VERSION -> "It is of another version."
    WordError.WRONG_WALLET -> "It is for another wallet."
    WordError.WRONG_INSTALLATION -> "It is for another phone."
    WordError.NOT_ASKED -> "Nobody asked for it."
    WordError.LATE -> "It came too late."
    WordError.OLD -> "A newer word came before."
    WordError.SUPERSEDED -> "An order came after the question that it answers."
    WordError.ORDER_MISSING -> "An order that it knows of is not here yet."
    WordError.NOT_ENOUGH -> "What was verified is not enough for a new PIN."
    WordError.NOT_ALLOWED -> "That was not asked for, or is not allowed."
}
