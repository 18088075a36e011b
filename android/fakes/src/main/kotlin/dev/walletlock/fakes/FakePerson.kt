package dev.walletlock.fakes

import dev.walletlock.BiometricEnd
import dev.walletlock.ClockReading
import dev.walletlock.SensorAvailability
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * A phone's biometric sensor, and the people in front of it. They act when the test calls a method, or later by a script that
 * the test gave them beforehand:
 *
 * ```
 * person.willDo { touches() }
 * ```
 *
 * An act waits until a prompt is on the screen.
 *
 * Strict: an act fails if no prompt comes within [patienceMs]. Five unknown fingers in a row lock the sensor for 30 seconds.
 * Twenty, without a known finger or [unlocksPhone] between them, lock it until [unlocksPhone].
 *
 * @property clock measures the 30 seconds.
 * @property patienceMs how long an act waits for a prompt, in milliseconds of the machine that runs the test.
 */
public class FakePerson @JvmOverloads constructor(
    public val clock: FakeClock = FakeClock(),
    public val patienceMs: Long = 10_000,
) {
    /** A prompt on the screen, which is told what the sensor sees. For [FakeBiometrics], and for fakes like it. */
    public interface Prompt {
        /** The person was recognised: the prompt is over. */
        public fun recognised()

        /** Someone else touched the sensor: the prompt stays. */
        public fun notRecognised()

        /** The person pressed the button for the PIN: the prompt is over. */
        public fun pinChosen()

        /** The prompt is over, for the reason [end]. */
        public fun ended(end: BiometricEnd)
    }

    /** Told when the enrolments of the phone change. */
    public fun interface EnrolmentListener {
        /** A person was enrolled, or all were removed. */
        public fun changed(isAnyoneEnrolled: Boolean)
    }

    private val state = ReentrantLock()
    private val somethingShown = state.newCondition()
    private val scripts = ArrayDeque<FakePerson.() -> Unit>()
    private val lockout = Lockout(clock)
    private var shown: Prompt? = null
    private var sensor = SensorAvailability.READY
    private var isAnyoneEnrolled = true

    /** What the phone reports about its sensor. As on a real phone, a lockout is not reported here. */
    public val availability: SensorAvailability
        get() = state.withLock {
            val isUnknown = sensor == SensorAvailability.READY && !isAnyoneEnrolled
            if (isUnknown) SensorAvailability.NONE_ENROLLED else sensor
        }

    /** Called after every change of the enrolments; may be set to `keystore::enrolmentChanged`. */
    @Volatile
    public var onEnrolment: EnrolmentListener = EnrolmentListener {}

    /** Whether a prompt is on the screen. */
    public val isPromptShown: Boolean get() = state.withLock { shown != null }

    /** Answers the next prompt with [answer], on another thread. Several calls queue up, one for each prompt. */
    public fun willDo(answer: FakePerson.() -> Unit) {
        state.withLock { scripts += answer }
    }

    /** Waits until a prompt is on the screen, and does nothing else. */
    public fun seesPrompt() {
        state.withLock { awaitPrompt() }
    }

    /** The person whom the phone knows touches the sensor. */
    public fun touches() {
        val prompt = state.withLock {
            // Without a prompt nothing reads the finger, so a touch cannot end a lockout.
            takePrompt().also { lockout.recognised() }
        }
        prompt.recognised()
    }

    /** A finger that the phone does not know touches the sensor. The fifth in a row, and the twentieth, end the prompt. */
    public fun someoneElseTouches() {
        val prompt: Prompt
        val end: BiometricEnd?
        state.withLock {
            prompt = awaitPrompt()
            end = lockout.notRecognised()
            if (end != null) shown = null
        }
        prompt.notRecognised()
        if (end != null) prompt.ended(end)
    }

    /** The person dismisses the prompt, with the back key or by touching outside it. */
    public fun cancels(): Unit = promptEnds(BiometricEnd.CANCELLED_BY_PERSON)

    /** The person presses the prompt's button for the PIN. */
    public fun choosesPin(): Unit = state.withLock { takePrompt() }.pinChosen()

    /** Another app comes to the front, or the screen goes off. */
    public fun isInterrupted(): Unit = promptEnds(BiometricEnd.CANCELLED_BY_SYSTEM)

    /** Nobody touches the sensor until the prompt times out. */
    public fun doesNothing(): Unit = promptEnds(BiometricEnd.TIMED_OUT)

    /** The prompt ends, for any reason [end]. */
    public fun promptEnds(end: BiometricEnd): Unit = state.withLock { takePrompt() }.ended(end)

    /** Another finger is enrolled in the phone's settings; the first one, if there was none. */
    public fun enrolsAnother(): Unit = enrolment(isAnyone = true)

    /** All enrolled fingers and faces are removed. */
    public fun removesAll(): Unit = enrolment(isAnyone = false)

    /** The person unlocks the phone with its own PIN, which ends a lockout of the sensor. */
    public fun unlocksPhone(): Unit = state.withLock { lockout.reset() }

    /**
     * Sets what kind of sensor the phone has: none, a broken one, or one that an old Android cannot use.
     *
     * @throws IllegalArgumentException for [SensorAvailability.NONE_ENROLLED]: see [removesAll].
     */
    public fun sensorIs(availability: SensorAvailability) {
        require(availability != SensorAvailability.NONE_ENROLLED) { "use removesAll() instead" }
        state.withLock { sensor = availability }
    }

    /**
     * Shows a prompt. If another one is on the screen, it ends as cancelled by the system, as on Android. A prompt that cannot
     * be shown ends before this returns.
     */
    public fun show(prompt: Prompt) {
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
        if (script != null) scriptThreads.execute { script() }
    }

    /** Removes a prompt, for the caller that showed it. Returns whether it was on the screen; it is no error if not. */
    public fun remove(prompt: Prompt): Boolean =
        state.withLock { (shown === prompt).also { if (it) shown = null } }

    private fun whyNot(): BiometricEnd? = when (availability) {
        SensorAvailability.READY -> lockout.currentEnd()
        SensorAvailability.NONE_ENROLLED -> BiometricEnd.NONE_ENROLLED
        SensorAvailability.NO_HARDWARE, SensorAvailability.NOT_SUPPORTED -> BiometricEnd.NO_HARDWARE
        SensorAvailability.BUSY -> BiometricEnd.NO_VERDICT
    }

    private fun enrolment(isAnyone: Boolean) {
        state.withLock { isAnyoneEnrolled = isAnyone }
        onEnrolment.changed(isAnyone)
    }

    private fun awaitPrompt(): Prompt {
        var left = TimeUnit.MILLISECONDS.toNanos(patienceMs)
        while (shown == null && left > 0) left = somethingShown.awaitNanos(left)
        return checkNotNull(shown) { "no prompt was shown within patienceMs" }
    }

    private fun takePrompt(): Prompt = awaitPrompt().also { shown = null }

    private companion object {
        /** The threads that run the scripts of [willDo]. */
        val scriptThreads = Executors.newCachedThreadPool { Thread(it, "fake person").apply { isDaemon = true } }
    }
}

/** Counts fingers that the sensor does not know, as Android does: AOSP's LockoutFrameworkImpl. */
private class Lockout(private val clock: FakeClock) {
    private var inARow = 0
    private var sinceUnlocked = 0
    private var pausedAt: ClockReading? = null

    fun recognised() {
        inARow = 0
        sinceUnlocked = 0
    }

    fun notRecognised(): BiometricEnd? {
        inARow++
        sinceUnlocked++
        if (inARow >= IN_A_ROW) {
            inARow = 0
            pausedAt = clock.now()
        }
        return currentEnd()
    }

    fun reset() {
        recognised()
        pausedAt = null
    }

    fun currentEnd(): BiometricEnd? = when {
        sinceUnlocked >= FOR_GOOD -> BiometricEnd.LOCKED_OUT_FOR_GOOD
        isPaused() -> BiometricEnd.LOCKED_OUT
        else -> null
    }

    /** The pause does not outlive a restart of the phone. */
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
