package dev.walletlock.demo

import dev.walletlock.ChannelKind
import dev.walletlock.CodeRequest
import dev.walletlock.EscrowOutcome
import dev.walletlock.GrantOutcome
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NewAuthenticator
import dev.walletlock.PinEntry
import dev.walletlock.ProviderRequest
import dev.walletlock.RecoveryChange
import dev.walletlock.RequestKind
import dev.walletlock.Rescue
import dev.walletlock.Session
import dev.walletlock.Task
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.fakes.FakeMessage

// What the stories about getting back in have in common: channels, sent codes, and the authenticator.

/** Carries a request to the provider, and its grant back. Null: nothing came back, because it was refused, or nothing answers it. */
internal suspend fun Stage.carry(provided: ProvidedApp, request: CodeRequest): WordOutcome? {
    val text = (request as? CodeRequest.Asked)?.request ?: throw StoryFailed("a request: expected Asked, found $request")
    provided.provider.answer(text)
    return collect(provided).singleOrNull()
}

/** Tells the provider what there is and what waits, so that it can tell the owner. Shows what it sends her. */
internal suspend fun Stage.report(provided: ProvidedApp) {
    val before = provided.account.messages.size
    val answer = provided.provider.answer(provided.lock.provider.request(RequestKind.REPORT))
    expect("the report", null, answer.refusal)
    provided.account.messages.drop(before).forEach(::read)
}

/** Shows what arrives at the person. */
internal fun Stage.read(message: FakeMessage) = show("To ${message.to}: ${message.text}")

/** The code that was sent last, as it arrives. */
internal fun Stage.received(provided: ProvidedApp): String {
    val message = provided.account.messages.last()
    read(message)
    return message.code ?: throw StoryFailed("the message: there is no code in it")
}

/** Sets a phone number or mail address up, by the code that comes there. Returns its id. */
internal suspend fun Stage.addChannel(provided: ProvidedApp, session: Session, kind: ChannelKind, address: String): String {
    val new = session.access.addChannel(kind, address)
    carry(provided, new.request)
    val asked = typed(received(provided)).use { session.access.confirmChannel(new.id, it) }
    expect("confirming $address", WordOutcome.Done(WordDone.CHANNEL_CONFIRMED), carry(provided, asked))
    return new.id
}

/** Proves a channel, by the code that comes there. */
internal suspend fun Stage.prove(provided: ProvidedApp, channel: String) {
    carry(provided, provided.lock.recovery.sendCode(channel))
    val asked = typed(received(provided)).use { provided.lock.recovery.prove(channel, it) }
    expect("the code", WordOutcome.Done(WordDone.PROVEN), carry(provided, asked))
}

/** Asks the provider, which keeps the key to the wallet, to open it. */
internal suspend fun Stage.askEscrow(provided: ProvidedApp, said: ProviderRequest = ProviderRequest.NOTHING): GrantOutcome {
    val asked = provided.lock.recovery.askEscrow(said) as? EscrowOutcome.Asked ?: throw StoryFailed("escrow was not asked for")
    return asked.request.use { request ->
        provided.provider.answer(request.text)
        request.redeem(provided.provider.post.collect(provided.account.wallet).single().word)
    }
}

/** The wallet that the provider's key has opened. */
internal fun Stage.opened(outcome: GrantOutcome): Rescue {
    val rescue = (outcome as? GrantOutcome.Opened)?.rescue ?: throw StoryFailed("the grant: expected Opened, found $outcome")
    show("The provider's key has opened the wallet. Choose a new PIN, and write a new code down.")
    return rescue
}

/** Adds an account to an authenticator app, and sets it up as the second factor in a new wallet. */
internal suspend fun Stage.setAuthenticator(app: DemoApp, session: Session): AuthenticatorApp =
    session.access.makeAuthenticator().use { new ->
        val authenticator = scan(app, new)
        expect("its code", typed(authenticator.code()).use { session.access.confirmAuthenticator(new, it) })
        expect("setting it up", RecoveryChange.InForce, session.access.setAuthenticator(new))
        authenticator
    }

/** Scans the QR code that the wallet shows. */
internal fun Stage.scan(app: DemoApp, new: NewAuthenticator): AuthenticatorApp {
    val address = new.uri("Walletlock", "Zoe")
    return AuthenticatorApp.scan(String(address, Charsets.US_ASCII), app.phone.clock).also { address.fill(0) }
}

/** What the authenticator app shows next: each code counts once. */
internal fun Stage.next(app: DemoApp, authenticator: AuthenticatorApp): PinEntry {
    app.phone.clock.skip(AuthenticatorApp.STEP_MS)
    return typed(authenticator.code())
}

/** Types wrong PINs, with every wait between them, until the wallet takes no PIN any more. */
internal suspend fun Stage.lockOut(app: DemoApp) {
    var nth = 0
    while (app.lock.refresh() !is LockStatus.Locked) {
        typed((264_830 + 37 * nth++).toString()).use { app.lock.verifyPin(it) }
        (app.lock.refresh() as? LockStatus.CoolingDown)?.let { app.phone.clock.skip(it.remainingMs) }
    }
    expect("the lock", LockReason.TOO_MANY_ATTEMPTS, (app.lock.status.value as LockStatus.Locked).reason)
    show("LOCKED: TOO MANY WRONG PINS")
}

/** Begins anew what may be asked for in a day. */
internal fun Stage.nextDay(app: DemoApp) = app.phone.clock.skip(Stage.DAY_MS)

/** Shows what to put in order, and checks what is left of it. */
internal suspend fun Stage.expectOpen(session: Session, expected: List<Task>) {
    val lines = session.access.checklist()
    show(lines.map { "[${if (it.isDone) "x" else " "}] ${inWords(it.task)}" })
    expect("what is left to do", expected, lines.filterNot { it.isDone }.map { it.task })
}
