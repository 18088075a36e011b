package dev.walletlock.android

import android.content.Context
import android.widget.LinearLayout
import dev.walletlock.Remedy
import dev.walletlock.RemedyState

/** What the screen can do itself. Null: there is no button for it, and words say what the person can do. */
internal class RemedyActions(
    val onEnterPin: Runnable?,
    val onRecoveryCode: Runnable?,
    val onReachProvider: ((ProviderCall) -> Unit)?,
)

/**
 * Shows what the person can do, first choice first: a button if the phone can do it, words if only the person can, and why not
 * if nobody can now. [standsOut]: the first button is filled.
 */
internal class RemedyView(
    context: Context,
    private val colours: Colours,
    private val actions: RemedyActions,
    private var standsOut: Boolean,
) : LinearLayout(context) {
    private val waiting = mutableListOf<WaitingRemedy>()

    init {
        orientation = VERTICAL
    }

    fun add(remedy: Remedy) {
        when (remedy) {
            // LockedView shows these itself: as the countdown, and as the button that checks again.
            is Remedy.Wait, is Remedy.CheckAgain -> return
            is Remedy.Restart -> addAdvice(R.string.walletlock_restart)
            is Remedy.EnterPin -> addButtonOrAdvice(R.string.walletlock_enter_pin, R.string.walletlock_ready_body, actions.onEnterPin)
            is Remedy.RecoveryCode -> add(remedy, remedy.state)
            is Remedy.AskProvider -> add(remedy, remedy.state)
            is Remedy.Connect -> add(remedy, remedy.state)
            is Remedy.AskEscrow -> addAdvice(R.string.walletlock_ask_escrow)
            is Remedy.Ask -> {
                val view = ContactView(context, colours, remedy.contact, standsOut)
                if (view.hasButton) standsOut = false
                addView(view)
            }
        }
    }

    private fun add(remedy: Remedy, state: RemedyState) {
        val words = remedy.words()
        when (state) {
            is RemedyState.Available -> addButtonOrAdvice(words.button, words.advice, onPress(remedy))
            is RemedyState.Waiting -> addView(
                WaitingRemedy(context, colours, words.later).also {
                    it.show(state.leftMs)
                    waiting += it
                },
            )
            is RemedyState.UsedUp -> addAdvice(words.usedUp)
            // A phone that is not registered yet can still ask its provider.
            is RemedyState.NotSetUp -> when (remedy) {
                is Remedy.RecoveryCode -> addAdvice(R.string.walletlock_code_never_made)
                else -> addButtonOrAdvice(words.button, words.advice, onPress(remedy))
            }
        }
    }

    private fun onPress(remedy: Remedy): Runnable? = when (remedy) {
        is Remedy.RecoveryCode -> actions.onRecoveryCode
        is Remedy.AskProvider -> actions.onReachProvider?.let { Runnable { it(ProviderCall.UNLOCK) } }
        is Remedy.Connect -> actions.onReachProvider?.let { Runnable { it(ProviderCall.HEARTBEAT) } }
        else -> null
    }

    private fun addButtonOrAdvice(button: Int, advice: Int, onPress: Runnable?) {
        if (onPress == null) return addAdvice(advice)
        val view = wideButton(context, colours, resources.getString(button), standsOut)
        standsOut = false
        view.setOnClickListener { onPress.run() }
        addView(view)
    }

    private fun addAdvice(text: Int) = addView(adviceCard(context, colours, resources.getString(text)))

    /** Shows the same [remedies] some time later: only the times have changed. */
    fun tick(remedies: List<Remedy>) {
        remedies.mapNotNull { it.leftMs }.zip(waiting).forEach { (leftMs, view) -> view.update(leftMs) }
    }

    /** Disables the buttons while a call is running. */
    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        (0 until childCount).map(::getChildAt).filter { it.isClickable }.forEach { it.isEnabled = enabled }
    }

    /** [later]: with a place for when it can be done. */
    private class Words(val button: Int, val advice: Int, val later: Int, val usedUp: Int)

    private fun Remedy.words() = when (this) {
        is Remedy.RecoveryCode -> Words(
            R.string.walletlock_code_enter,
            R.string.walletlock_code_enter,
            R.string.walletlock_code_once_more,
            R.string.walletlock_code_used_up,
        )
        is Remedy.Connect -> Words(
            R.string.walletlock_retry,
            R.string.walletlock_connect,
            R.string.walletlock_connect_later,
            R.string.walletlock_provider_used_up,
        )
        else -> Words(
            R.string.walletlock_ask_provider_now,
            R.string.walletlock_ask_provider,
            R.string.walletlock_ask_provider_later,
            R.string.walletlock_provider_used_up,
        )
    }
}
