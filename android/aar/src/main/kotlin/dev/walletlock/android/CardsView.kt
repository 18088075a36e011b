package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.widget.FrameLayout
import dev.walletlock.Card
import dev.walletlock.CardState
import dev.walletlock.NewCard

/** Shows the wallet's cards, and what can be done with each: see [CardsActivity]. */
internal class CardsView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val all = SettingsPage(context, colours, R.string.walletlock_cards)
    private val list = SettingsCard(context, colours)
    private val one = QuestionView(context, colours)
    private var work: CardsWork? = null

    init {
        SecureWindow.protect(this)
        all.gap()
        all.add(list)
        one.setBackgroundColor(colours.background)
        one.keepToPeople()
        addPages(all, one)
    }

    fun show(work: CardsWork) {
        this.work = work
        val cards = work.cards ?: return
        val shown = work.find(work.shown)
        if (shown == null) showAll(work, cards) else showOne(work, shown)
    }

    /** Goes back to all cards. False: they are shown. */
    fun goBack(): Boolean {
        val going = work?.takeIf { it.shown != null } ?: return false
        going.go(null)
        return true
    }

    private fun showAll(work: CardsWork, cards: List<Card>) {
        val body = if (cards.isEmpty()) R.string.walletlock_cards_none else R.string.walletlock_cards_body
        all.show(work.said?.let { resources.words(it) }, resources.getString(body), isGood = work.said is PinNote.Text)
        list.removeAllViews()
        for (card in cards) {
            val row = PressRow(context, colours, isAction = false) { work.go(card.card.id) }
            row.show(resources.nameOf(card.card), resources.words(card))
            list.add(row)
        }
        list.visibility = if (cards.isEmpty()) GONE else VISIBLE
        showOnly(all)
    }

    private fun showOne(work: CardsWork, card: Card) {
        val id = card.card.id
        val answers = when (card.state) {
            is CardState.Active -> listOf(
                QuestionView.Answer(R.string.walletlock_card_freeze, isFirst = true) { work.freeze(id) },
                QuestionView.Answer(R.string.walletlock_card_remove, isFirst = false) { work.remove(id) },
            )
            is CardState.Frozen -> listOf(
                QuestionView.Answer(R.string.walletlock_card_unfreeze, isFirst = true) { work.unfreeze(id) },
                QuestionView.Answer(R.string.walletlock_card_remove, isFirst = false) { work.remove(id) },
            )
            is CardState.Removed ->
                listOf(QuestionView.Answer(R.string.walletlock_card_restore, isFirst = true) { work.restore(id) })
            is CardState.Destroyed -> emptyList()
        } + QuestionView.Answer(R.string.walletlock_go_back, isFirst = false) { work.go(null) }
        val title = resources.nameOf(card.card)
        val body = resources.sentences(resources.words(card), resources.getString(R.string.walletlock_card_body))
        one.ask(R.drawable.walletlock_card, title, body, work.said?.let { resources.words(it) }, *answers.toTypedArray())
        one.setAnswerable(!work.isBusy)
        if (showOnly(one)) tellStep(title)
    }
}

/** The card's label, its network and its last digits. */
internal fun Resources.nameOf(card: NewCard): String =
    getString(R.string.walletlock_card_name, isolated(card.label), isolated(card.network), isolatedNumber(card.last4))

/** How the card stands. Null: there is nothing to say. */
internal fun Resources.words(card: Card): String? = words(card.state) ?: when {
    card.isUnused -> getString(R.string.walletlock_card_unused)
    else -> null
}

internal fun Resources.words(state: CardState): String? = when (state) {
    is CardState.Active -> null
    is CardState.Frozen -> getString(R.string.walletlock_card_frozen)
    is CardState.Removed -> getString(R.string.walletlock_card_removed, inWords(state.leftMs))
    is CardState.Destroyed -> getString(R.string.walletlock_card_destroyed)
}
