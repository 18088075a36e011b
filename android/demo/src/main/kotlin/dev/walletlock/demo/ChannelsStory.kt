package dev.walletlock.demo

import dev.walletlock.ChannelKind
import dev.walletlock.CodeRequest
import dev.walletlock.LeadsTo
import dev.walletlock.RecoveryChange
import dev.walletlock.RecoveryWay
import dev.walletlock.Session
import dev.walletlock.WayState
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS

/** U8: the owner's phone number and mail addresses. */
internal class ChannelsStory : Story {
    override val name = "U8"
    override val title = "Her phone number and her mail addresses, to which codes go"

    override suspend fun play(stage: Stage): String {
        nothingSetUp(stage)
        val provided = stage.startWithProvider(offersEscrow = true)
        return provided.app.use {
            val (sms, mail) = stage.setPin(provided.lock).use { setUp(stage, provided, it) }
            stage.report(provided)
            limits(stage, provided, sms)
            removedByAnother(stage, provided, mail)
            pausedByTheOldAddress(stage, provided, mail)
            stale(stage, provided)
            "nothing set up is said as well as what is left; number, mail and backup mail confirmed by code or link, masked, and in her " +
                "order; a code says how long and how often, five a day; who removes one is announced, and waits; the old address alone " +
                "pauses that afterwards, once; a stale one is named"
        }
    }

