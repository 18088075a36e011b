package dev.walletlock

import dev.walletlock.ffi.BiometricAnswer as NativeAnswer
import dev.walletlock.ffi.PinEntry as NativeEntry
import dev.walletlock.ffi.Session as NativeSession
import dev.walletlock.ffi.WalletLock as NativeLock
import java.nio.ByteBuffer

internal typealias LockHandle = Handle<NativeLock>
internal typealias EntryHandle = Handle<NativeEntry>
internal typealias AnswerHandle = Handle<NativeAnswer>
internal typealias SessionHandle = Handle<NativeSession>

/**
 * The calls that a person waits for until the wallet is open. There are two backends for the same native objects: over JNI
 * the first call takes a few milliseconds after the app's start, over uniffi it takes as long as JNA needs to start. All other
 * calls go over uniffi.
 *
 * Every function throws what the generated code throws; see [translating].
 */
internal interface UnlockPath {
    /** Checks a policy, and returns it as JSON with every field named. */
    fun checkPolicy(text: String): String

    fun open(path: String, policy: String, platform: Platform, listener: (Event) -> Unit): LockHandle

    fun status(lock: LockHandle): LockStatus

    fun prepare(lock: LockHandle)

    fun releaseMemory(lock: LockHandle)

    /** [opened] gets the session of a right PIN. */
    fun verifyPin(lock: LockHandle, entry: EntryHandle, opened: (SessionHandle) -> Session): PinOutcome

    fun biometricAvailability(lock: LockHandle, request: BiometricRequest): BiometricAvailability

    /** Waits for the person. [prompt] is the id of the prompt that is shown; [opened] gets the session. */
    fun verifyBiometrics(
        lock: LockHandle,
        request: BiometricRequest,
        prompt: Long,
        opened: (SessionHandle) -> Session,
    ): BiometricOutcome

    /** Takes away the prompt with this id, if it is shown. */
    fun cancelBiometrics(lock: LockHandle, prompt: Long)

    fun notRecognised(answer: AnswerHandle)

    /** [output] must be a direct and writable buffer. */
    fun authenticated(answer: AnswerHandle, output: ByteBuffer)

    fun ended(answer: AnswerHandle, end: BiometricEnd)

    fun lockNow(lock: LockHandle)

    /** Like [lockNow], because the screen went off. */
    fun screenWentOff(lock: LockHandle)

    fun openSessions(lock: LockHandle): OpenSessions

    fun newEntry(): EntryHandle

    fun push(entry: EntryHandle, digit: Int): Boolean

    fun pop(entry: EntryHandle): Boolean

    fun clear(entry: EntryHandle)

    fun length(entry: EntryHandle): Int

    fun matches(entry: EntryHandle, other: EntryHandle): Boolean

    fun duplicate(entry: EntryHandle): EntryHandle

    /** Makes the handle of a session that uniffi has returned. */
    fun adopt(session: NativeSession): SessionHandle

    fun isLive(session: SessionHandle): Boolean

    fun end(session: SessionHandle)

    /** The bytes of the item, in an array that the caller owns. Null: there is no such item. */
    fun readItem(session: SessionHandle, item: String): ByteArray?
}

/** The prompt id of a request for which no prompt is shown. */
internal const val NO_PROMPT = 0L
