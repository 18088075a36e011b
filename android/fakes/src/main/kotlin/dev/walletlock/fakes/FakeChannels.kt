package dev.walletlock.fakes

import dev.walletlock.Clock
import dev.walletlock.Entropy

/**
 * The channels of a [FakeAccount], the codes that were sent over them, and the messages that the owner received. Its provider's
 * monitor guards it.
 */
internal class FakeChannels(private val clock: Clock, private val random: Entropy) {
    /** A code that may come back. */
    private class Sent(val message: FakeMessage, val challenge: String) {
        var triesLeft = TRIES
        var isLinkOpened = false
    }

    private val known = linkedMapOf<String, FakeChannel>()
    private val confirmed = mutableSetOf<String>()

    /** The last code of each channel that was not used yet. */
    private val sent = mutableMapOf<String, Sent>()
    private var pending = emptyMap<String, Long>()
    private val inbox = mutableListOf<FakeMessage>()

    val all: List<FakeChannel> get() = known.values.toList()

    val messages: List<FakeMessage> get() = inbox.toList()

    var secondFactor: String? = null
        private set

    /** Sends a code, and makes the one before void. A channel that is not known yet has to come with its address. */
    fun send(request: ReadRequest): FakeProvider.Refusal? {
        val name = checkNotNull(request.channel)
        val (before, address) = known[name] to request.what
        val channel = when {
            before != null && address == null -> before
            before == null && address != null ->
                FakeChannel(FakeChannel.kindOf(name), name.substringAfter(':'), address, FakeChannel.State.NEW)
            else -> return FakeProvider.Refusal.UNKNOWN_CHANNEL
        }
        known[name] = channel
        val code = makeCode(random)
        val minutes = validMs(channel.kind) / MINUTE_MS
        val link = if (channel.kind == FakeChannel.Kind.SMS) null else LINK + makeChallenge(random)
        val orOpen = link?.let { ", or open $it" }.orEmpty()
        val text = "Your Wallet code is $code$orOpen. It is valid for $minutes minutes. Nobody from Wallet will ever ask for it."
        sent[name] = Sent(deliver(channel, text, code, link), makeChallenge(random))
        return null
    }

    /** Whether something may be proven over the channel of this request: only itself, until it was confirmed. */
    fun admits(request: ReadRequest): Boolean =
        if (request.kind == "confirm") request.channel in known else request.channel in confirmed

    /** The proof that the code in this request gives, or the opened link if it has no code. It is used up. */
    fun takeProof(request: ReadRequest): FakeAccount.Proof? {
        val name = checkNotNull(request.channel)
        val open = sent[name]?.takeIf { clock.now().wallMs - it.message.sentMs < validMs(it.message.kind) } ?: return null
        if (request.code != null) open.triesLeft -= 1
        val isRight = if (request.code == null) open.isLinkOpened else request.code == open.message.code
        if (isRight || open.triesLeft == 0) sent.remove(name)
        if (!isRight) return null
        if (request.kind == "confirm") confirmed += name
        if (request.kind == "pause") known.values.filter { it.state == FakeChannel.State.IN_FORCE }.forEach { deliver(it, PAUSED) }
        val method = when {
            request.code == null -> "link"
            open.message.kind == FakeChannel.Kind.SMS -> "sms"
            else -> "mail"
        }
        return FakeAccount.Proof(method, "phone", open.challenge)
    }

    fun openLink(message: FakeMessage) {
        require(message.link != null && message in inbox) { "there is no such link" }
        sent.values.find { it.message === message }?.isLinkOpened = true
    }

    /**
     * Takes over what the phone reports, and tells the owner of each change that begins to wait: on the channels that were in
     * force, because one that is new may be a thief's.
     */
    fun take(report: ReadReport): FakeProvider.Refusal? {
        val isKnown = { (name, state): Map.Entry<String, FakeChannel.State> ->
            if (state == FakeChannel.State.NEW) name in known else name in confirmed
        }
        if (!report.channels.all(isKnown)) return FakeProvider.Refusal.UNKNOWN_CHANNEL
        val told = known.filter { (name, channel) -> FakeChannel.State.IN_FORCE in setOf(channel.state, report.channels[name]) }
        // A change that was cancelled and asked for again waits longer than before.
        val begun = report.pending.filter { (what, leftS) -> leftS > (pending[what] ?: 0) }
        for ((what, leftS) in begun) told.values.forEach { deliver(it, announcement(what, leftS)) }
        pending = report.pending
        secondFactor = report.secondFactor
        val now = report.channels.map { (name, state) ->
            val channel = known.getValue(name)
            name to FakeChannel(channel.kind, channel.id, channel.address, state)
        }
        known.clear()
        known.putAll(now)
        confirmed.retainAll(known.keys)
        sent.keys.retainAll(known.keys)
        return null
    }

    private fun deliver(channel: FakeChannel, text: String, code: String? = null, link: String? = null) =
        FakeMessage(channel.kind, channel.address, text, code, link, clock.now().wallMs).also(inbox::add)

    private fun announcement(what: String, leftS: Long): String {
        val asked = when (what) {
            "recovery" -> "for a new PIN for your wallet"
            "code" -> "to change the recovery code of your wallet"
            "escrow" -> "to change whether Wallet keeps the key to your wallet"
            "second_factor" -> "to change the second factor of your wallet"
            else -> when (FakeChannel.kindOf(what)) {
                FakeChannel.Kind.SMS -> "to change the phone number of your wallet"
                FakeChannel.Kind.MAIL -> "to change the mail address of your wallet"
                FakeChannel.Kind.BACKUP_MAIL -> "to change the second mail address of your wallet"
            }
        }
        val hours = (leftS + HOUR_S - 1) / HOUR_S
        val time = if (hours == 1L) "1 hour" else "$hours hours"
        return "Somebody asked $asked. It counts in $time. If that was not you, open your wallet and cancel it."
    }

    private fun validMs(kind: FakeChannel.Kind) = if (kind == FakeChannel.Kind.SMS) SMS_VALID_MS else MAIL_VALID_MS

    companion object {
        /** How often a code may be handed in. */
        private const val TRIES = 5

        /** As long as the default policy says. */
        private const val SMS_VALID_MS = 600_000L
        private const val MAIL_VALID_MS = 1_800_000L
        private const val MINUTE_MS = 60_000L
        private const val HOUR_S = 3_600L
        private const val PAUSED = "A change of where codes for your wallet go is paused for a while, with a code that went to the address " +
            "before it. If that was not you, have your wallet locked."
        private const val LINK = "https://wallet.example/verify/"
        private const val CODE_BYTES = 4
        private const val CHALLENGE_BYTES = 16

        /** Six digits. */
        fun makeCode(random: Entropy): String {
            val number = random.randomBytes(CODE_BYTES).fold(0L) { sum, byte -> sum * 256 + (byte.toInt() and 0xff) }
            return "%06d".format(number % 1_000_000)
        }

        /** Names a question, or a link, in base64url. */
        fun makeChallenge(random: Entropy): String = base64url(random.randomBytes(CHALLENGE_BYTES))
    }
}
