package dev.walletlock.android

import dev.walletlock.EscrowOutcome
import dev.walletlock.EscrowRequest
import dev.walletlock.GrantOutcome
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import dev.walletlock.android.RescueSteps.Step
import java.io.IOException
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch

/**
 * One attempt to get back in with the key that the provider keeps. It holds the request that the app carries, and a grant that the
 * phone could not take yet, in memory only.
 */
internal class AskingEscrow(lock: WalletLock) : Rescuing(lock) {
    override val steps = AskEscrowSteps()
    private var request: EscrowRequest? = null

    /** The grant that the phone could not take yet. It is taken again, so that the provider need not verify the owner twice. */
    private var grant: String? = null
    private var asking: Job? = null

    /** Asks the provider; or takes its grant again, if the phone failed at that. */
    fun ask() {
        if (!steps.ask()) return
        onChange()
        asking = scope.launch {
            try {
                val refusal = open()
                if (refusal == null) steps.opened() else steps.refused(refusal)
            } catch (_: IOException) {
                steps.refused(EscrowRefusal.ByProvider(EscrowReply.NotGranted.NOT_REACHED))
            } catch (fault: LockException) {
                steps.notOpened(LockTrouble.of(fault))
            }
            if (steps.step != Step.REFUSED || !canTakeAgain) dropOpening()
            onChange()
        }
    }

    /** Whether the phone failed, so that the same grant may still open the wallet. */
    private val canTakeAgain: Boolean get() = steps.canAskAgain && steps.refusal.let { it == null || it is EscrowRefusal.OfWallet }

    /** Returns why the wallet was not opened, or null if it was. */
    private suspend fun open(): EscrowRefusal? {
        val asked = request.takeIf { grant != null } ?: when (val outcome = lock.recovery.askEscrow(LockScreens.escrowSaid(lock))) {
            is EscrowOutcome.Asked -> outcome.request.also(::keep)
            is EscrowOutcome.Refused -> return EscrowRefusal.OfWallet(outcome.refusal)
        }
        val text = grant ?: when (val reply = carried(asked)) {
            is EscrowReply.Granted -> reply.grant.also { grant = it }
            is EscrowReply.NotGranted -> return EscrowRefusal.ByProvider(reply)
        }
        return when (val outcome = asked.redeem(text)) {
            is GrantOutcome.Opened -> {
                begin(outcome.rescue)
                null
            }
            is GrantOutcome.Refused -> EscrowRefusal.OfGrant(outcome.error)
            is GrantOutcome.NotOpened -> EscrowRefusal.OfWallet(outcome.refusal)
        }
    }

    private suspend fun carried(asked: EscrowRequest): EscrowReply {
        val carry = LockScreens.escrow ?: return EscrowReply.NotGranted.NOT_REACHED
        // The app may have ignored that the person does not wait any more.
        return carry(lock, asked).also { currentCoroutineContext().ensureActive() }
    }

    private fun keep(asked: EscrowRequest) {
        request?.close()
        request = asked
        grant = null
    }

    /** The person does not wait any more. An answer that comes later is ignored. */
    fun stopAsking() {
        asking?.cancel()
        dropOpening()
        steps.stopAsking()
        onChange()
    }

    override fun dropOpening() {
        request?.close()
        request = null
        grant = null
    }

    override fun back(): Boolean {
        if (steps.step == Step.ASKING) return true.also { stopAsking() }
        val goesBack = super.back()
        if (steps.step == Step.OFFER) dropOpening()
        return goesBack
    }

    override fun close() {
        dropOpening()
        super.close()
    }
}
