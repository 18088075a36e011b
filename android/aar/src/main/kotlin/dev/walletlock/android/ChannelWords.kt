package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import dev.walletlock.Channel
import dev.walletlock.ChannelKind
import dev.walletlock.ChannelState

// The words about channels, in the person's language.

internal fun Resources.words(kind: ChannelKind): String = getString(
    when (kind) {
        ChannelKind.SMS -> R.string.walletlock_channel_sms
        ChannelKind.MAIL -> R.string.walletlock_channel_mail
        ChannelKind.BACKUP_MAIL -> R.string.walletlock_channel_backup_mail
    },
)

internal fun addWords(kind: ChannelKind): Int = when (kind) {
    ChannelKind.SMS -> R.string.walletlock_channel_add_sms
    ChannelKind.MAIL -> R.string.walletlock_channel_add_mail
    ChannelKind.BACKUP_MAIL -> R.string.walletlock_channel_add_backup_mail
}

internal fun iconOf(kind: ChannelKind): Int = if (kind == ChannelKind.SMS) R.drawable.walletlock_phone else R.drawable.walletlock_paper

/** How a channel stands. */
internal fun Context.words(state: ChannelState): String = when (state) {
    is ChannelState.NotConfirmed -> getString(R.string.walletlock_channel_new)
    is ChannelState.Waiting -> getString(R.string.walletlock_channel_waits, resources.inWords(state.leftMs))
    is ChannelState.InForce -> {
        val leavesInMs = state.leavesInMs
        when {
            leavesInMs != null -> getString(R.string.walletlock_channel_leaves, resources.inWords(leavesInMs))
            state.isStale -> getString(R.string.walletlock_channel_stale, dateInWords(state.confirmedMs))
            else -> getString(R.string.walletlock_channel_in_force, dateInWords(state.confirmedMs))
        }
    }
}

/** What cancels the change that waits for a channel. */
internal fun cancelWords(state: ChannelState): Int =
    if (state is ChannelState.Waiting) R.string.walletlock_code_cancel else R.string.walletlock_channel_keep

/** What channels are for. */
internal fun Resources.aboutChannels(work: ChannelsWork): String =
    getString(if (work.channels.isEmpty()) R.string.walletlock_channels_none else R.string.walletlock_channels_body)

/** What the channel is, and where codes go, one below the other. */
internal fun Resources.titleOf(channel: Channel): String = words(channel.kind) + "\n" + isolatedNumber(channel.mask)

/** The text of the settings' row. Null: the channels are not known yet. */
internal fun Resources.channelsWords(channels: List<Channel>?): String? {
    val known = channels ?: return null
    val inForce = known.filter { it.state is ChannelState.InForce }
    val isStale = inForce.any { (it.state as ChannelState.InForce).isStale }
    val masks = inForce.joinToString(getString(R.string.walletlock_between_items)) { isolatedNumber(it.mask) }
    return when {
        inForce.isEmpty() && known.isEmpty() -> getString(R.string.walletlock_channels_are_none)
        inForce.isEmpty() -> getString(R.string.walletlock_channels_wait_now)
        isStale -> getString(R.string.walletlock_channels_stale, masks)
        else -> masks
    }
}
