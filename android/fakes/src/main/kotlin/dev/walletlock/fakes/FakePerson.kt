package dev.walletlock.fakes

import dev.walletlock.BiometricEnd
import dev.walletlock.ClockReading
import dev.walletlock.SensorAvailability
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * A phone's biometric sensor, and the people before it. They act when the test tells them to, or by themselves as it
 * told them beforehand:
 *
 * ```
 * person.willDo { touches() }
 * ```
 *
 * An act waits until a prompt is on the screen.
 *
 * Strict: an act fails when nothing asks for it; five fingers in a row that the sensor does not know lock it out for
 * half a minute, twenty for good.
 *
 * @property clock tells when half a minute is over.
 * @property patienceMs how long an act waits for a prompt, in milliseconds of the machine that runs the test.
 */
public class FakePerson @JvmOverloads constructor(
    public val clock: FakeClock = FakeClock(),
    public val patienceMs: Long = 10_000,
) {
    /** A prompt on the screen: hears what the sensor sees. For [FakeBiometrics], and for stand-ins like it. */
    public interface Prompt {
        /** The person was recognised: the prompt is over. */
        public fun recognised()

        /** Someone else was seen: it stays. */
        public fun notRecognised()

        /** The button for the PIN was pressed: it is over. */
        public fun pinChosen()

        /** It is over. */
        public fun ended(end: BiometricEnd)
    }

    /** Hears what becomes of the people whom the phone knows. */
    public fun interface EnrolmentListener {
        /** One more is known; or nobody is any more. */
        public fun changed(isAnyoneEnrolled: Boolean)
    }

    private val state = ReentrantLock()
    private val somethingShown = state.newCondition()
    private val scripts = ArrayDeque<FakePerson.() -> Unit>()
    private val lockout = Lockout(clock)
    private var shown: Prompt? = null
    private var sensor = SensorAvailability.READY
    private var isAnyoneEnrolled = true

    /** What the phone says of its sensor. A lockout is not told here, as on a phone. */
    public val availability: SensorAvailability
        get() = state.withLock {
            val isUnknown = sensor == SensorAvailability.READY && !isAnyoneEnrolled
            if (isUnknown) SensorAvailability.NONE_ENROLLED else sensor
        }

    /** Told of every change of who is enrolled, as `keystore::enrolmentChanged`. */
    @Volatile
    public var onEnrolment: EnrolmentListener = EnrolmentListener {}

    /** Whether a prompt is on the screen. */
    public val isAsked: Boolean get() = state.withLock { shown != null }

    /** The next prompt is answered so, on a thread of its own. Several calls queue up. */
    public fun willDo(answer: FakePerson.() -> Unit) {
        state.withLock { scripts += answer }
    }

    /** The person waits until a prompt is on the screen, and does nothing. */
    public fun seesPrompt() {
        state.withLock { asked() }
    }

    /** The person whom the phone knows touches the sensor. */
    public fun touches() {
        val prompt = state.withLock {
            lockout.knows()
            over()
        }
        prompt.recognised()
    }

    /** A finger that the phone does not know. The fifth in a row, and the twentieth, end the prompt. */
    public fun someoneElseTouches() {
        val prompt: Prompt
        val end: BiometricEnd?
        state.withLock {
            prompt = asked()
            end = lockout.doesNotKnow()
            if (end != null) shown = null
        }
        prompt.notRecognised()
        if (end != null) prompt.ended(end)
    }

    /** The person puts the prompt away: by the back key, or by touching beside it. */
    public fun cancels(): Unit = promptEnds(BiometricEnd.CANCELLED_BY_PERSON)

    /** The person presses the prompt's button for the PIN. */
    public fun choosesPin(): Unit = state.withLock { over() }.pinChosen()

    /** Another app comes to the front, or the screen goes off. */
    public fun isInterrupted(): Unit = promptEnds(BiometricEnd.CANCELLED_BY_SYSTEM)

    /** Nobody touches the sensor, for as long as it waits. */
    public fun doesNothing(): Unit = promptEnds(BiometricEnd.TIMED_OUT)

    /** The prompt ends in any other way. */
    public fun promptEnds(end: BiometricEnd): Unit = state.withLock { over() }.ended(end)

    /** Another finger is enrolled in the phone's settings; the first one, if there was none. */
    public fun enrolsAnother(): Unit = enrolment(isAnyone = true)

    /** The phone knows nobody any more. */
    public fun removesAll(): Unit = enrolment(isAnyone = false)

    /** The person unlocks the phone with its own PIN: whatever was locked out is not any more. */
    public fun unlocksPhone(): Unit = state.withLock { lockout.isOver() }

    /**
     * Another phone: without a sensor, with a broken one, or with an old Android.
     *
     * @throws IllegalArgumentException for [SensorAvailability.NONE_ENROLLED]: see [removesAll].
     */
    public fun sensorIs(availability: SensorAvailability) {
        require(availability != SensorAvailability.NONE_ENROLLED) { "the person removes what is enrolled" }
        state.withLock { sensor = availability }
    }

    /**
     * A prompt comes onto the screen. If another one is there, the system takes that away, as Android does. Where it
     * cannot be shown it ends, before this returns.
     */
    public fun isAskedBy(prompt: Prompt) {
        val before: Prompt?
        val end: BiometricEnd?
        val script: (FakePerson.() -> Unit)?
        state.withLock {
            before = shown
            end = whyNot()
            shown = prompt.takeIf { end == null }
            script = if (end == null) scripts.removeFirstOrNull() else null
            somethingShown.signalAll()
        }
        before?.ended(BiometricEnd.CANCELLED_BY_SYSTEM)
        if (end != null) prompt.ended(end)
        if (script != null) hands.execute { script() }
    }

    /** The prompt is taken away by who showed it. That it is not there is no fault; it is told. */
    public fun isAskedNoMoreBy(prompt: Prompt): Boolean =
        state.withLock { (shown === prompt).also { if (it) shown = null } }

    private fun whyNot(): BiometricEnd? = when (availability) {
        SensorAvailability.READY -> lockout.end()
        SensorAvailability.NONE_ENROLLED -> BiometricEnd.NONE_ENROLLED
        SensorAvailability.NO_HARDWARE, SensorAvailability.NOT_SUPPORTED -> BiometricEnd.NO_HARDWARE
        SensorAvailability.BUSY -> BiometricEnd.NO_VERDICT
    }

    private fun enrolment(isAnyone: Boolean) {
        state.withLock { isAnyoneEnrolled = isAnyone }
        onEnrolment.changed(isAnyone)
    }

    private fun asked(): Prompt {
        var left = TimeUnit.MILLISECONDS.toNanos(patienceMs)
        while (shown == null && left > 0) left = somethingShown.awaitNanos(left)
        return checkNotNull(shown) { "nothing asks for a finger" }
    }

    private fun over(): Prompt = asked().also { shown = null }

    private companion object {
        /** Those of who were told beforehand. */
        val hands = Executors.newCachedThreadPool { Thread(it, "fake person").apply { isDaemon = true } }
    }
}

