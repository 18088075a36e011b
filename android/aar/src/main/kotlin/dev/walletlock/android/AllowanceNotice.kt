package dev.walletlock.android

import android.content.Context
import android.util.AttributeSet
import android.view.View
import android.widget.LinearLayout
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/**
 * Warns in an open wallet that it will lock itself, because the phone did not reach its provider for long. Put it above your own
 * content. It is hidden until [show] gives it a time.
 *
 * ```
 * val notice = AllowanceNotice(context)
 * notice.bind(lock)
 * notice.show(leftMs)     // null: hides it
 * ```
 *
 * If [LockScreens.useProvider] is set and the notice is bound to a lock, a button reaches the provider. After that, ask the lock
 * again how much time is left, and call [show].
 */
public class AllowanceNotice @JvmOverloads constructor(
    context: Context,
    attrs: AttributeSet? = null,
    defStyleAttr: Int = 0,
    defStyleRes: Int = 0,
) : LinearLayout(context, attrs, defStyleAttr, defStyleRes) {
    private val colours = Colours(context)
    private val words = AnnouncedText(context).apply { dressInCard(colours, "") }
    private val retry = textButton(context, colours, resources.getString(R.string.walletlock_allowance_reach))
    private var lock: WalletLock? = null
    private var leftMs: Long? = null
    private var onReached: Runnable? = null
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var call: Job? = null

    init {
        id = if (id == NO_ID) R.id.walletlock_allowance else id
        addView(card(context, colours, words, retry))
        retry.setOnClickListener { reach() }
        show(null)
    }

    /** Gives the lock whose provider the button reaches. */
    public fun bind(lock: WalletLock) {
        this.lock = lock
        show(leftMs)
    }

    /** Shows that the wallet locks itself in [leftMs] milliseconds. Null: hides the notice. */
    public fun show(leftMs: Long?) {
        this.leftMs = leftMs
        visibility = if (leftMs == null) View.GONE else View.VISIBLE
        retry.visibility = if (lock != null && LockScreens.provider != null) View.VISIBLE else View.GONE
        if (leftMs != null) words.say(resources.getString(R.string.walletlock_allowance_ends, resources.inWords(leftMs)))
    }

    /** Calls [listener] when the lock has taken the provider's answer: call [show] with the time that is left now. */
    public fun setOnReached(listener: Runnable?) {
        onReached = listener
    }

    private fun reach() {
        val bound = lock ?: return
        if (call?.isActive == true) return
        retry.isEnabled = false
        words.say(resources.getString(R.string.walletlock_provider_reaching))
        call = scope.launch {
            val said = try {
                wordsAfter(ProviderCall.HEARTBEAT, bound)?.let(resources::getString)
            } catch (fault: LockException) {
                resources.words(LockTrouble.of(fault))
            }
            retry.isEnabled = true
            show(leftMs)
            if (said == null) onReached?.run() else words.say(said, isUrgent = true)
        }
    }

    override fun onDetachedFromWindow() {
        call?.cancel()
        retry.isEnabled = true
        super.onDetachedFromWindow()
    }
}
