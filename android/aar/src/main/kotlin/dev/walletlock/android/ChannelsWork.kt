package dev.walletlock.android

import dev.walletlock.Channel
import dev.walletlock.ChannelKind
import dev.walletlock.ChannelState
import dev.walletlock.CodeRequest
import dev.walletlock.LockException
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryChange
import dev.walletlock.Session
import dev.walletlock.WalletLock

/** What a person does with the channels to which codes are sent. */
internal class ChannelsWork(lock: WalletLock) : SessionWork(lock) {
    /** What the screen shows. */
    sealed interface Page {
        /** All channels. */
        data object All : Page

        /** One channel, and what can be done with it. */
        data class One(val id: String) : Page

        /** The address of a new one is typed. */
        data class Address(val kind: ChannelKind) : Page

        /** The code that was sent to a channel is typed. */
        data class Code(val id: String) : Page
    }

    var page: Page = Page.All
        private set

    /** In the owner's order. */
    var channels: List<Channel> = emptyList()
        private set

    /** Null: not known yet. */
    var policy: SettingsPolicy? = null
        private set

    /** The address that is being typed. In memory only; it survives a rotation. */
    var address: String = ""

    /** The channel that was moved last. */
    var moved: String? = null
        private set

    /** Counts what was [said], so that the page says each of them once. */
    var saidTimes = 0
        private set
    private val lastCode = CodeInSession()

    override suspend fun load(open: Session) {
        policy = SettingsPolicy.of(lock.policy())
        look()
    }

    override suspend fun look() {
        val open = session ?: return
        channels = open.access.channels()
        val shown = page.let { (it as? Page.One)?.id ?: (it as? Page.Code)?.id }
        if (shown != null && find(shown) == null) page = Page.All
    }

    fun find(id: String): Channel? = channels.firstOrNull { it.id == id }

    fun go(to: Page) {
        page = to
        said = null
        if (to !is Page.Address) address = ""
        onChange()
    }

    /** Moves a channel up (-1) or down (1). */
    fun move(id: String, by: Int) = change { open ->
        val ids = channels.map { it.id }.toMutableList()
        val to = ids.indexOf(id) + by
        if (to !in ids.indices) return@change
        ids.remove(id)
        ids.add(to, id)
        moved = id
        open.access.orderChannels(ids)
    }

    /** Sets up a new channel: has a code sent to the address that was typed. */
    fun add(kind: ChannelKind) {
        val typed = address.trim()
        change { open ->
            val new = open.access.addChannel(kind, typed)
            address = ""
            page = Page.Code(new.id)
            isDone = true
            sent(new.request)
        }
    }

    /** Has a code sent to a channel, and asks for it. */
    fun confirm(id: String) {
        page = Page.Code(id)
        send(id)
    }

    fun send(id: String) = once { open -> sent(open.access.sendCode(id)) }

    private suspend fun sent(request: CodeRequest) {
        val note = carriedCode(lock, request, isAnswered = false)
        lastCode.asked(request, isSent = note == null)
        tell(note)
    }

    /** Hands in the code in [entry], which is empty afterwards; without one, says that the link was opened. */
    fun enter(id: String, entry: PinEntry?) {
        if (isBusy) {
            entry?.clear()
            return
        }
        val code = entry?.handedOver()
        once { open ->
            val note = code.use { carriedCode(lock, open.access.confirmChannel(id, it), isAnswered = true) }
            look()
            if (note == null) confirmed(id)
            tell(note ?: said)
        }
    }

    private fun confirmed(id: String) {
        isDone = true
        page = Page.All
        val state = find(id)?.state
        said = if (state is ChannelState.Waiting) {
            PinNote.Wait(R.string.walletlock_channel_confirmed_waits, state.leftMs)
        } else {
            PinNote.Text(R.string.walletlock_channel_confirmed)
        }
        reportChange(lock)
    }

    fun remove(id: String) = change { open ->
        val change = open.access.removeChannel(id)
        isDone = true
        page = Page.All
        if (change is RecoveryChange.Pending) said = PinNote.Wait(R.string.walletlock_channel_leaves_soon, change.leftMs)
        reportChange(lock)
    }

    /** Cancels what waits for a channel. */
    fun cancel(id: String) = change { open ->
        open.access.cancelChannelChange(id)
        isDone = true
        reportChange(lock)
    }

    private fun tell(note: PinNote?) {
        said = note
        saidTimes++
    }

    override fun wordsOf(fault: LockException): PinNote? = when (fault) {
        is LockException.Invalid -> addressIsNone()
        is LockException.WrongState ->
            PinNote.Text(if (page is Page.One) R.string.walletlock_channel_is_factor else R.string.walletlock_channel_not_registered)
        else -> null
    }

    private fun addressIsNone() = (page as? Page.Address)?.let {
        PinNote.Text(if (it.kind == ChannelKind.SMS) R.string.walletlock_channel_no_number else R.string.walletlock_channel_no_mail)
    }

    /** For how long the code is valid that was sent last. Null: none was. */
    fun validForMs(kind: ChannelKind): Long? {
        val validS = policy?.run { if (kind == ChannelKind.SMS) smsValidS else mailValidS } ?: return null
        return lastCode.validForMs(validS)
    }

    /** After how long another code may be sent. 0: now. */
    val resendAfterMs: Long get() = lastCode.resendAfterMs
}
