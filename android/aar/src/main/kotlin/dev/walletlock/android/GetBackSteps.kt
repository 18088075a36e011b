package dev.walletlock.android

import dev.walletlock.CodeRequest
import dev.walletlock.Enough
import dev.walletlock.FactorOutcome
import dev.walletlock.LeadsTo
import dev.walletlock.RecoveryProgress
import dev.walletlock.RecoveryWay
import dev.walletlock.WayKind
import dev.walletlock.WayState

/** What is missing until a person is back in, in one word. */
internal enum class Standing {
    /** Enough is proven, and the provider keeps the key: a new PIN can be set. */
    NEW_PIN,

    /** Enough is proven, and nobody keeps the key: the provider can only give more tries for the PIN. */
    MORE_TRIES,

    /** Enough is proven on this phone, and it counts after a wait. */
    WAITS,
    ONE_MORE,
    TWO_MORE,

    /** Only the recovery code opens the wallet. */
    ONLY_CODE,

    /** Nothing that was set up opens it. */
    NOTHING,
}

/** [canAskEscrow]: the provider keeps the key, and the app can ask it. */
internal fun standing(progress: RecoveryProgress, ways: List<RecoveryWay>, canAskEscrow: Boolean): Standing {
    val others = ways.any { it.kind != WayKind.RECOVERY_CODE }
    return when {
        progress.leadsTo == LeadsTo.START_ANEW || ways.isEmpty() && !canAskEscrow -> Standing.NOTHING
        !others && !canAskEscrow -> Standing.ONLY_CODE
        else -> when (progress.enough) {
            is Enough.Now -> if (canAskEscrow) Standing.NEW_PIN else Standing.MORE_TRIES
            is Enough.After -> Standing.WAITS
            is Enough.OneMore -> Standing.ONE_MORE
            is Enough.TwoMore -> Standing.TWO_MORE
        }
    }
}

/** What became of the last thing that the person did. */
internal sealed interface GetBackNote {
    data object WrongCode : GetBackNote

    /** The authenticator's code was wrong. */
    class WrongFactor(val triesLeft: Int) : GetBackNote

    /** Nothing was counted: it can be done after this time. */
    class Wait(val leftMs: Long) : GetBackNote

    /** No code was sent that may still be typed. */
    data object NoCode : GetBackNote
    data object LinkNotOpened : GetBackNote
    data object NotReached : GetBackNote

    /** The provider has the request, and answers later. */
    data object Later : GetBackNote
    data object Refused : GetBackNote
    data object WrongAnswer : GetBackNote

    /** This cannot cancel what was proven: something that ranks higher can. */
    data object CannotCancel : GetBackNote
    data object Cancelled : GetBackNote
    data object Paused : GetBackNote

    /** The phone failed. */
    class Failed(val trouble: LockTrouble) : GetBackNote

    /** What became of a call to the provider, as a text. */
    class Provider(val words: Int) : GetBackNote
}

/** What a person proves something for. */
internal enum class Aim {
    /** Getting back in. */
    PROVE,

    /** Cancelling what was proven. */
    CANCEL,

    /** Pausing the replacement or removal of a former channel. */
    PAUSE,
}

/**
 * The pages of a person who gets back in: the ways, and one page for each of them. It handles no digits, and calls neither the lock
 * nor Android.
 */
internal class GetBackSteps {
    sealed interface Page {
        data object Ways : Page

        /** Ways to cancel what was proven. */
        data object Cancel : Page

        /** Asks which former channel is to pause its replacement or removal. */
        data object Pause : Page

        /** Asks for the code of a way. */
        class Code(val way: RecoveryWay, val aim: Aim) : Page

        /** A person at the provider. */
        class Person(val aim: Aim) : Page

        /** What is left if no way reaches the person. */
        data object Left : Page

        /** Asks whether to erase everything. */
        data object StartAnew : Page
    }

    var page: Page = Page.Ways
        private set

    /** What is known of the lock. Null: not yet. */
    var progress: RecoveryProgress? = null
        private set
    var note: GetBackNote? = null
        private set

    /** How many notes there were: the screen says each once, also if it is the same as the one before. */
    var notes = 0
        private set

    /** A call is running. */
    var isBusy = false
        private set

    fun learned(now: RecoveryProgress) {
        progress = now
        if (page == Page.Pause && now.former.isEmpty()) go(Page.Ways)
        val shown = page as? Page.Code ?: return
        val listed = if (shown.aim == Aim.PAUSE) now.former else now.ways
        val same = listed.firstOrNull { it.isSameAs(shown.way) }
        if (same != null) {
            page = Page.Code(same, shown.aim)
            return
        }
        // The provider's answer may have come by another way.
        val isPaused = shown.aim == Aim.PAUSE && now.ways.any { it.isSameAs(shown.way) }
        go(Page.Ways)
        if (isPaused) over(GetBackNote.Paused)
    }