/** Counts fingers that the sensor does not know, as Android does: AOSP's LockoutFrameworkImpl. */
private class Lockout(private val clock: FakeClock) {
    private var inARow = 0
    private var sinceUnlocked = 0
    private var pausedAt: ClockReading? = null

    fun knows() {
        inARow = 0
        sinceUnlocked = 0
    }

    fun doesNotKnow(): BiometricEnd? {
        inARow++
        sinceUnlocked++
        if (inARow >= IN_A_ROW) {
            inARow = 0
            pausedAt = clock.now()
        }
        return end()
    }

    fun isOver() {
        knows()
        pausedAt = null
    }

    fun end(): BiometricEnd? = when {
        sinceUnlocked >= FOR_GOOD -> BiometricEnd.LOCKED_OUT_FOR_GOOD
        isPaused() -> BiometricEnd.LOCKED_OUT
        else -> null
    }

    /** It does not outlive a restart. */
    private fun isPaused(): Boolean {
        val start = pausedAt ?: return false
        val now = clock.now()
        return now.bootCount == start.bootCount && now.sinceBootMs - start.sinceBootMs < PAUSE_MS
    }

    private companion object {
        const val IN_A_ROW = 5
        const val FOR_GOOD = 20
        const val PAUSE_MS = 30_000L
    }
}
