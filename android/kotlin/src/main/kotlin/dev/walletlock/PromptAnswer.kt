package dev.walletlock

import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The way back from a prompt. Nothing that is done with it throws or waits, also when the prompt is long over, or the lock
 * closed. An answer that the app drops is closed when the next prompt, session or entry is made; until then the call that
 * asked waits.
 */
internal class PromptAnswer(
    private val backend: UnlockPath,
    private val handle: AnswerHandle,
    input: ByteArray,
) : BiometricAnswer, AutoCloseable {
    private val isOver = AtomicBoolean()

    /** What this answer holds. Closing it needs no hold of the answer itself. */
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
            // Over JNI that was done already. An output that comes too late, or in a buffer that is not taken, is a
            // secret as well.
            if (!output.isReadOnly) output.wipe()
        }
    }

    override fun ended(end: BiometricEnd) = end { backend.ended(handle, end) }

    /** Without a verdict, unless it has ended. */
    override fun close() = end { }

    /** Nothing of the prompt. */
    override fun toString(): String = "BiometricAnswer"

    private inline fun end(how: () -> Unit) {
        if (!isOver.compareAndSet(false, true)) return
        tell(how)
        resource.close()
    }

    /** A fault is no more than silence: once the handle is closed, the prompt has ended without a verdict. */
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
