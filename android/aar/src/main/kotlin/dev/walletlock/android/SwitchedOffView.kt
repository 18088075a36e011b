package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.widget.FrameLayout
import dev.walletlock.Closed
import dev.walletlock.SwitchedOff

/** Lists what was closed or switched off: see [SwitchedOffActivity]. */
internal class SwitchedOffView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val page = SettingsPage(context, colours, R.string.walletlock_off)
    private val list = SettingsCard(context, colours)

    init {
        SecureWindow.protect(this)
        page.gap()
        page.add(list)
        addView(page)
    }

    fun show(work: SwitchedOffWork) {
        val all = work.list ?: return
        val body = if (all.isEmpty()) R.string.walletlock_off_none else R.string.walletlock_off_body
        page.show(work.said?.let { resources.words(it) }, resources.getString(body), isGood = work.isBack)
        list.removeAllViews()
        for (off in all) {
            val row = PressRow(context, colours, isAction = true) { work.bringBack(off) }
            row.show(resources.words(off.what), off.leftMs?.let { resources.getString(R.string.walletlock_off_until, resources.inWords(it)) })
            row.isEnabled = !work.isBusy
            list.add(row)
        }
        list.visibility = if (all.isEmpty()) GONE else VISIBLE
    }
}

private fun Resources.words(what: Closed): String = when (what) {
    is Closed.CardRemoved -> getString(R.string.walletlock_off_card_removed, isolated(what.label))
    is Closed.CardFrozen -> getString(R.string.walletlock_off_card_frozen, isolated(what.label))
    is Closed.Payments -> getString(R.string.walletlock_off_payments)
    is Closed.ThroughChannel -> getString(R.string.walletlock_off_channel, words(what.channel))
    is Closed.CodeChannel -> getString(R.string.walletlock_off_codes, words(what.kind), isolatedNumber(what.mask))
    is Closed.Biometrics -> getString(R.string.walletlock_off_finger)
    is Closed.SecondFactor -> getString(R.string.walletlock_off_factor)
    is Closed.RecoveryCode -> getString(R.string.walletlock_off_code)
    is Closed.Escrow -> getString(R.string.walletlock_off_escrow)
}
