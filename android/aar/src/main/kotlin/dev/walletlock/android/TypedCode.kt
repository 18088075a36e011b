package dev.walletlock.android

import dev.walletlock.CodeEntry
import dev.walletlock.CodeStep
import dev.walletlock.RecoveryCode

/**
 * A recovery code, or one group of it, that a person types on a pad. The pad shows one group at a time. [onStep] is told after
 * each digit how far the code is typed. A group with a slip in it is cleared before that: it is typed anew.
 */
internal class TypedCode(val entry: CodeEntry, private val onStep: (CodeStep) -> Unit) : AutoCloseable {
    private var isClosed = false

    /** How many digits of the present group are typed. A pad may still ask when this is closed. */
    val typed: Int get() = if (isClosed) 0 else entry.length % RecoveryCode.GROUP_DIGITS

    fun type(digit: Int) {
        if (isClosed) return
        val step = entry.push(digit)
        if (step is CodeStep.Slip) entry.clearGroup()
        onStep(step)
    }

    fun erase() {
        if (typed > 0) entry.pop()
    }

    /** Clears what is typed of the present group. The groups before it stay. */
    fun clear() {
        if (typed > 0) entry.clearGroup()
    }

    /** Goes back to the group before, which is typed anew. False: this is the first one. */
    fun back(): Boolean {
        clear()
        if (entry.length == 0) return false
        entry.clearGroup()
        return true
    }

    override fun close() {
        isClosed = true
        entry.close()
    }
}

/** A new code, and which of its groups is asked back now. */
internal class CodeToConfirm(val code: RecoveryCode, private val onTyped: (isRight: Boolean) -> Unit) : AutoCloseable {
    private val asked = code.askedGroups
    private var place = 0
    private var typedGroup: TypedCode? = null

    /** The group that is asked back now, from 1. */
    val group: Int get() = asked[place]

    /** The digits of [group]. */
    val typing: TypedCode get() = typedGroup ?: TypedCode(CodeEntry.ofGroup(group), ::onStep).also { typedGroup = it }

    /** Asks all groups back again, from the first one on. */
    fun restart() {
        place = 0
        forget()
    }

    /** Clears the digits of the group that is asked back. */
    fun forget() {
        typedGroup?.close()
        typedGroup = null
    }

    /** Gives the code away: it is not closed with this. */
    fun takeCode(): RecoveryCode {
        forget()
        return code
    }

    private fun onStep(step: CodeStep) {
        if (step is CodeStep.Typing) return
        // A slip is cleared by now, so it is not compared.
        val isRight = step is CodeStep.Complete && code.confirm(typing.entry)
        forget()
        if (isRight && place < asked.lastIndex) place++
        onTyped(isRight)
    }

    override fun close() {
        forget()
        code.close()
    }
}
