package dev.walletlock

import dev.walletlock.ffi.BiometricAnswer as NativeAnswer
import dev.walletlock.ffi.BiometricOutcome as NativeBiometricOutcome
import dev.walletlock.ffi.Event as NativeEvent
import dev.walletlock.ffi.Listener as NativeListener
import dev.walletlock.ffi.PinEntry as NativeEntry
import dev.walletlock.ffi.PinOutcome as NativeOutcome
import dev.walletlock.ffi.Session as NativeSession
import dev.walletlock.ffi.WalletLock as NativeLock
import java.nio.ByteBuffer

/** The backend that uses only the generated code, for a JVM in which our own native methods cannot be linked. */
internal object OverUniffi : UnlockPath {
    override fun checkPolicy(text: String): String {
        NativeLibrary.startJna()
        return dev.walletlock.ffi.checkPolicy(text)
    }

    override fun open(path: String, policy: String, platform: Platform, listener: (Event) -> Unit): LockHandle {
        NativeLibrary.startJna()
        // Platform.android has no parts here: a phone always uses the backend over JNI.
        val parts = platform.parts ?: throw LockException.Platform()
        val onEvent = object : NativeListener {
            override fun onEvent(event: NativeEvent) = answering { listener(event.toPublic()) }
        }
        return handleOf(
            NativeLock.open(
                path,
                policy,
                NativeClock(parts.clock),
                parts.entropy?.let(::NativeEntropy),
                NativeDeviceKey(parts.deviceKey),
                platform.biometrics?.let(::NativeBiometrics),
                onEvent,
            ),
        )
    }

    override fun status(lock: LockHandle): LockStatus = lock.overUniffi { it.status() }.toPublic()

    override fun prepare(lock: LockHandle) = lock.overUniffi { it.prepare() }

    override fun releaseMemory(lock: LockHandle) = lock.overUniffi { it.releaseMemory() }

    override fun verifyPin(lock: LockHandle, entry: EntryHandle, opened: (SessionHandle) -> Session): PinOutcome =
        when (val outcome = entry.overUniffi { digits -> lock.overUniffi { it.verifyPin(digits) } }) {
            is NativeOutcome.Right -> PinOutcome.Right(opened(adopt(outcome.session)))
            is NativeOutcome.Refused -> outcome.refusal.toPublic()
        }

    override fun biometricAvailability(lock: LockHandle, request: BiometricRequest): BiometricAvailability =
        lock.overUniffi { it.biometricAvailability(request.toNative(NO_PROMPT)) }.toPublic()

    override fun verifyBiometrics(
        lock: LockHandle,
        request: BiometricRequest,
        prompt: Long,
        opened: (SessionHandle) -> Session,
    ): BiometricOutcome = when (val outcome = lock.overUniffi { it.verifyBiometrics(request.toNative(prompt)) }) {
        is NativeBiometricOutcome.Unlocked -> BiometricOutcome.Unlocked(opened(adopt(outcome.session)))
        is NativeBiometricOutcome.Refused -> outcome.refusal.toPublic()
    }

    override fun cancelBiometrics(lock: LockHandle, prompt: Long) = lock.overUniffi { it.cancelBiometrics(prompt) }

    fun answer(answer: NativeAnswer): AnswerHandle = handleOf(answer)

    override fun notRecognised(answer: AnswerHandle) = answer.overUniffi { it.notRecognised() }

    /** Passes a slice: the generated code ignores a buffer's position, and reads from its beginning. */
    override fun authenticated(answer: AnswerHandle, output: ByteBuffer) =
        answer.overUniffi { it.authenticated(output.slice()) }

    override fun ended(answer: AnswerHandle, end: BiometricEnd) = answer.overUniffi { it.ended(end.toNative()) }

    override fun lockNow(lock: LockHandle) = lock.overUniffi { it.lockNow(screenWentOff = false) }

    override fun screenWentOff(lock: LockHandle) = lock.overUniffi { it.lockNow(screenWentOff = true) }

    override fun openSessions(lock: LockHandle): OpenSessions = lock.overUniffi { it.openSessions() }.toPublic()

    override fun newEntry(): EntryHandle {
        NativeLibrary.startJna()
        return handleOf(NativeEntry())
    }

    override fun push(entry: EntryHandle, digit: Int): Boolean = entry.overUniffi { it.push(digit) }

    override fun pop(entry: EntryHandle): Boolean = entry.overUniffi { it.pop() }

    override fun clear(entry: EntryHandle) = entry.overUniffi { it.clear() }

    override fun length(entry: EntryHandle): Int = entry.overUniffi { it.length() }

    override fun duplicate(entry: EntryHandle): EntryHandle = handleOf(entry.overUniffi { it.duplicate() })

    override fun matches(entry: EntryHandle, other: EntryHandle): Boolean =
        entry.overUniffi { mine -> other.overUniffi { mine.matches(it) } }

    override fun adopt(session: NativeSession): SessionHandle = handleOf(session)

    override fun isLive(session: SessionHandle): Boolean = session.overUniffi { it.isLive() }

    override fun end(session: SessionHandle) = session.overUniffi { it.end() }

    /** Not guaranteed here: the generated code leaves a copy of the item in native memory, which nobody wipes. */
    override fun readItem(session: SessionHandle, item: String): ByteArray? =
        session.overUniffi { native -> native.vault().use { it.read(item) } }
}
