package dev.walletlock

import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Passes the answer of a prompt to the native side. Its functions neither throw nor wait, even if the prompt is long over or
 * the lock is closed. If the app drops an answer, [LeakReaper] closes it when the next prompt, session or entry is made; until
 * then the call that shows the prompt waits, at most for the prompt's time.
 */
internal class PromptAnswer(
    private val backend: UnlockPath,
    private val handle: AnswerHandle,
    input: ByteArray,
) : BiometricAnswer, AutoCloseable {
    private val isOver = AtomicBoolean()

    /** What this answer holds. It has no reference to the answer itself, so that [LeakReaper] can close it. */
    val resource: AutoCloseable = Resource(handle, input).also { LeakReaper.watch(this, it) }

    private class Resource(private val handle: AnswerHandle, private val input: ByteArray) : AutoCloseable {
        override fun close() {
            input.fill(0)
            handle.close()
        }
    }

    override fun notRecognised() {
        if (!isOver.get()) tell { backend.notRecognised(handle) }
    }

    override fun authenticated(output: ByteBuffer) {
        try {
            val isTaken = output.isDirect && !output.isReadOnly && output.remaining() <= LONGEST
            if (isTaken) end { backend.authenticated(handle, output) } else ended(BiometricEnd.NO_VERDICT)
        } finally {
            // An output that comes too late, or in a buffer that is refused, is a secret too. (The native side has already
            // wiped an output that it took over JNI.)
            if (!output.isReadOnly) output.wipe()
        }
    }

    override fun ended(end: BiometricEnd) = end { backend.ended(handle, end) }

    /** Ends the prompt without a verdict, unless it has ended. */
    override fun close() = end { }

    /** Says nothing about the prompt. */
    override fun toString(): String = "BiometricAnswer"

    private inline fun end(how: () -> Unit) {
        if (!isOver.compareAndSet(false, true)) return
        tell(how)
        resource.close()
    }

    /** Ignores a fault: closing the handle ends the prompt without a verdict anyway. */
    private inline fun tell(what: () -> Unit) {
        try {
            translating(what)
        } catch (_: LockException) {
            return
        }
    }

    private fun ByteBuffer.wipe() = (position() until limit()).forEach { put(it, 0) }

    private companion object {
        val LONGEST = BiometricOperation.entries.maxOf { it.outputBytes }
    }
}
