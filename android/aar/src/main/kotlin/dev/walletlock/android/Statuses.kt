package dev.walletlock.android

import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.RemedyState

/** Whether a PIN may be entered: no lock stands, or the right PIN clears the one that does. */
internal val LockStatus.takesPin: Boolean
    get() = this is LockStatus.Ready || this is LockStatus.Locked && Remedy.EnterPin in remedies

/** How long until the next PIN may be entered, in milliseconds. Null: there is no such wait. */
internal val LockStatus.pinWaitMs: Long?
    get() = when (this) {
        is LockStatus.CoolingDown -> remainingMs
        is LockStatus.Locked -> remedies.firstNotNullOfOrNull { (it as? Remedy.Wait)?.ms }
        else -> null
    }

/** The same status for all times that are left: two that are equal by this differ in the time alone. */
internal fun LockStatus.withoutTimes(): LockStatus = when (this) {
    is LockStatus.CoolingDown -> copy(remainingMs = 1, remedies = remedies.map { it.withoutTime() })
    is LockStatus.Locked -> copy(remedies = remedies.map { it.withoutTime() })
    else -> this
}

private fun Remedy.withoutTime(): Remedy = when (this) {
    is Remedy.Wait -> copy(ms = 1)
    is Remedy.RecoveryCode -> copy(state = state.withoutTime())
    is Remedy.AskProvider -> copy(state = state.withoutTime())
    is Remedy.Connect -> copy(state = state.withoutTime())
    is Remedy.AskEscrow -> copy(state = state.withoutTime())
    else -> this
}

private fun RemedyState.withoutTime() = if (this is RemedyState.Waiting) copy(leftMs = 1) else this

/** How long this remedy has to wait, in milliseconds. Null: it does not wait. */
internal val Remedy.leftMs: Long?
    get() = when (this) {
        is Remedy.RecoveryCode -> state
        is Remedy.AskProvider -> state
        is Remedy.Connect -> state
        is Remedy.AskEscrow -> state
        else -> null
    }.let { (it as? RemedyState.Waiting)?.leftMs }
