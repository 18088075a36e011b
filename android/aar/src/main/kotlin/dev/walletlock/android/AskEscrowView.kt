package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import dev.walletlock.WalletLock
import dev.walletlock.android.RescueSteps.Step

/**
 * Gets a person back in with the key that the provider keeps. The person asks the provider, which verifies who it is, chooses a new
 * PIN, types it once more, and writes down the new code that replaces the old one. Two groups of it are asked back. Then the wallet
 * is open. [LockScreens.useEscrow] says how the app carries the request.
 *
 * ```
 * val ask = AskEscrowView(context)
 * ask.bind(lock)
 * ask.setOnRecovered { session -> show(session) }
 * ```
 *
 * If the wallet is not opened, the view says why, and what can be done. A grant that was taken is valid for ten minutes. If the
 * phone failed to take it, the same grant is taken again.
 *
 * Afterwards the phone is not registered: register it, and send a deposit, as [dev.walletlock.Access.switchEscrow] says.
 */
public class AskEscrowView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : RescueView(context, attrs, defStyleAttr, defStyleRes) {
    override val notSavedBody: Int get() = R.string.walletlock_escrow_not_saved_body

    override fun begin(lock: WalletLock): ChoosingPin = AskingEscrow(lock)

    override fun showOpening() {
        val going = choosing as AskingEscrow? ?: return
        val steps = going.steps
        val later = leaving(R.string.walletlock_code_later, isFirst = false)
        when (steps.step) {
            Step.OFFER -> ask(
                R.drawable.walletlock_padlock,
                resources.getString(R.string.walletlock_escrow_ask),
                resources.getString(R.string.walletlock_escrow_ask_body),
                steps.note?.let { resources.words(it) },
                *answers(QuestionView.Answer(R.string.walletlock_escrow_ask_now, isFirst = true, going::ask), later),
            )
            Step.ASKING -> ask(
                R.drawable.walletlock_clock,
                resources.getString(R.string.walletlock_escrow_asking),
                resources.getString(R.string.walletlock_escrow_asking_body),
                null,
                QuestionView.Answer(R.string.walletlock_escrow_stop, isFirst = false, going::stopAsking),
            )
            else -> {
                val notice = resources.escrowNotice(steps.refusal)
                val again = QuestionView.Answer(R.string.walletlock_escrow_ask_again, isFirst = true, going::ask)
                ask(
                    notice.icon,
                    notice.heading,
                    notice.body,
                    steps.note?.let { resources.words(it) },
                    *answers(again.takeIf { steps.canAskAgain }, later),
                )
            }
        }
    }

    private fun answers(vararg all: QuestionView.Answer?) = all.filterNotNull().toTypedArray()
}
