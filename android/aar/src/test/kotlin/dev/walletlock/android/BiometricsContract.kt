package dev.walletlock.android

import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOperation
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricPurpose
import dev.walletlock.Biometrics
import dev.walletlock.SensorAvailability
import dev.walletlock.fakes.FakePerson
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What every [Biometrics] must do: the phone's, and the fake that stands for it in an app's own tests. */
abstract class BiometricsContract {
    abstract val biometrics: Biometrics
    abstract val person: FakePerson

    /** Makes a key like that of the biometric slot. */
    abstract fun makeKey(alias: String)

    /** Makes an HMAC key, like the PIN's key and the seal key. */
    abstract fun makeOtherKey(alias: String)

    /** Lets [ms] milliseconds pass, in which nobody answers. */
    abstract fun letPass(ms: Long)

    /** Makes Android one of a version that had no biometric prompts yet. */
    abstract fun becomeOldAndroid()

    @Test
    fun `what was wrapped is unwrapped, for the person`() {
        makeKey(ALIAS)
        assertEquals(SensorAvailability.READY, biometrics.availability())
        val wrapped = wrapped()
        assertEquals(60, wrapped.size)
        assertArrayEquals(SLOT_KEY, unwrapped(wrapped))
        assertFalse("another IV each time", wrapped.contentEquals(wrapped()))
        assertArrayEquals(SLOT_KEY, unwrapped(wrapped))
    }

    @Test
    fun `a person who was told beforehand answers by themselves`() {
        makeKey(ALIAS)
        person.willDo {
            someoneElseTouches()
            touches()
        }
        val answers = show(WRAP)
        assertEquals(NotRecognised, answers.next())
        assertTrue(answers.next() is Output)
    }

    @Test
    fun `someone else is told as such, and the prompt stays`() {
        makeKey(ALIAS)
        val answers = show(WRAP)
        repeat(3) {
            person.someoneElseTouches()
            assertEquals(NotRecognised, answers.next())
            assertTrue(person.isPromptShown)
        }
        person.touches()
        assertTrue(answers.next() is Output)
        assertFalse(person.isPromptShown)
    }

    @Test
    fun `each way to put it away is told from the others`() {
        makeKey(ALIAS)
        val ways = listOf<Pair<FakePerson.() -> Unit, BiometricEnd>>(
            FakePerson::cancels to BiometricEnd.CANCELLED_BY_PERSON,
            FakePerson::choosesPin to BiometricEnd.CANCELLED_BY_PERSON,
            FakePerson::isInterrupted to BiometricEnd.CANCELLED_BY_SYSTEM,
            FakePerson::doesNothing to BiometricEnd.TIMED_OUT,
        )
        for ((act, end) in ways) {
            val answers = show(WRAP)
            person.act()
            assertEquals(end, answers.next())
            answers.expectNothing()
        }
        for (end in BiometricEnd.entries - BiometricEnd.KEY_INVALIDATED) {
            val answers = show(WRAP)
            person.promptEnds(end)
            assertEquals(end, answers.next())
        }
    }

    @Test
    fun `five others in a row lock the sensor for half a minute`() {
        makeKey(ALIAS)
        val answers = show(WRAP)
        repeat(5) { person.someoneElseTouches() }
        repeat(5) { assertEquals(NotRecognised, answers.next()) }
        assertEquals(BiometricEnd.LOCKED_OUT, answers.next())
        person.clock.advanceMs(29_999)
        assertEquals(BiometricEnd.LOCKED_OUT, show(WRAP).next())
        person.clock.advanceMs(1)
        wrapped()
    }

    @Test
    fun `twenty others lock it until the phone is unlocked`() {
        makeKey(ALIAS)
        repeat(4) { round ->
            val answers = show(WRAP)
            repeat(5) { person.someoneElseTouches() }
            repeat(5) { assertEquals(NotRecognised, answers.next()) }
            val end = if (round < 3) BiometricEnd.LOCKED_OUT else BiometricEnd.LOCKED_OUT_FOR_GOOD
            assertEquals(end, answers.next())
            person.clock.advanceMs(30_000)
        }
        assertEquals(BiometricEnd.LOCKED_OUT_FOR_GOOD, show(WRAP).next())
        person.unlocksPhone()
        wrapped()
    }

    @Test
    fun `a new enrolment destroys the key, and nobody is asked`() {
        makeKey(ALIAS)
        val wrapped = wrapped()
        person.enrolsAnother()
        assertEquals(BiometricEnd.KEY_INVALIDATED, show(UNWRAP, wrapped).next())
        assertFalse(person.isPromptShown)
        makeKey("$ALIAS/2")
        wrapped("$ALIAS/2")
    }