    private suspend fun nothingSetUp(stage: Stage) = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        stage.say("She has set up no way back in.")
        val progress = app.lock.recovery.progress()
        stage.expect("the ways back in", emptyList<RecoveryWay>(), progress.ways)
        stage.expect("what is left", LeadsTo.START_ANEW, progress.leadsTo)
        stage.show(inWords(progress))
    }

    private suspend fun setUp(stage: Stage, provided: ProvidedApp, session: Session): Pair<String, String> {
        stage.register(provided)
        stage.say("She gives her phone number. A code comes there, and she mistypes it, and then types it.")
        val sms = session.access.addChannel(ChannelKind.SMS, "+86 138 1234 5678")
        stage.carry(provided, sms.request)
        val code = stage.received(provided)
        val slip = stage.typed(slipped(code)).use { session.access.confirmChannel(sms.id, it) }
        stage.expect("the slip", null, stage.carry(provided, slip))
        val right = stage.typed(code).use { session.access.confirmChannel(sms.id, it) }
        stage.expect("the code", CONFIRMED, stage.carry(provided, right))
        stage.say("She gives her mail address, and opens the link in the mail.")
        val mail = session.access.addChannel(ChannelKind.MAIL, "zoe@mi.example")
        stage.carry(provided, mail.request)
        stage.read(provided.account.messages.last())
        provided.account.openLink(provided.account.messages.last())
        stage.expect("the link", CONFIRMED, stage.carry(provided, session.access.confirmChannel(mail.id)))
        stage.say("She gives a second address, and wants mail first, because abroad she has another SIM card.")
        val backup = stage.addChannel(provided, session, ChannelKind.BACKUP_MAIL, "zoe.li@post.example")
        session.access.orderChannels(listOf(mail.id, backup, sms.id))
        val masks = session.access.channels().map { it.mask }
        stage.show(session.access.channels().map { "${inWords(it.kind)}: ${it.mask}" })
        stage.expect("the phone keeps masks, in her order", listOf("z***@mi.example", "z***@post.example", "+861****5678"), masks)
        stage.expect("escrow", RecoveryChange.InForce, session.access.switchEscrow(true))
        stage.deposit(provided)
        return sms.id to mail.id
    }

    private suspend fun limits(stage: Stage, provided: ProvidedApp, sms: String) {
        val recovery = provided.lock.recovery
        val clock = provided.app.phone.clock
        stage.say("Somebody picks the phone up, taps 'Forgot PIN?', and has codes sent.")
        stage.carry(provided, recovery.sendCode(sms))
        val code = stage.received(provided)
        stage.show(inWords(recovery.progress()))
        val sent = recovery.progress().ways.single { it.channel == sms }.state as? WayState.Sent
        stage.expect("tries for a code", 5, sent?.triesLeft)
        stage.expect("ten minutes for it", (sent?.validForMs ?: 0) in 9 * MINUTE_MS..10 * MINUTE_MS)
        stage.expect("another one at once", recovery.sendCode(sms) is CodeRequest.NotYet)
        repeat(5) { stage.carry(provided, stage.typed(slipped(code)).use { recovery.prove(sms, it) }) }
        val sixth = stage.typed(code).use { recovery.prove(sms, it) }
        stage.expect("the right code after five wrong ones", CodeRequest.NoCode, sixth)
        repeat(4) { nth ->
            val wait = recovery.sendCode(sms) as? CodeRequest.NotYet ?: throw StoryFailed("code ${nth + 2} came at once")
            clock.skip(wait.leftMs)
            stage.carry(provided, recovery.sendCode(sms))
        }
        val enough = recovery.sendCode(sms) as? CodeRequest.NotYet
        stage.expect("a sixth code on one day", (enough?.leftMs ?: 0) > 23 * HOUR_MS)
        stage.show("No more codes to this number today. In ${durationInWords(enough?.leftMs ?: 0)} again.")
    }

    private suspend fun removedByAnother(stage: Stage, provided: ProvidedApp, mail: String) {
        stage.say("He has seen her PIN, and removes her mail address.")
        stage.who = "He"
        stage.unlock(provided.lock).use {
            stage.expect("removing it", RecoveryChange.Pending(DAY_MS), it.access.removeChannel(mail))
        }
        val before = provided.account.messages.size
        stage.report(provided)
        val told = provided.account.messages.drop(before).map { it.to }
        stage.expect("who is told", setOf("zoe@mi.example", "zoe.li@post.example", "+8613812345678"), told.toSet())
        stage.who = "She"
        stage.say("She reads that, opens the wallet and keeps her address.")
        stage.unlock(provided.lock).use { stage.expect("cancelling", it.access.cancelChannelChange(mail)) }
        provided.app.phone.clock.skip(2 * DAY_MS)
        stage.expect("two days later", provided.lock.recovery.progress().ways.any { it.channel == mail })
    }

    private suspend fun pausedByTheOldAddress(stage: Stage, provided: ProvidedApp, mail: String) {
        val recovery = provided.lock.recovery
        stage.say("He removes it again, and she reads of it two days later.")
        stage.who = "He"
        stage.unlock(provided.lock).use { it.access.removeChannel(mail) }
        stage.report(provided)
        provided.app.phone.clock.skip(2 * DAY_MS)
        stage.who = "She"
        stage.expect("codes to it count no more", recovery.progress().ways.none { it.channel == mail })
        stage.say("It was her address until yesterday, so a link that is sent there pauses that for a day. She needs no PIN for it.")
        stage.carry(provided, recovery.sendCode(mail))
        stage.read(provided.account.messages.last())
        provided.account.openLink(provided.account.messages.last())
        val asked = recovery.pauseChannelChange(mail)
        stage.expect("the link", WordOutcome.Done(WordDone.CHANNEL_CHANGE_PAUSED), stage.carry(provided, asked))
        stage.expect("codes to it count", recovery.progress().ways.any { it.channel == mail })
        stage.expect("it can be paused once", recovery.progress().former.isEmpty())
        stage.say("She knows her PIN, so she sets it up again meanwhile.")
        stage.unlock(provided.lock).use { stage.addChannel(provided, it, ChannelKind.MAIL, "zoe@mi.example") }
        provided.app.phone.clock.skip(2 * DAY_MS)
        stage.expect("how many channels there are two days later", 3, recovery.progress().ways.count { it.channel != null })
    }

    private suspend fun stale(stage: Stage, provided: ProvidedApp) {
        provided.app.phone.clock.skip(STALE_MS)
        val ways = provided.lock.recovery.progress().ways.filter { it.channel != null }
        stage.show("Nobody has confirmed these for half a year. Do they still reach you? ${ways.joinToString { it.mask }}")
        stage.expect("what is stale", listOf(true, true, true), ways.map { it.isStale })
    }

    private companion object {
        const val STALE_MS = 181 * DAY_MS
        val CONFIRMED = WordOutcome.Done(WordDone.CHANNEL_CONFIRMED)
    }
}
