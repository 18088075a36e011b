package dev.walletlock.android

import android.content.Context

/** The lines of the journal, the newest first, and a row that shows more of them. */
internal class JournalCard(context: Context, private val colours: Colours, private val onMore: () -> Unit) :
    SettingsCard(context, colours) {
    init {
        id = R.id.walletlock_journal
    }

    fun show(state: SettingsState) {
        removeAllViews()
        state.journal.forEach { entry ->
            val row = SettingsRow(context, colours)
            row.show(resources.words(entry), context.timeOf(entry))
            add(row)
        }
        if (!state.hasMore) return
        val more = PressRow(context, colours, isAction = true, onMore)
        more.show(resources.getString(R.string.walletlock_show_more), null)
        more.isEnabled = !state.isBusy
        add(more)
    }
}
