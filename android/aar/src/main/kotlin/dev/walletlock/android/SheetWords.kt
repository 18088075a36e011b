package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import dev.walletlock.Contact

/** The words on a [RecoverySheet]. */
internal class RecoverySheetWords(
    val title: String,
    val made: String,
    val aboutCode: String,
    val aboutQr: String,
    val sections: List<Section>,
) {
    /** Lines below a heading. */
    class Section(val heading: String, val lines: List<String>, val isNumbered: Boolean, val isEndless: Boolean)

    /** Without the last line of the longest list, which gets '…' instead. Null: there is nothing left to leave out. */
    fun shortened(): RecoverySheetWords? {
        val longest = sections.filter { it.isEndless && it.lines.size > 1 }.maxByOrNull { it.lines.size } ?: return null
        val kept = longest.lines.dropLastWhile { it == LEFT_OUT }.dropLast(1) + LEFT_OUT
        if (kept.size < 2) return null
        return RecoverySheetWords(
            title,
            made,
            aboutCode,
            aboutQr,
            sections.map { if (it === longest) Section(it.heading, kept, it.isNumbered, isEndless = true) else it },
        )
    }

    private companion object {
        const val LEFT_OUT = "…"
    }
}

/** The words on [sheet], in the person's language. */
internal fun Context.wordsOf(sheet: RecoverySheet): RecoverySheetWords {
    val steps = listOf(
        R.string.walletlock_sheet_lost_lock,
        R.string.walletlock_sheet_lost_sim,
        R.string.walletlock_sheet_lost_police,
        R.string.walletlock_sheet_lost_back,
    )
    val sections = listOf(
        section(R.string.walletlock_sheet_lost, steps.map(::getString), isNumbered = true, isEndless = false),
        section(R.string.walletlock_sheet_contacts, sheet.contacts.map(resources::onPaper)),
        section(R.string.walletlock_sheet_channels, sheet.channels.map(resources::onPaper)),
    )
    return RecoverySheetWords(
        sheet.walletName,
        getString(R.string.walletlock_recovery_sheet_made, dateInWords(sheet.madeMs)),
        getString(R.string.walletlock_sheet_body),
        getString(R.string.walletlock_sheet_qr),
        sections.filter { it.lines.isNotEmpty() },
    )
}

private fun Context.section(heading: Int, lines: List<String>, isNumbered: Boolean = false, isEndless: Boolean = true) =
    RecoverySheetWords.Section(getString(heading), lines, isNumbered, isEndless)

private fun Resources.onPaper(channel: RecoverySheet.Channel): String =
    if (channel.mask.isEmpty()) {
        channel.kind
    } else {
        getString(R.string.walletlock_sheet_line, isolated(channel.kind), isolatedNumber(channel.mask))
    }

/** Paper has no buttons, so addresses stand there as they are. */
private fun Resources.onPaper(contact: Contact): String = when (contact) {
    is Contact.Phone -> getString(R.string.walletlock_call, isolatedNumber(contact.number))
    is Contact.Form -> getString(R.string.walletlock_form, isolatedNumber(contact.address))
    is Contact.Social -> getString(R.string.walletlock_social, isolatedNumber(contact.account))
    is Contact.Police -> getString(R.string.walletlock_police, isolated(contact.advice))
}
