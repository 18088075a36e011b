package dev.walletlock.demo

import dev.walletlock.RecoveryChange
import dev.walletlock.CodeOutcome
import dev.walletlock.LockReason
import dev.walletlock.PinOutcome
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN

/** T4: whatever breaks or takes away the wallet's keys or its record, the recovery code brings back what it keeps. */
internal class DamagedWalletsStory : Story {
    override val name = "T4"
    override val title = "Four damaged wallets come back with the recovery code"

    private class Damage(val what: String, val said: String, val make: (DemoPhone) -> Unit)

    private val damages = listOf(
        Damage("seal key gone", "An update of the phone loses one key: the seal key of the wallet.") { phone ->
            phone.deviceKey.lose { "/seal/" in it }
        },
        Damage("record gone", "A cleaner app deletes the record from the wallet's file.") { phone ->
            RecordPage(phone.database).empty()
        },
        Damage("record torn", "The battery dies in the middle of writing, and the record is torn.") { phone ->
            RecordPage(phone.database).tear()
        },
        Damage("keystore emptied", "The phone is set up anew, and its keystore is empty.") { phone ->
            phone.deviceKey.lose { true }
        },
    )

    override suspend fun play(stage: Stage): String {
        damages.forEach { bringBack(stage, it) }
        return "${damages.joinToString { it.what }}: each wallet opened by its code, with new PIN and new code, and what it " +
            "kept is there; the old code and an old copy of the file are refused"
    }

    private suspend fun bringBack(stage: Stage, damage: Damage) = stage.startApp().use { app ->
        stage.say("")
        val paper = stage.setPin(app.lock).use { session ->
            session.vault.write("card", CARD.toByteArray())
            val (paper, change) = stage.makeCode(session.access)
            stage.expect("the first code", RecoveryChange.InForce, change)
            paper
        }
        stage.say(damage.said)
        lateinit var before: WalletCopy
        app.restart {
            before = app.phone.copyWallet()
            damage.make(app.phone)
        }
        val code = Remedy.RecoveryCode(RemedyState.Available)
        stage.expectLocked(app, LockReason.DATA_DAMAGED, listOf(Remedy.CheckAgain, code) + CONTACTS)
        val pin = stage.typed(PIN).use { app.lock.verifyPin(it) }
        stage.expect("the right PIN, with the ${damage.what}", PinOutcome.Locked(app.lock.status.value), pin)
        stage.say("The right PIN does not help now. She types her recovery code.")
        val (session, _) = stage.finish(stage.enterCode(app.lock, paper), NEW_PIN)
        session.use { stage.expect("her card, with the ${damage.what}", CARD, it.vault.read("card")?.let(::String)) }
        app.restart()
        stage.unlock(app.lock, NEW_PIN).use { stage.expect("her card, the next day", CARD, it.vault.read("card")?.let(::String)) }
        stage.say("Her card is there. The old code is over.")
        stage.expectRefused("the old code, with the ${damage.what}", app.lock, paper, CodeOutcome.Wrong)
        stage.say("A thief puts back the file from before, and types the old code.")
        app.restart { app.phone.putBack(before) }
        stage.expectRefused("the old code with the old file", app.lock, paper, CodeOutcome.OldCode)
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
    }
}