    /** The person takes a way. Returns whether to send a code now. */
    fun choose(way: RecoveryWay): Boolean {
        val aim = when (page) {
            Page.Cancel -> Aim.CANCEL
            Page.Pause -> Aim.PAUSE
            else -> Aim.PROVE
        }
        when (way.kind) {
            WayKind.RECOVERY_CODE -> return false
            WayKind.PERSON -> go(Page.Person(aim))
            else -> go(Page.Code(way, aim))
        }
        val canSend = way.state is WayState.Available || aim == Aim.CANCEL && way.state is WayState.Proven
        return canSend && way.kind.isSent
    }

    fun showCancel(): Unit = go(Page.Cancel)

    fun showPause(): Unit = go(Page.Pause)

    fun showLeft(): Unit = go(Page.Left)

    fun askToStartAnew(): Unit = go(Page.StartAnew)

    /** A call begins. False: another one is running. */
    fun begin(): Boolean {
        if (isBusy) return false
        isBusy = true
        note = null
        return true
    }

    /** The request was not made, for this reason. */
    fun notAsked(why: CodeRequest): Unit = over(
        when (why) {
            is CodeRequest.NotYet -> GetBackNote.Wait(why.leftMs)
            else -> GetBackNote.NoCode
        },
    )

    /** The request for a code was carried. */
    fun sent(what: Carried): Unit = over(if (what == Carried.LATER || what == Carried.TAKEN) null else what.note(GetBackNote.Refused))

    /** The request that something is proven was carried. [byLink]: the person says that the link was opened. */
    fun proved(what: Carried, byLink: Boolean) {
        val shown = page
        val ifRefused = when {
            byLink -> GetBackNote.LinkNotOpened
            shown is Page.Person -> GetBackNote.Refused
            else -> GetBackNote.WrongCode
        }
        if (what == Carried.TAKEN) succeeded() else over(what.note(ifRefused))
    }

    /** A code of the authenticator was tried. */
    fun tried(what: FactorOutcome): Unit = when (what) {
        is FactorOutcome.Right -> succeeded()
        is FactorOutcome.Wrong ->
            over(if (what.waitMs > 0) GetBackNote.Wait(what.waitMs) else GetBackNote.WrongFactor(what.triesLeft))
        is FactorOutcome.Waiting -> over(GetBackNote.Wait(what.leftMs))
        is FactorOutcome.NotACode -> over(GetBackNote.WrongCode)
        is FactorOutcome.NotEnough -> over(GetBackNote.CannotCancel)
        is FactorOutcome.NotSetUp -> {
            go(Page.Ways)
            over(null)
        }
    }

    private fun succeeded() {
        val aim = page.aim
        go(Page.Ways)
        over(
            when (aim) {
                Aim.CANCEL -> GetBackNote.Cancelled
                Aim.PAUSE -> GetBackNote.Paused
                else -> null
            },
        )
    }

    /** The call is over, and this is to be said. */
    fun over(why: GetBackNote?) {
        isBusy = false
        note = why
        if (why != null) notes++
    }

    /** Goes one page back. False: the person leaves the screen instead. While a call is running this does nothing. */
    fun back(): Boolean {
        if (isBusy) return true
        val aim = page.aim
        when {
            page == Page.Ways -> return false
            page == Page.StartAnew -> go(Page.Left)
            aim == Aim.CANCEL -> go(Page.Cancel)
            aim == Aim.PAUSE -> go(Page.Pause)
            else -> go(Page.Ways)
        }
        return true
    }

    private fun go(next: Page) {
        page = next
        note = null
    }

    private val Page.aim: Aim? get() = (this as? Page.Code)?.aim ?: (this as? Page.Person)?.aim

    private fun Carried.note(ifRefused: GetBackNote): GetBackNote = when (this) {
        Carried.TAKEN, Carried.LATER -> GetBackNote.Later
        Carried.REFUSED -> ifRefused
        Carried.NOT_REACHED -> GetBackNote.NotReached
        Carried.NOT_TAKEN -> GetBackNote.WrongAnswer
    }
}

/** Whether this is the same way, at another time. */
internal fun RecoveryWay.isSameAs(other: RecoveryWay): Boolean = kind == other.kind && channel == other.channel

/** Whether the provider sends a code for it. */
internal val WayKind.isSent: Boolean
    get() = this == WayKind.SMS || isMail

internal val WayKind.isMail: Boolean
    get() = this == WayKind.MAIL || this == WayKind.BACKUP_MAIL
