package dev.walletlock.android

import android.content.Context
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import dev.walletlock.Channel
import dev.walletlock.ChannelState
import dev.walletlock.android.ChannelsWork.Page

/** The channels in their order, each with arrows that move it, and below it what cancels a change that waits. */
internal class ChannelsCard(context: Context, private val colours: Colours) : SettingsCard(context, colours) {
    fun show(work: ChannelsWork) {
        removeAllViews()
        work.channels.forEachIndexed { at, channel ->
            val row = ChannelRow(context, colours, channel, work)
            row.setMovable(isUp = at > 0, isDown = at < work.channels.lastIndex)
            add(row)
            if (channel.state.isPending) add(cancelRow(work, channel))
            // The rows are new ones: a screen reader stays at the channel that was moved.
            if (channel.id == work.moved && !work.isBusy) row.post { row.takeFocus() }
        }
    }

    private fun cancelRow(work: ChannelsWork, channel: Channel) =
        PressRow(context, colours, isAction = true) { work.cancel(channel.id) }.apply {
            show(resources.getString(cancelWords(channel.state)), null)
            isEnabled = !work.isBusy
        }
}

/** Whether something waits for the channel. */
private val ChannelState.isPending: Boolean
    get() = this is ChannelState.Waiting || (this as? ChannelState.InForce)?.leavesInMs != null

/** A channel: pressing it shows what can be done with it. */
private class ChannelRow(context: Context, colours: Colours, channel: Channel, private val work: ChannelsWork) :
    SettingsRow(context, colours) {
    private val up = arrow(colours, "\u2191", R.string.walletlock_channel_up, channel, by = -1)
    private val down = arrow(colours, "\u2193", R.string.walletlock_channel_down, channel, by = 1)

    init {
        makePressable(colours) { work.go(Page.One(channel.id)) }
        show(resources.titleOf(channel), context.words(channel.state))
        listOf(up, down).forEach(::addView)
    }

    private fun arrow(colours: Colours, sign: String, words: Int, channel: Channel, by: Int): Button =
        textButton(context, colours, sign).apply {
            contentDescription = resources.getString(words, resources.words(channel.kind), resources.isolatedNumber(channel.mask))
            setPadding(0, 0, 0, 0)
            textSize = ARROW_SP
            setOnClickListener { work.move(channel.id, by) }
        }

    /** An arrow that leads nowhere leaves its place empty, so that nothing moves. */
    fun setMovable(isUp: Boolean, isDown: Boolean) {
        val isOnly = !isUp && !isDown
        up.visibility = if (isUp) VISIBLE else if (isOnly) GONE else INVISIBLE
        down.visibility = if (isDown) VISIBLE else if (isOnly) GONE else INVISIBLE
        listOf(up, down).forEach { it.isEnabled = !work.isBusy }
    }

    fun takeFocus() {
        performAccessibilityAction(AccessibilityNodeInfo.ACTION_ACCESSIBILITY_FOCUS, null)
    }

    override fun getAccessibilityClassName(): CharSequence = Button::class.java.name

    private companion object {
        const val ARROW_SP = 22f
    }
}
