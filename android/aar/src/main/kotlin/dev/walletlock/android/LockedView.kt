package dev.walletlock.android

import android.content.Context
import android.content.res.Configuration
import android.graphics.drawable.GradientDrawable
import android.os.Build
import android.text.Layout
import android.util.AttributeSet
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.WalletLock
import kotlin.math.min
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Which lock it is, in plain words, how long it lasts, and what the person can do, first choice first.
 *
 * ```
 * val locked = LockedView(context)
 * locked.bind(lock)                  // follows the lock's status, or
 * locked.show(outcome.status)        // this one
 * ```
 *
 * A wallet that is damaged, or whose phone is busy, has a button that looks again, where the view knows the lock.
 *
 * A phone number opens the dialler, an `https` address the browser; where no app can, there is the text to copy. The
 * countdown is read out at most once a minute. Its colours are those of the theme, as in [PinPadView].
 */
public class LockedView @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : ScrollView(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val icon = ImageView(context)
    private val heading = Spoken(context)
    private val clock = TextView(context)
    private val body = TextView(context)
    private val toDo = TextView(context)
    private val remedies = LinearLayout(context)
    private var shown: LockStatus? = null
    private var lock: WalletLock? = null
    private var following: CoroutineScope? = null
    private var onGoOn: Runnable? = null
    private var onTrouble: OnLockTrouble? = null

    /** Whose status is shown, if it is known: then it can be had looked at again. */
    internal var checked: WalletLock? = null
    private val checking = CoroutineScope(SupervisorJob() + MainThread)
    private var check: Job? = null

    init {
        id = if (id == NO_ID) R.id.walletlock_locked else id
        isFillViewport = true
        isVerticalScrollBarEnabled = false
        dress()
        val content = if (isWide()) besideEachOther() else oneColumn()
        addView(content, LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
    }

    /** Shows the lock's status as it changes, while it is on the screen. */
    public fun bind(lock: WalletLock) {
        unbind()
        this.lock = lock
        checked = lock
        if (isAttachedToWindow) follow()
    }

    /** Follows no lock any more. */
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
        val notice = resources.notice(status)
        val isTicking = before is LockStatus.CoolingDown && status is LockStatus.CoolingDown
        showTime((status as? LockStatus.CoolingDown)?.let { clock(it.remainingMs) })
        if (isTicking) {
            heading.update(notice.heading, spoken = notice.alone)
        } else {
            heading.say(notice.heading, spoken = notice.alone)
        }
        if (isTicking && (before as LockStatus.CoolingDown).unchangedBut(status as LockStatus.CoolingDown)) return
        show(notice)
        offer(status)
    }

    /**
     * Calls [listener] when the person goes on from a wallet that has no PIN, was erased, or is ready. Without one there
     * is no button for that.
     */
    public fun setOnGoOn(listener: Runnable?) {
        onGoOn = listener
        shown?.let(::offer)
    }

    /** Calls [listener] when the person had it looked at again, and that failed. The person has been told. */
    public fun setOnTrouble(listener: OnLockTrouble?) {
        onTrouble = listener
    }

    /** Has the lock look again, once at a time. */
    private fun checkAgain(lock: WalletLock) {
        if (check?.isActive == true) return
        (0 until remedies.childCount).forEach { remedies.getChildAt(it).isEnabled = false }
        check = checking.launch {
            try {
                show(lock.recheck())
            } catch (fault: LockException) {
                val trouble = LockTrouble.of(fault)
                show(trouble) { checkAgain(lock) }
                onTrouble?.onLockTrouble(trouble)
            }
        }
    }

    /** For a lock that could not be opened, and may next time. */
    internal fun show(trouble: LockTrouble, onRetry: Runnable) {
        shown = null
        val notice = resources.notice(trouble)
        heading.say(notice.heading, spoken = notice.alone)
        showTime(null)
        show(notice)
        remedies.removeAllViews()
        toDo.visibility = View.GONE
        if (trouble.canPass) addButton(R.string.walletlock_retry, onRetry)
    }

    private fun show(notice: Notice) {
        icon.setImageResource(notice.icon)
        body.text = notice.body
    }

    private fun showTime(time: String?) {
        clock.visibility = if (time == null) View.GONE else View.VISIBLE
        clock.text = time
    }

    private fun offer(status: LockStatus) {
        remedies.removeAllViews()
        toDo.visibility = View.GONE
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

    /** Whether there is a button for it now: not where nobody said whose status this is. */
    private fun offerCheck(): Boolean {
        val lock = checked ?: return false
        addButton(R.string.walletlock_check_again) { checkAgain(lock) }
        return true
    }

    /** [isEnough]: to wait is, and comes first. [isAfterCheck]: to have it looked at again comes first. */
    private fun offer(all: List<Remedy>, isEnough: Boolean, isAfterCheck: Boolean = false) {
        val others = all.filter { it !is Remedy.Wait && it !is Remedy.CheckAgain }
        if (others.isEmpty() && isEnough) return
        toDo.visibility = View.VISIBLE
        toDo.setText(if (isEnough) R.string.walletlock_need_help else R.string.walletlock_what_to_do)
        val view = RemedyView(context, colours)
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

    private fun dress() {
        icon.setColorFilter(colours.brand)
        icon.background = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(colours.surface)
        }
        icon.setPadding(dp(20), dp(20), dp(20), dp(20))
        icon.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        heading.id = R.id.walletlock_title
        heading.textSize = 24f
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        heading.gravity = Gravity.CENTER
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        clock.id = R.id.walletlock_clock
        clock.textSize = 48f
        clock.setTextColor(colours.accent)
        clock.gravity = Gravity.CENTER
        // Digits of one width, so that nothing moves but what changes.
        clock.fontFeatureSettings = "tnum"
        clock.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        body.id = R.id.walletlock_body
        body.textSize = 16f
        body.setTextColor(colours.secondary)
        body.gravity = Gravity.CENTER
        body.breakStrategy = Layout.BREAK_STRATEGY_BALANCED
        body.setLineSpacing(dp(3).toFloat(), 1f)
        toDo.textSize = 16f
        toDo.setTextColor(colours.text)
        toDo.typeface = context.medium()
        toDo.gravity = Gravity.CENTER
        remedies.orientation = LinearLayout.VERTICAL
    }

    private fun isWide() = resources.configuration.run {
        orientation == Configuration.ORIENTATION_LANDSCAPE && screenWidthDp >= WIDE_DP
    }

    private fun oneColumn(): View = column().apply {
        addKind(this)
        addWays(this, above = 32)
    }

    private fun besideEachOther(): View {
        val row = LinearLayout(context)
        row.gravity = Gravity.CENTER_VERTICAL
        val kind = column().also(::addKind)
        val ways = column().also { addWays(it, above = 0) }
        row.addView(kind, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        row.addView(ways, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        return row
    }

    private fun column() = Column(context).apply {
        orientation = LinearLayout.VERTICAL
        gravity = Gravity.CENTER
        setPadding(dp(24), dp(24), dp(24), dp(24))
    }

    private fun addKind(column: LinearLayout) {
        if (!isWide()) column.addView(icon, LinearLayout.LayoutParams(dp(80), dp(80)))
        column.addView(heading, wide(above = 24))
        column.addView(clock, wide(above = 12))
        column.addView(body, wide(above = 16))
    }

    private fun addWays(column: LinearLayout, above: Int) {
        column.addView(toDo, wide(above))
        column.addView(remedies, wide(above = 16))
    }

    private fun wide(above: Int) = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    /** No wider than eyes like to go. */
    private class Column(context: Context) : LinearLayout(context) {
        override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
            val width = min(MeasureSpec.getSize(widthMeasureSpec), dp(COLUMN_DP))
            super.onMeasure(MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY), heightMeasureSpec)
        }
    }
}

private const val WIDE_DP = 480
private const val COLUMN_DP = 448
