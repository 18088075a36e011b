package dev.walletlock.android

import android.content.Context
import android.widget.FrameLayout

/** Says what will stand on the recovery sheet, and prints or saves it: see [RecoverySheetActivity]. */
internal class SheetView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val page = SettingsPage(context, colours, R.string.walletlock_recovery_sheet)
    private val lost = SettingsRow(context, colours)
    private val contacts = SettingsRow(context, colours)
    private val channels = SettingsRow(context, colours)
    private val code = SwitchRow(context, colours) { work?.switchCode() }
    private val make = PressRow(context, colours, isAction = true) { onMakeCode() }
    private val codes = SettingsCard(context, colours)
    private val print = wideButton(context, colours, resources.getString(R.string.walletlock_sheet_print), isPrimary = true)
    private val pdf = wideButton(context, colours, resources.getString(R.string.walletlock_sheet_pdf), isPrimary = false)
    private val picture = wideButton(context, colours, resources.getString(R.string.walletlock_sheet_picture), isPrimary = false)
    private var work: SheetWork? = null
    var onMakeCode: () -> Unit = {}
    var onPrint: () -> Unit = {}
    var onSave: (SheetFile.Format) -> Unit = {}

    init {
        SecureWindow.protect(this)
        val on = SettingsCard(context, colours)
        listOf(lost, contacts, channels).forEach(on::add)
        page.section(R.string.walletlock_sheet_on_it, on)
        page.section(R.string.walletlock_recovery_code, codes)
        code.id = R.id.walletlock_sheet_code
        make.show(resources.getString(R.string.walletlock_sheet_make_code), null)
        lost.show(resources.getString(R.string.walletlock_sheet_lost), resources.getString(R.string.walletlock_sheet_lost_row))
        page.gap()
        listOf(print, pdf, picture).forEach(page::add)
        print.setOnClickListener { onPrint() }
        pdf.setOnClickListener { onSave(SheetFile.Format.PDF) }
        picture.setOnClickListener { onSave(SheetFile.Format.PICTURE) }
        addView(page)
    }

    fun show(work: SheetWork) {
        this.work = work
        page.show(work.said?.let(resources::words), resources.getString(R.string.walletlock_sheet_page_body), isGood = work.isSaved)
        val sheet = work.sheet(context)
        val words = sheet?.let { context.wordsOf(it) }
        showList(contacts, R.string.walletlock_sheet_contacts, words, R.string.walletlock_sheet_no_contacts)
        showList(channels, R.string.walletlock_sheet_channels, words, R.string.walletlock_channels_are_none)
        code.show(resources.getString(R.string.walletlock_sheet_with_code), resources.getString(aboutCode(work)))
        code.setOn(work.hasCode)
        code.isEnabled = work.code != null
        // Why it is disabled has to stay easy to read.
        code.alpha = 1f
        codes.showRows(listOfNotNull(code, make.takeIf { work.code == null }))
        listOf(print, pdf, picture, make).forEach { it.isEnabled = sheet != null && !work.isBusy }
    }

    private fun aboutCode(work: SheetWork): Int = when {
        work.code == null && work.recovery?.hasCode == true -> R.string.walletlock_sheet_code_unknown
        work.code == null -> R.string.walletlock_sheet_code_none
        work.recovery?.pending != null -> R.string.walletlock_sheet_code_waits
        else -> R.string.walletlock_sheet_code_here
    }

    private fun showList(row: SettingsRow, heading: Int, words: RecoverySheetWords?, none: Int) {
        val title = resources.getString(heading)
        val lines = words?.sections?.firstOrNull { it.heading == title }?.lines.orEmpty()
        row.show(title, if (lines.isEmpty()) resources.getString(none) else lines.joinToString("\n"))
    }
}