    @Test
    fun `without anyone enrolled there is neither prompt nor key`() {
        makeKey(ALIAS)
        person.removesAll()
        assertEquals(SensorAvailability.NONE_ENROLLED, biometrics.availability())
        assertEquals(BiometricEnd.KEY_INVALIDATED, show(WRAP).next())
        person.enrolsAnother()
        assertEquals(SensorAvailability.READY, biometrics.availability())
        assertEquals("whoever it is", BiometricEnd.KEY_INVALIDATED, show(WRAP).next())
    }

    @Test
    fun `a key that is missing is told as gone, one for something else is not used`() {
        // A keystore that lists no key at all is not believed. A wallet has other keys, so the test makes one.
        makeKey("$ALIAS/2")
        assertEquals(BiometricEnd.KEY_INVALIDATED, show(WRAP).next())
        makeOtherKey(ALIAS)
        assertEquals(BiometricEnd.NO_VERDICT, show(WRAP).next())
        assertFalse(person.isPromptShown)
    }

    @Test
    fun `a phone without a sensor, or with a broken one, says so`() {
        makeKey(ALIAS)
        person.sensorIs(SensorAvailability.NO_HARDWARE)
        assertEquals(SensorAvailability.NO_HARDWARE, biometrics.availability())
        assertEquals(BiometricEnd.NO_HARDWARE, show(WRAP).next())
        person.sensorIs(SensorAvailability.BUSY)
        assertEquals(SensorAvailability.BUSY, biometrics.availability())
        assertEquals(BiometricEnd.NO_VERDICT, show(WRAP).next())
    }

    @Test
    fun `an old Android has none`() {
        makeKey(ALIAS)
        becomeOldAndroid()
        assertEquals(SensorAvailability.NOT_SUPPORTED, biometrics.availability())
        assertEquals(BiometricEnd.NO_HARDWARE, show(WRAP).next())
        biometrics.dismiss()
    }

    @Test
    fun `a prompt that nobody answers is taken away`() {
        makeKey(ALIAS)
        val answers = show(WRAP)
        letPass(TIMEOUT_MS)
        assertEquals(BiometricEnd.TIMED_OUT, answers.next())
        assertFalse(person.isPromptShown)
        answers.expectNothing()
        wrapped()
    }

    @Test
    fun `a prompt that was dismissed answers nobody`() {
        makeKey(ALIAS)
        biometrics.dismiss()
        val answers = show(WRAP)
        person.someoneElseTouches()
        assertEquals(NotRecognised, answers.next())
        biometrics.dismiss()
        biometrics.dismiss()
        assertFalse(person.isPromptShown)
        answers.expectNothing()
        wrapped()
    }

    @Test
    fun `a second prompt gets no verdict, and the first stays`() {
        makeKey(ALIAS)
        val first = show(WRAP)
        assertEquals(BiometricEnd.NO_VERDICT, show(WRAP).next())
        assertTrue(person.isPromptShown)
        person.touches()
        assertTrue(first.next() is Output)
        wrapped()
    }

    @Test
    fun `what was spoiled, or wrapped by another key, has no verdict`() {
        makeKey(ALIAS)
        makeKey("$ALIAS/2")
        val wrapped = wrapped()
        for (at in listOf(0, 12, 59)) {
            val answers = show(UNWRAP, wrapped.clone().also { it[at]++ })
            person.touches()
            assertEquals(BiometricEnd.NO_VERDICT, answers.next())
        }
        val answers = show(UNWRAP, wrapped, "$ALIAS/2")
        person.touches()
        assertEquals(BiometricEnd.NO_VERDICT, answers.next())
        assertArrayEquals(SLOT_KEY, unwrapped(wrapped))
    }

    protected fun show(
        operation: BiometricOperation,
        input: ByteArray = SLOT_KEY,
        alias: String = ALIAS,
        purpose: BiometricPurpose = BiometricPurpose.Unlock,
    ) = Answers(::settle).also { biometrics.show(BiometricPrompt(alias, purpose, operation, input, TIMEOUT_MS), it) }

    /** Answers come in order: when the answer to a prompt without a key is there, all earlier answers are there too. */
    private fun settle() {
        assertTrue(show(WRAP, alias = "none").next() is BiometricEnd)
    }

    protected fun wrapped(alias: String = ALIAS): ByteArray = touched(show(WRAP, alias = alias))

    protected fun unwrapped(wrapped: ByteArray): ByteArray = touched(show(UNWRAP, wrapped))

    private fun touched(answers: Answers): ByteArray {
        person.touches()
        return (answers.next() as Output).bytes
    }

    protected companion object {
        const val ALIAS = "walletlock/test/bio/1"
        const val TIMEOUT_MS = 60_000L
        val WRAP = BiometricOperation.WRAP
        val UNWRAP = BiometricOperation.UNWRAP
        val SLOT_KEY = ByteArray(32) { (it + 1).toByte() }
    }
}
