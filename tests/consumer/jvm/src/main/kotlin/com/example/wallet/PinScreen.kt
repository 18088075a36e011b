package com.example.wallet

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.stateIn

/**
 * The logic of the screen that asks for the PIN, without its pixels.
 *
 * @param scope lives as long as the screen is shown.
 * @param onOpen gets the session of the right PIN. The screen closes the session afterwards.
 */
class PinScreen(
    private val lock: WalletLock,
    scope: CoroutineScope,
    private val onOpen: suspend (Session) -> Unit,
) : AutoCloseable {
    private val entry = PinEntry()
    private val lastOutcome = MutableStateFlow(ASK)

    /** What the person reads. A wait counts down by itself. */
    val text: StateFlow<String> = combine(lock.status, lastOutcome, ::textFor)
        .stateIn(scope, SharingStarted.Eagerly, textFor(lock.status.value, ASK))

    /** How many digits were typed. The screen shows one dot for each. */
    val dots: Int get() = entry.length

    /** A key was pressed. */
    fun onDigit(digit: Int) {
        entry.push(digit)
    }

    /** The backspace key was pressed. */
    fun onBackspace() {
        entry.pop()
    }

    /** All digits are typed. */
    suspend fun onDone() {
        lastOutcome.value = when (val outcome = lock.verifyPin(entry)) {
            is PinOutcome.Right -> ASK.also { outcome.session.use { onOpen(it) } }
            is PinOutcome.Wrong -> "Wrong PIN. ${outcome.triesLeft} tries left."
            is PinOutcome.Locked -> ASK
            is PinOutcome.NoVerdict -> when (outcome.cause) {
                NoVerdictCause.NotAPin -> "Too short."
                else -> "That did not work. Please try again later."
            }
        }
    }

    /** The screen is left. Wipes what was typed. */
    override fun close() = entry.close()

    private fun textFor(status: LockStatus, lastOutcome: String): String = when (status) {
        is LockStatus.Ready -> lastOutcome
        is LockStatus.CoolingDown -> status.remaining.toComponents { minutes, seconds, _ ->
            "Please wait $minutes:${seconds.toString().padStart(2, '0')}."
        }
        is LockStatus.Locked -> when (status.reason) {
            LockReason.TOO_MANY_ATTEMPTS -> "Locked: too many wrong PINs."
            LockReason.UNTIL_RESTART -> "Please restart your phone."
            LockReason.DATA_DAMAGED -> "This wallet is damaged, or not this phone's."
            LockReason.LOST_OR_STOLEN -> "This phone was reported lost or stolen."
            LockReason.PROVIDER_ORDER, LockReason.UNUSUAL_ACTIVITY -> "Locked by the provider."
            LockReason.LOCKED_BY_OWNER -> "You locked this wallet."
            LockReason.HEARTBEAT_EXPIRED -> "Please connect your phone to the internet."
        }
        LockStatus.Busy -> "Your phone is busy."
        LockStatus.Unconfigured, LockStatus.Wiped -> "Choose a PIN."
    }

    private companion object {
        const val ASK = "Enter your PIN."
    }
}
