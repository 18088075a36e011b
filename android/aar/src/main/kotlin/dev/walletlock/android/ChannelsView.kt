package dev.walletlock.android

import android.content.Context
import android.widget.FrameLayout
import dev.walletlock.Channel
import dev.walletlock.ChannelKind
import dev.walletlock.ChannelState
import dev.walletlock.android.ChannelsWork.Page

/** Shows where codes are sent, and lets the person change it: see [ChannelsActivity]. */
internal class ChannelsView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val all = SettingsPage(context, colours, R.string.walletlock_channels)
    private val card = ChannelsCard(context, colours)
    private val heading = all.section(R.string.walletlock_channels_order, card)
    private val one = QuestionView(context, colours)
    private val address = AddressPage(context, colours)
    private val code = SentCodeView(context, colours)
    private var work: ChannelsWork? = null
    private var saidTimes = 0

    init {
        SecureWindow.protect(this)
        val add = SettingsCard(context, colours)
        for (kind in ChannelKind.entries) {
            val row = PressRow(context, colours, isAction = true) { work?.go(Page.Address(kind)) }
            row.show(resources.getString(addWords(kind)), null)
            add.add(row)
        }
        all.section(R.string.walletlock_channels_add, add)
        one.setBackgroundColor(colours.background)
        one.keepToPeople()
        code.setOnOther(R.string.walletlock_code_later) { goBack() }
        addPages(all, one, address, code)
    }

    fun show(work: ChannelsWork) {
        this.work = work
        when (val page = work.page) {
            is Page.All -> showAll(work)
            is Page.One -> showOne(work, work.find(page.id) ?: return)
            is Page.Address -> {
                address.show(work, page.kind)
                showOnly(address)
            }
            is Page.Code -> showCode(work, work.find(page.id) ?: return)
        }
    }

    /** Goes back to all channels. False: they are shown. */
    fun goBack(): Boolean {
        if (work?.page is Page.All) return false
        code.pad.clear()
        work?.go(Page.All)
        return work != null
    }

    private fun showAll(work: ChannelsWork) {
        val said = work.said
        all.show(said?.let(resources::words), resources.aboutChannels(work), isGood = said?.isGood == true)
        work.policy?.let { all.showFoot(resources.getString(R.string.walletlock_channels_wait, resources.lasting(it.changeWaitS))) }
        heading.forEach { it.visibility = if (work.channels.isEmpty()) GONE else VISIBLE }
        card.show(work)
        showOnly(all)
    }

    private fun showOne(work: ChannelsWork, channel: Channel) {
        val state = channel.state
        val isNew = state is ChannelState.NotConfirmed
        val waits = state is ChannelState.Waiting || (state as? ChannelState.InForce)?.leavesInMs != null
        val confirm = if (isNew) R.string.walletlock_channel_confirm else R.string.walletlock_channel_confirm_again
        val isFirst = isNew || (state as? ChannelState.InForce)?.isStale == true
        val answers = listOfNotNull(
            QuestionView.Answer(confirm, isFirst) { work.confirm(channel.id) }.takeIf { !waits },
            QuestionView.Answer(cancelWords(state), isFirst = true) { work.cancel(channel.id) }.takeIf { waits },
            QuestionView.Answer(R.string.walletlock_channel_remove, isFirst = false) { work.remove(channel.id) }.takeIf { !waits },
            QuestionView.Answer(R.string.walletlock_go_back, isFirst = false) { work.go(Page.All) },
        )
        val now = context.words(state)
        val more = if (isNew) R.string.walletlock_channel_remove_new else R.string.walletlock_channel_remove_body
        val body = if (waits) now else resources.getString(R.string.walletlock_two_sentences, now, resources.getString(more))
        val title = resources.titleOf(channel)
        one.ask(iconOf(channel.kind), title, body, work.said?.let(resources::words), *answers.toTypedArray())
        one.setAnswerable(!work.isBusy)
        if (showOnly(one)) tellStep(title)
    }

    private fun showCode(work: ChannelsWork, channel: Channel) {
        val id = channel.id
        code.onCode = { work.enter(id, it) }
        code.onDue = { show(work) }
        code.setOnResend { work.send(id) }
        code.setOnLink { work.enter(id, null) }
        val to = if (channel.kind == ChannelKind.SMS) R.string.walletlock_check_to else R.string.walletlock_check_to_mail
        val valid = work.validForMs(channel.kind)
        code.show(
            CodePage(
                resources.getString(R.string.walletlock_channel_enter),
                resources.getString(to, resources.isolatedNumber(channel.mask)),
                validForMs = valid,
                isBusy = work.isBusy,
                resendAfterMs = work.resendAfterMs,
                offersLink = channel.kind != ChannelKind.SMS,
            ),
        )
        showOnly(code)
        val note = work.said?.takeIf { !work.isBusy } ?: return
        if (work.saidTimes != saidTimes) code.reject(resources.words(note)) else code.tell(resources.words(note))
        saidTimes = work.saidTimes
    }
}

/** Whether the note says that something was done. */
private val PinNote.isGood: Boolean get() = this is PinNote.Wait || this is PinNote.Text && words == R.string.walletlock_channel_confirmed
