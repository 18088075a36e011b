package dev.walletlock.android

import android.content.Context
import android.widget.FrameLayout
import dev.walletlock.FactorKind
import dev.walletlock.WayState

/** Asks for the second factor: see [EnterSecondFactorActivity]. */
internal class EnterFactorView(context: Context, onLeave: () -> Unit) : FrameLayout(context) {
    private val code = SentCodeView(context, Colours(context))
    private var saidTimes = 0

    init {
        SecureWindow.protect(this)
        code.setOnOther(R.string.walletlock_ways_cancel, onLeave)
        addView(code)
    }

    fun show(work: EnteringFactor) {
        code.onCode = work::enter
        code.onDue = work::lookAgain
        code.setOnResend(work::send)
        if (work.factor == FactorKind.SMS) showSms(work) else showApp(work)
        if (work.isBusy) return
        val note = work.said ?: return
        if (work.saidTimes != saidTimes) code.reject(resources.words(note)) else code.tell(resources.words(note))
        saidTimes = work.saidTimes
    }

    private fun showApp(work: EnteringFactor) = code.show(
        CodePage(
            resources.getString(R.string.walletlock_factor_enter),
            resources.getString(R.string.walletlock_factor_enter_app),
            isBusy = work.isBusy,
            takesDigits = work.factor != null,
        ),
    )

    private fun showSms(work: EnteringFactor) {
        val sent = work.way?.state as? WayState.Sent
        val mask = resources.isolatedNumber(work.way?.mask.orEmpty())
        code.show(
            CodePage(
                resources.getString(R.string.walletlock_factor_enter),
                resources.getString(if (sent == null) R.string.walletlock_factor_send_to else R.string.walletlock_check_to, mask),
                validForMs = sent?.validForMs,
                triesLeft = sent?.triesLeft,
                isBusy = work.isBusy,
                takesDigits = sent != null,
                resendAfterMs = sent?.resendAfterMs ?: 0,
                send = if (sent == null) R.string.walletlock_check_send else R.string.walletlock_sent_another,
            ),
        )
    }
}
