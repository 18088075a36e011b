package dev.walletlock.android

import android.content.Context

/** Rows of which one is chosen, in a card. */
internal class Choices<T>(
    context: Context,
    colours: Colours,
    private val all: List<T>,
    words: (T) -> String,
    onChosen: (T) -> Unit,
) {
    val card = SettingsCard(context, colours)
    private val rows: List<ChoiceRow> = all.map { one ->
        ChoiceRow(context, colours) {
            onChosen(one)
            show(one)
        }.also {
            it.show(words(one), null)
            card.add(it)
        }
    }

    fun show(chosen: T): Unit = rows.forEachIndexed { at, row -> row.setOn(all[at] == chosen) }
}
