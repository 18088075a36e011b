package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import android.widget.FrameLayout
import dev.walletlock.LockException
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Shows which lock it is in plain words, who locked it, how long it lasts, and what the person can do, first choice first.
 *
 * ```
 * val locked = LockedView(context)
 * locked.bind(lock)                  // follows the lock's status
 * locked.show(outcome.status)        // or: shows this status
 * ```
 *
 * If the provider has a message for whoever finds the phone, the view shows that message and whom to call, and nothing about the
 * owner. A quiet button leads the owner on. The message is shown again each time that the view comes back.
 *
 * While the wallet is damaged or busy there is a button that looks again, if the view is bound to a lock. If that changes nothing
 * about a damaged wallet, a quiet button erases it and starts anew, after a question. With [LockScreens.useProvider] buttons
 * reach the provider.
 *
 * A phone number opens the dialler, an `https` address the browser. If no app can open it, the text can be copied. Screen
 * readers read the countdown at most once a minute. The colours are those of the theme, as in [PinPadView].
 */
public class LockedView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : FrameLayout(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val pages = LockedPages(context, colours)
    private val page = ScrollingPage(context).apply { fill(pages.layout.whole) }
    private val question by lazy(LazyThreadSafetyMode.NONE) { QuestionView(context, colours) }
    private var shown: LockStatus? = null
    private var lock: WalletLock? = null
    private var following: CoroutineScope? = null
    private var onGoOn: Runnable? = null
    private var onTrouble: OnLockTrouble? = null
    private var onRecoveryCode: Runnable? = null
    private var onEscrow: Runnable? = null
    private var onGetBack: Runnable? = null

    /** Shows the PIN pad, for a lock that the PIN clears. Null: words say it. */
    internal var onEnterPin: Runnable? = null

    /** The lock whose status is shown. Null: it is not known, so no button can call it. */
    internal var checked: WalletLock? = null
        set(value) {
            field = value
            erasesLast = false
            hasNoCode = false
            hasWaysToProve = false
            mayStartAnew = false
            value?.let(::learn)
        }
    private var erasesLast = false

    /** Whether it is known that there is no recovery code. */
    private var hasNoCode = false

    /** Whether codes can be sent, or an authenticator app is set up. */
    private var hasWaysToProve = false

    /** Whether a check of a damaged wallet has changed nothing: then the person may start anew. */
    private var mayStartAnew = false

    /** Whether the person said that the phone is theirs: then the message for a finder gives way. */
    private var isOwner = false
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var call: Job? = null

    init {
        id = if (id == NO_ID) R.id.walletlock_locked else id
        addView(page)
    }

    /** Shows the lock's status as it changes, while it is on the screen. */
    public fun bind(lock: WalletLock) {
        unbind()
        this.lock = lock
        checked = lock
        if (isAttachedToWindow) follow()
    }

    /** Stops following the lock. What is shown stays. */
    public fun unbind() {
        following?.cancel()
        following = null
        lock = null
        checked = null
    }

    /** Shows [status]. */
    public fun show(status: LockStatus) {
        val before = shown
        shown = status
        if (before != null && before.withoutTimes() == status.withoutTimes()) return tick(status)
        isOwner = false
        mayStartAnew = false
        render()
    }

    private fun tick(status: LockStatus) {
        if (page.parent != null && status.finderMessage() == null) pages.tick(status, erasesLast)
    }

    /** The message for a finder, unless the owner has asked for what is behind it. */
    private fun LockStatus.finderMessage() = (this as? LockStatus.Locked)?.message.takeUnless { isOwner }

    /**
     * Calls [listener] when the person goes on from a wallet that has no PIN, was erased, or is ready. Null: there is no
     * button for that.
     */
    public fun setOnGoOn(listener: Runnable?) {
        onGoOn = listener
        render()
    }

    /**
     * Calls [listener] when the person wants to enter the recovery code: show [EnterRecoveryCodeActivity]. Null: where the code
     * is a remedy, there are words instead of a button.
     */
    public fun setOnRecoveryCode(listener: Runnable?) {
        onRecoveryCode = listener
        render()
    }

    /**
     * Calls [listener] when the person wants the provider to open the wallet with the key that it keeps: show [AskEscrowActivity].
     * Null, or without [LockScreens.useEscrow]: where that is a remedy, there are words instead of a button.
     */
    public fun setOnEscrow(listener: Runnable?) {
        onEscrow = listener
        render()
    }

    /**
     * Calls [listener] when the person wants to see all ways to get back in: show [GetBackActivity]. Null, or if no codes can be sent
     * and no authenticator app is set up: there is no such button.
     */
    public fun setOnGetBack(listener: Runnable?) {
        onGetBack = listener
        render()
    }

    /** Calls [listener] when a call that a button made has failed. The view has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    private fun render() {
        val status = shown ?: return
        showInstead(page)
        status.finderMessage()?.let { return pages.showFinder(it, LockedPages.Quiet(R.string.walletlock_finder_owner, ::goOnAsOwner)) }
        pages.show(status, erasesLast, actions(status))
    }

    private fun goOnAsOwner() {
        isOwner = true
        render()
    }

    private fun actions(status: LockStatus): LockedPages.Actions {
        val lock = checked
        val reach = lock?.takeIf { LockScreens.provider != null }?.let { { call: ProviderCall -> reach(it, call) } }
        val isDamaged = (status as? LockStatus.Locked)?.reason == LockReason.DATA_DAMAGED
        return LockedPages.Actions(
            RemedyActions(onEnterPin, onRecoveryCode, onEscrow?.takeIf { LockScreens.escrow != null }, reach),
            onCheckAgain = lock?.let { { checkAgain(it) } },
            onGoOn = onGoOn,
            onGetBack = onGetBack.takeIf { hasWaysToProve },
            offersCodeWhenBusy = !hasNoCode,
            quiet = lock?.takeIf { isDamaged && mayStartAnew }?.let {
                LockedPages.Quiet(R.string.walletlock_start_anew) { askWhetherToStartAnew(it) }
            },
        )
    }

    /** Finds out whether the last wrong PIN wipes [lock], so that the person is warned, and whether there is a recovery code. */
    private fun learn(lock: WalletLock) {
        scope.launch {
            val erases = lock.lastTryErases()
            if (checked !== lock) return@launch
            erasesLast = erases
            if (erases) render()
            quietly { hasNoCode = lock.recovery.status().hasCode == false }
            if (checked === lock && hasNoCode && shown is LockStatus.Busy) render()
            quietly { hasWaysToProve = lock.hasWaysToProve() }
            if (checked === lock && hasWaysToProve) render()
        }
    }

    /** Calls [WalletLock.recheck]. If that changes nothing, says so: otherwise the person would not see that it was done. */
    internal fun checkAgain(lock: WalletLock): Unit = working(lock, ::checkAgain) {
        val before = shown
        val now = lock.recheck()
        show(now)
        if (now != before) return@working null
        mayStartAnew = true
        R.string.walletlock_still_so
    }

    private fun reach(lock: WalletLock, call: ProviderCall): Unit =
        working(lock, { reach(it, call) }, R.string.walletlock_provider_reaching) { wordsAfter(call, lock) }

    private fun askWhetherToStartAnew(lock: WalletLock) {
        showInstead(question)
        question.ask(
            R.drawable.walletlock_damaged,
            R.string.walletlock_start_anew_question,
            R.string.walletlock_start_anew_body,
            null,
            QuestionView.Answer(R.string.walletlock_start_anew_not, isFirst = true, ::render),
            QuestionView.Answer(R.string.walletlock_start_anew_erase, isFirst = false) { startAnew(lock) },
        )
        tellStep(R.string.walletlock_start_anew_question)
    }

    private fun startAnew(lock: WalletLock): Unit = working(lock, ::startAnew) {
        lock.wipe()
        show(lock.status.value)
        null
    }

    /** Does one [work] at a time. Says [meanwhile], then what the work returns, or why it failed; then a button calls [again]. */
    private fun working(lock: WalletLock, again: (WalletLock) -> Unit, meanwhile: Int? = null, work: suspend () -> Int?) {
        if (call?.isActive == true) return
        render()
        pages.setEnabled(false)
        pages.layout.tell(meanwhile?.let(resources::getString))
        call = scope.launch {
            try {
                val words = work()
                render()
                pages.layout.tell(words?.let(resources::getString))
            } catch (fault: LockException) {
                val trouble = LockTrouble.of(fault)
                show(trouble) { again(lock) }
                onTrouble?.onLockTrouble(trouble)
            }
        }
    }

    /** Shows why a lock could not be opened, with a button that tries again if that can help. */
    internal fun show(trouble: LockTrouble, onRetry: Runnable) {
        shown = null
        showInstead(page)
        pages.showTrouble(trouble, onRetry)
    }

    private fun showInstead(view: View) {
        if (view.parent === this) return
        removeAllViews()
        addView(view)
    }

    private fun follow() {
        val bound = lock ?: return
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch { bound.status.collect(::show) }
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        follow()
    }

    override fun onDetachedFromWindow() {
        call?.cancel()
        following?.cancel()
        following = null
        super.onDetachedFromWindow()
    }

    /** Whoever takes up the phone next reads the message first. */
    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        if (visibility == VISIBLE || !isOwner) return
        isOwner = false
        render()
    }
}
