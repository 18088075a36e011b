package dev.walletlock.demo

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.RequestKind
import dev.walletlock.WordDone
import dev.walletlock.WordError
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.fakes.FakeProviderKey
import java.security.MessageDigest
import java.util.Base64

/** T2: words that a thief forges, repeats, keeps back or signs with a stolen key open nothing. */
internal class ForgedWordsStory : Story {
    override val name = "T2"
    override val title = "A thief has the network in his hands, and then a key of the provider"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use {
            stage.setPin(provided.lock).close()
            stage.register(provided)
            forged(stage, provided)
            replayed(stage, provided)
            withheld(stage, provided)
            stolenKey(stage, provided)
            "a forged word and an old grant change nothing; a clock that is set ahead outlives no order; a withheld order locks " +
                "until it is delivered; a stolen online key opens and wipes nothing, and what it locks opens when it is revoked"
        }
    }

    private suspend fun forged(stage: Stage, provided: ProvidedApp) {
        stage.say("The provider freezes payments. The thief changes a letter of the order on its way.")
        provided.provider.post.isForging = true
        provided.account.freeze()
        stage.expect("the forged order", refused(WordError.BAD_SIGNATURE), stage.collect(provided))
        stage.expect("it froze nothing", expected = false, provided.lock.provider.state().isFrozen)
        provided.provider.post.isForging = false
    }

    private suspend fun replayed(stage: Stage, provided: ProvidedApp) {
        stage.say("The provider locks the wallet, and grants its owner to unlock it. The thief keeps a copy of the grant.")
        provided.account.lock()
        stage.expect("the order", done(WordDone.LOCKED), stage.collect(provided))
        provided.provider.post.isRepeating = true
        stage.expect("the grant", done(WordDone.UNLOCKED), stage.ask(provided, RequestKind.UNLOCK))
        stage.say("Later he has the phone. The provider orders a lock; he sets the clock ahead by a year, and sends the old grant.")
        provided.app.phone.clock.setAhead(365 * DAY_MS)
        provided.account.lock()
        val again = listOf(WordDone.UNLOCKED, WordDone.LOCKED).map { WordOutcome.Done(it) }
        stage.expect("the old grant, and the order", again, stage.collect(provided))
        stage.expect("both once more", again, stage.collect(provided))
        stage.say("The old grant gets its old answer, and opens nothing. The order has no date that a clock could outlive.")
        provided.provider.post.isRepeating = false
        stage.collect(provided)
        stage.expectReason(provided, LockReason.LOST_OR_STOLEN)
        provided.app.phone.clock.setAhead(-365 * DAY_MS)
        openAgain(stage, provided)
    }

    private suspend fun withheld(stage: Stage, provided: ProvidedApp) {
        stage.say("The thief lets heartbeats pass, and keeps the orders back.")
        provided.provider.post.isWithholdingOrders = true
        provided.account.lock()
        stage.expect("the heartbeat", done(WordDone.ORDER_WITHHELD), stage.beat(provided))
        stage.expectReason(provided, LockReason.PROVIDER_ORDER)
        provided.provider.post.isWithholdingOrders = false
        stage.say("The order arrives after all.")
        stage.expect("the order", done(WordDone.LOCKED), stage.collect(provided))
        openAgain(stage, provided)
    }

    private suspend fun stolenKey(stage: Stage, provided: ProvidedApp) {
        stage.say("The thief breaks into the provider's server and steals the key that is kept there, the online key.")
        val stolen = provided.provider.stealOnlineKey()
        stage.say("He grants himself to unlock, and orders that everything is destroyed.")
        val request = provided.lock.provider.request(RequestKind.UNLOCK)
        val grant = stolen.sign("grant", grantClaims(provided, request))
        stage.expect("his grant", refused(WordError.WRONG_ROLE).single(), stage.take(provided.lock.provider.redeem(grant)))
        stage.expect("his wipe", refused(WordError.WRONG_ROLE).single(), order(stage, provided, stolen, """"act":"wipe""""))
        stage.say("He locks the wallet, with the highest number that there is, so that no later order counts.")
        val locked = order(stage, provided, stolen, """"act":"lock","reason":"lost"""")
        stage.expect("his lock", done(WordDone.LOCKED).single(), locked)
        stage.expectReason(provided, LockReason.LOST_OR_STOLEN)
        stage.say("The provider notices. It takes the key that it keeps offline, and revokes the stolen one.")
        provided.provider.replaceOnlineKey()
        stage.expect("the word about keys", done(WordDone.KEYS_CHANGED), stage.collect(provided))
        stage.expect("the thief's lock is void", provided.lock.status.value is LockStatus.Ready)
        val late = order(stage, provided, stolen, """"act":"freeze"""")
        stage.expect("his next order", refused(WordError.UNKNOWN_KEY).single(), late)
        stage.say("The new key is heard.")
        provided.account.lock()
        stage.expect("the provider's order", done(WordDone.LOCKED), stage.collect(provided))
        openAgain(stage, provided)
    }

    private suspend fun openAgain(stage: Stage, provided: ProvidedApp) {
        stage.say("The owner shows the provider who she is.")
        stage.expect("the grant", done(WordDone.UNLOCKED), stage.ask(provided, RequestKind.UNLOCK))
        stage.unlock(provided.lock).close()
    }

    private suspend fun order(stage: Stage, provided: ProvidedApp, key: FakeProviderKey, act: String): WordOutcome {
        val word = key.sign("order", """{"v":1,"aud":"${provided.account.wallet}","seq":$HIGHEST,$act}""")
        return stage.take(provided.lock.provider.accept(word))
    }

    /** What a real grant says, so that only the key is wrong. */
    private fun grantClaims(provided: ProvidedApp, request: String): String {
        val hash = MessageDigest.getInstance("SHA-256").digest(request.toByteArray())
        val req = Base64.getUrlEncoder().withoutPadding().encodeToString(hash)
        val (wallet, installation) = provided.account.run { wallet to installation }
        return """{"v":1,"aud":"$wallet","sub":"$installation","act":"unlock","req":"$req","after":3,""" +
            """"proofs":[{"method":"person","place":"elsewhere","challenge":"${"A".repeat(22)}"}]}"""
    }

    private fun done(what: WordDone) = listOf(WordOutcome.Done(what))

    private fun refused(error: WordError) = listOf(WordOutcome.Refused(error))

    private companion object {
        /** 2^53 - 1, the highest number of an order. */
        const val HIGHEST = (1L shl 53) - 1
    }
}
