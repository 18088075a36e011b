package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ScrollView
import dev.walletlock.FinderMessage
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Shows which lock it is in plain words, how long it lasts, and what the person can do, first choice first.
 *
 * ```
 * val locked = LockedView(context)
 * locked.bind(lock)                  // follows the lock's status
 * locked.show(outcome.status)        // or: shows this status
 * ```
 *
 * A message of the provider for whoever finds the phone comes first.
 *
 * While the wallet is damaged or busy there is a button that looks again, if the view is bound to a lock.
 *
 * A phone number opens the dialler, an `https` address the browser. If no app can open it, the text can be copied. Screen
 * readers read the countdown at most once a minute. The colours are those of the theme, as in [PinPadView].
 */
public class LockedView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ScrollView(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val layout = LockedLayout(context, colours)
    private val remedies = layout.remedies
    private var shown: LockStatus? = null
    private var lock: WalletLock? = null
    private var following: CoroutineScope? = null
    private var onGoOn: Runnable? = null
    private var onTrouble: OnLockTrouble? = null
    private var onRecoveryCode: Runnable? = null

    /** The lock whose status is shown. Null: it is not known, so there is no button that checks again. */
    internal var checked: WalletLock? = null
        set(value) {
            field = value
            erasesLast = false
            value?.let(::learn)
        }
    private var erasesLast = false
    private val checking = CoroutineScope(SupervisorJob() + MainThread)
    private var check: Job? = null

    init {
        id = if (id == NO_ID) R.id.walletlock_locked else id
        isFillViewport = true
        // Content that is cut off fades out, which shows that it can be scrolled.
        isVerticalFadingEdgeEnabled = true
        setFadingEdgeLength(dp(FADE_DP))
        addView(layout.whole, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
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
        val notice = resources.notice(status, erasesLast)
        val isTicking = before is LockStatus.CoolingDown && status is LockStatus.CoolingDown
        showTime((status as? LockStatus.CoolingDown)?.let { clock(it.remainingMs) })
        if (isTicking) {
            layout.heading.update(notice.heading, spoken = notice.headingWithoutClock)
        } else {
            layout.heading.say(notice.heading, spoken = notice.headingWithoutClock)
        }
        if (isTicking && (before as LockStatus.CoolingDown).unchangedBut(status as LockStatus.CoolingDown)) return
        show(notice)
        show((status as? LockStatus.Locked)?.message)
        offer(status)
    }

    /**
     * Calls [listener] when the person goes on from a wallet that has no PIN, was erased, or is ready. Null: there is no
     * button for that.
     */
    public fun setOnGoOn(listener: Runnable?) {
        onGoOn = listener
        shown?.let(::offer)
    }

    /**
     * Calls [listener] when the person wants to enter the recovery code: show [EnterRecoveryCodeActivity]. Null: where the code
     * is a remedy, there are words instead of a button.
     */
    public fun setOnRecoveryCode(listener: Runnable?) {
        onRecoveryCode = listener
        shown?.let(::offer)
    }

    /** Calls [listener] when the person tapped 'Check again' and that failed. The view has told the person already. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    /** Finds out whether the last wrong PIN wipes [lock]: then the person is warned. */
    private fun learn(lock: WalletLock) {
        checking.launch {
            val erases = lock.lastTryErases()
            if (checked !== lock || !erases) return@launch
            erasesLast = true
            shown?.let { show(resources.notice(it, erasesLast)) }
        }
    }

    /** Calls [WalletLock.recheck], one call at a time. */
    internal fun checkAgain(lock: WalletLock) {
        if (check?.isActive == true) return
        (0 until remedies.childCount).forEach { remedies.getChildAt(it).isEnabled = false }
        check = checking.launch {
            try {
                val before = shown
                val now = lock.recheck()
                show(now)
                if (now == before) tellThatItIsStillSo(now)
            } catch (fault: LockException) {
                val trouble = LockTrouble.of(fault)
                show(trouble) { checkAgain(lock) }
                onTrouble?.onLockTrouble(trouble)
            }
        }
    }

    /** Says that the check changed nothing: otherwise the person would not see that it was done. */
    private fun tellThatItIsStillSo(status: LockStatus) {
        val notice = resources.notice(status, erasesLast)
        layout.body.say(notice.body + "\n\n" + resources.getString(R.string.walletlock_still_so))
    }

    /** Shows why a lock could not be opened, with a button that tries again if that can help. */
    internal fun show(trouble: LockTrouble, onRetry: Runnable) {
        shown = null
        val notice = resources.notice(trouble)
        layout.heading.say(notice.heading, spoken = notice.headingWithoutClock)
        showTime(null)
        show(notice)
        show(null as FinderMessage?)
        remedies.removeAllViews()
        layout.toDo.visibility = GONE
        if (trouble.canRetry) addButton(R.string.walletlock_retry, onRetry)
    }

    private fun show(notice: Notice) {
        layout.icon.setImageResource(notice.icon)
        layout.body.say(notice.body)
    }

    /** What the provider wants whoever finds the phone to read. It comes first. */
    private fun show(message: FinderMessage?) {
        layout.finder.removeAllViews()
        layout.finder.visibility = if (message == null) GONE else VISIBLE
        if (message == null) return
        val view = RemedyView(context, colours, onRecoveryCode = null)
        view.addAdvice(resources.getString(R.string.walletlock_finder, resources.isolated(message.text)))
        message.contact?.let { view.add(Remedy.Ask(it), isFirst = false) }
        layout.finder.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    private fun showTime(time: String?) {
        layout.clock.visibility = if (time == null) GONE else VISIBLE
        layout.clock.text = time
    }

    private fun offer(status: LockStatus) {
        remedies.removeAllViews()
        layout.toDo.visibility = GONE
        when (status) {
            is LockStatus.Busy -> offerCheck()
            is LockStatus.CoolingDown -> offer(status.remedies, isEnough = true)
            is LockStatus.Locked -> {
                val hasCheck = Remedy.CheckAgain in status.remedies && offerCheck()
                offer(status.remedies, isEnough = false, isAfterCheck = hasCheck)
            }
            else -> onGoOn?.let { addButton(R.string.walletlock_go_on, it) }
        }
    }

    /** Adds the button that checks again, if the lock is known. Returns whether it did. */
    private fun offerCheck(): Boolean {
        val lock = checked ?: return false
        addButton(R.string.walletlock_check_again) { checkAgain(lock) }
        return true
    }

    /** [isEnough]: it is enough to wait, so no remedy stands out. [isAfterCheck]: a button that checks again comes first. */
    private fun offer(all: List<Remedy>, isEnough: Boolean, isAfterCheck: Boolean = false) {
        val others = all.filter { it !is Remedy.Wait && it !is Remedy.CheckAgain && it.isOfUse }
        if (others.isEmpty() && isEnough) return
        layout.toDo.visibility = VISIBLE
        layout.toDo.setText(if (isEnough) R.string.walletlock_need_help else R.string.walletlock_what_to_do)
        val view = RemedyView(context, colours, onRecoveryCode)
        others.forEachIndexed { place, remedy -> view.add(remedy, isFirst = place == 0 && !isEnough && !isAfterCheck) }
        if (others.isEmpty()) view.addAdvice(resources.getString(R.string.walletlock_no_remedies))
        remedies.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    private fun addButton(text: Int, onClick: Runnable) {
        val button = wideButton(context, colours, resources.getString(text), isPrimary = true)
        button.setOnClickListener { onClick.run() }
        remedies.addView(button)
    }

    private fun LockStatus.CoolingDown.unchangedBut(later: LockStatus.CoolingDown) =
        triesLeft == later.triesLeft && remedies.withoutWait() == later.remedies.withoutWait()

    private fun List<Remedy>.withoutWait() = filter { it !is Remedy.Wait }

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
        check?.cancel()
        following?.cancel()
        following = null
        super.onDetachedFromWindow()
    }

    private companion object {
        const val FADE_DP = 24
    }
}
