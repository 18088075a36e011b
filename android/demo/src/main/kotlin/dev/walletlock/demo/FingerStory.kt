package dev.walletlock.demo

import dev.walletlock.AuthMethod
import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricChange
import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.ProofLevel
import dev.walletlock.Session
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/** U6: a finger opens the wallet and pays up to the policy's amounts. Changes, and larger payments, still need the PIN. */
internal class FingerStory : Story {
    override val name = "U6"
    override val title = "Her finger opens the wallet, and pays what is small"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        val finger = Finger(stage, app)
        switchOn(stage, app, finger)
        open(stage, finger)
        leave(stage, app)
        val paid = pay(stage, app, finger)
        someoneElse(stage, app, finger)
        hook(stage, app, finger)
        restartPhone(stage, app, finger)
        anotherFinger(stage, app, finger)
        "on with the PIN; the wallet opened and $paid payments made with it, the prompt saying how much and to whom; " +
            "the PIN for more, after five fingers of someone else, and after a restart; a callback that says " +
            "'recognised' opened nothing; off after another finger was added, with PIN and data as they were"
    }

    private suspend fun switchOn(stage: Stage, app: DemoApp, finger: Finger) {
        stage.setPin(app.lock).use { session ->
            session.vault.write(ITEM, TOKEN.toByteArray())
            stage.say("She keeps her card's token.")
            val off = BiometricAvailability.Denied(BiometricDenial.SWITCHED_OFF)
            stage.expect("before she wants it", off, app.lock.biometricAvailability())
            finger.switchOn(session)
        }
    }

    private suspend fun open(stage: Stage, finger: Finger) {
        stage.say("Later she opens it with a touch.")
        finger.opens().use { session ->
            stage.expect("what opened it", AuthMethod.Biometrics, session.authMethod())
            expectToken(stage, session)
            stage.say("It reads what is kept. To change it the app asks for the PIN.")
            val fault = try {
                session.vault.write(ITEM, ByteArray(1))
                null
            } catch (needed: LockException.PinNeeded) {
                needed
            }
            if (fault == null) throw StoryFailed("a change without the PIN: expected it to be refused, but it was made")
            stage.show(inWords(fault))
        }
    }

    private suspend fun leave(stage: Stage, app: DemoApp) = coroutineScope {
        stage.say("Another time she leaves the app while the prompt is on the screen. The app takes the prompt along.")
        val asking = launch { app.lock.verifyBiometrics() }
        stage.expect("a prompt is shown", app.phone.sensor.awaitPrompt(isShown = true))
        asking.cancel()
        stage.expect("the prompt is taken away", app.phone.sensor.awaitPrompt(isShown = false))
    }

    private suspend fun pay(stage: Stage, app: DemoApp, finger: Finger): Int {
        stage.say("It may pay ${inWords(AT_ONCE)} at once, and ${inWords(IN_ALL)} before the PIN is asked for.")
        val payments = listOf(
            Payment("1", Money(1_250, "EUR"), Payee("Bakery", "bakery")),
            Payment("2", AT_ONCE, GREENGROCER),
            Payment("3", AT_ONCE, GREENGROCER),
        )
        for (payment in payments) {
            finger.pays(payment)
            // Several payments within a few minutes are unusual: then the PIN is asked for.
            app.phone.clock.skip(Stage.HOUR_MS)
        }
        val bookshop = Payment("4", AT_ONCE, Payee("Bookshop", "bookshop"))
        payWithPin(stage, app, bookshop, "with what was paid before it is too much")
        val shoes = Payment("5", Money(AT_ONCE.minor + 1, "EUR"), Payee("Shoe shop", "shoes"))
        payWithPin(stage, app, shoes, "it is too much at once")
        return payments.size
    }

    private suspend fun payWithPin(stage: Stage, app: DemoApp, payment: Payment, why: String) {
        val request = stage.wantsToPay(app.lock, payment)
        stage.expect("no finger, $why", expected = false, ProofLevel.BIOMETRICS in request.anyOf)
        stage.show(inWords(BiometricDenial.OVER_BUDGET))
        stage.say("${stage.who} types ${stage.spaced(Stage.PIN)}.")
        stage.typed(Stage.PIN).use { stage.expectPaid(payment, app.lock.payments.confirmPin(request, it)) }
        stage.expect("the wallet stays closed", expected = false, app.lock.isOpen.value)
    }

    private suspend fun someoneElse(stage: Stage, app: DemoApp, finger: Finger) {
        stage.say("Someone else has her phone. He tries his fingers, and puts the prompt away.")
        val fingers = Array(FAILURES - 1) { Touch.STRANGER }
        val ended = BiometricOutcome.Ended(BiometricEnd.CANCELLED_BY_PERSON)
        stage.expect("one finger less than too many", ended, finger.asks(*fingers, Touch.USE_PIN))
        stage.say("Putting it away clears nothing: one more is too many.")
        stage.expect("the last finger", BiometricOutcome.NotRecognised, finger.asks(Touch.STRANGER))
        expectPinUntouched(stage, app)
        stage.say("She has her phone back.")
        finger.expectDenied(BiometricDenial.TOO_MANY_FAILURES, "after $FAILURES fingers of someone else")
        stage.unlock(app.lock).close()
        stage.expect("after the PIN", BiometricAvailability.Available, app.lock.biometricAvailability())
    }

    private suspend fun hook(stage: Stage, app: DemoApp, finger: Finger) {
        stage.say("A thief has hooked the app: the callback says 'recognised', and hands over 32 bytes of its own.")
        val outcome = finger.asks(Touch.HOOK)
        stage.expect("a hooked callback", BiometricOutcome.NotRecognised, outcome)
        stage.say("They open nothing. The keystore gives the right bytes only for a finger that it knows.")
        expectPinUntouched(stage, app)
    }

    private suspend fun restartPhone(stage: Stage, app: DemoApp, finger: Finger) {
        stage.say("She restarts the phone.")
        app.restartPhone()
        finger.expectDenied(BiometricDenial.FIRST_UNLOCK, "right after a restart")
        stage.unlock(app.lock).close()
        stage.say("From then on her finger will do.")
        finger.opens().close()
    }

    private suspend fun anotherFinger(stage: Stage, app: DemoApp, finger: Finger) {
        stage.say("Her flatmate has seen the phone's own PIN, and adds a finger in the phone's settings.")
        app.phone.sensor.enrolAnother()
        stage.say("Then the flatmate opens the wallet's app.")
        // The phone knows the flatmate's finger, but the key is invalidated, so no prompt asks for a finger.
        val outcome = finger.asks(Touch.OWNER)
        stage.expect("after another finger was added", BiometricOutcome.Ended(BiometricEnd.KEY_INVALIDATED), outcome)
        expectPinUntouched(stage, app)
        stage.say("She has her phone back, and is told too.")
        finger.expectDenied(BiometricDenial.ENROLMENT_CHANGED, "until it is switched on anew")
        stage.unlock(app.lock).use { session ->
            expectToken(stage, session)
            stage.say("Her card's token is there. She removes that finger from the phone, and switches hers on anew.")
            finger.switchOn(session)
        }
        finger.opens().close()
    }

    private suspend fun expectToken(stage: Stage, session: Session) =
        stage.expect("her card's token", TOKEN, session.vault.read(ITEM)?.decodeToString())

    private suspend fun expectPinUntouched(stage: Stage, app: DemoApp) {
        stage.show(Screen.lines(app.lock.refresh()))
        stage.expect("the PIN's tries", LockStatus.Ready(triesLeft = 16), app.lock.status.value)
    }

    private companion object {
        const val ITEM = "card-token"
        const val TOKEN = "4000 1234"
        const val FAILURES = 5
        val GREENGROCER = Payee("Greengrocer", "greengrocer")
        val AT_ONCE = Money(3_000, "EUR")
        val IN_ALL = Money(10_000, "EUR")
    }
}

