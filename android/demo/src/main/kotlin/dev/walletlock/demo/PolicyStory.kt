package dev.walletlock.demo

import dev.walletlock.LockException
import dev.walletlock.PinOutcome
import dev.walletlock.Policy
import dev.walletlock.demo.Stage.Companion.MINUTE_MS

/** D2: the developer supplies the policy as data: the name of a preset, or JSON. */
internal class PolicyStory : Story {
    override val name = "D2"
    override val title = "The developer brings the rules"

    override suspend fun play(stage: Stage): String {
        stage.say("A preset by its name: nl_wallet, a minute's wait at the fourth wrong PIN.")
        stage.startApp(Policy.preset("nl_wallet")).use { app ->
            stage.setPin(app.lock).close()
            val outcomes = List(4) { i -> stage.typed("26483$i").use { app.lock.verifyPin(it) } }
            stage.show(Screen.lines(outcomes.last() as dev.walletlock.Refusal))
            stage.expect("the fourth", PinOutcome.Wrong(12, MINUTE_MS, repeated = false), outcomes.last())
        }
        stage.say("Rules of one's own, in JSON, with a slip of the pen:")
        val text = """{ "lockout": { "cooldowns": [ { "from": 3, "to": 2, "wait_s": 60 } ] } }"""
        stage.show(text)
        val fault = try {
            Policy.json(text)
            throw StoryFailed("the slip: expected it to be refused, but it was taken")
        } catch (fault: LockException.Policy) {
            fault
        }
        stage.show(inWords(fault))
        stage.expect("the field that is wrong", "lockout.cooldowns[0].to", fault.field)
        return "a preset by name in force; a slip in one's own rules refused, naming ${fault.field}"
    }
}