/** The sensor in a story. Prints who touches it, and what the screen says. */
private class Finger(private val stage: Stage, private val app: DemoApp) {
    suspend fun switchOn(session: Session) {
        stage.say("She switches her finger on. The phone asks for it once.")
        val change = app.phone.sensor.facing(before(Touch.OWNER)) { session.access.enableBiometrics() }
        stage.show(Screen.switchedOn(change))
        stage.expect("switched on", BiometricChange.Done, change)
    }

    /** Asks for a finger. The people at the sensor do [touches] one after another, and then nothing more. */
    suspend fun asks(vararg touches: Touch): BiometricOutcome {
        val outcome = app.phone.sensor.facing(before(*touches)) { app.lock.verifyBiometrics() }
        stage.show(Screen.lines(outcome))
        return outcome
    }

    /** Asks for a finger, and her finger opens the wallet. */
    suspend fun opens(): Session {
        val outcome = asks(Touch.OWNER)
        return (outcome as? BiometricOutcome.Unlocked)?.session
            ?: throw StoryFailed("her finger: expected Unlocked, found $outcome")
    }

    /** Checks that no prompt is shown, and that the lock gives [reason], now and when asked beforehand. */
    suspend fun expectDenied(reason: BiometricDenial, why: String) {
        stage.expect("no prompt, $why", BiometricOutcome.Denied(reason), asks(Touch.OWNER))
        val availability = app.lock.biometricAvailability()
        stage.expect("and it says so beforehand", BiometricAvailability.Denied(reason), availability)
        stage.show(Screen.lines(app.lock.refresh()))
    }

    /** Asks for a payment, and her finger confirms it. */
    suspend fun pays(payment: Payment) {
        val request = stage.wantsToPay(app.lock, payment)
        stage.expect("a finger is enough", ProofLevel.BIOMETRICS in request.anyOf)
        val outcome = app.phone.sensor.facing(before(Touch.OWNER)) { app.lock.payments.confirmBiometrics(request) }
        stage.expectPaid(payment, outcome)
    }

    private fun before(vararg touches: Touch): Person {
        val script = ArrayDeque(touches.toList())
        var isRead = false
        return Person { prompt ->
            if (!isRead) stage.show(Screen.lines(prompt.purpose))
            isRead = true
            script.removeFirstOrNull()?.also { stage.say(inWords(it)) } ?: awaitCancellation()
        }
    }

    private fun inWords(touch: Touch) = when (touch) {
        Touch.OWNER -> "She touches the sensor."
        Touch.STRANGER -> "A finger that the phone does not know."
        Touch.USE_PIN -> "'Use PIN' is pressed."
        Touch.HOOK -> "Nobody touches it."
    }
}
