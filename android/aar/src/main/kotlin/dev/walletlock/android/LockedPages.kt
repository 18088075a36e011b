package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import dev.walletlock.FinderMessage
import dev.walletlock.LockStatus
import dev.walletlock.Remedy

/** Fills a [LockedLayout]: with a status, with the message for whoever finds the phone, or with a fault. */
internal class LockedPages(private val context: Context, private val colours: Colours) {
    val layout = LockedLayout(context, colours)
    private val resources = context.resources
    private var ways: RemedyView? = null

    /** A button below all else, which does not stand out. */
    class Quiet(val text: Int, val onPress: () -> Unit)

    /** What can be done about a status. Null: there is no such button. */
    class Actions(
        val remedies: RemedyActions,
        val onCheckAgain: (() -> Unit)?,
        val onGoOn: Runnable?,
        /** Shows all ways to get back in. */
        val onGetBack: Runnable?,
        /** Whether the code may be entered while the lock cannot tell its status. */
        val offersCodeWhenBusy: Boolean,
        val quiet: Quiet?,
    )

    fun show(status: LockStatus, erasesLast: Boolean, actions: Actions) {
        val by = (status as? LockStatus.Locked)?.let(resources::whoLocked)
        layout.show(resources.notice(status, erasesLast), by, status.pinWaitMs)
        layout.tell(null)
        begin()
        offer(status, actions)
        actions.quiet?.let(::addQuiet)
    }

    /** Shows the same status some time later. */
    fun tick(status: LockStatus, erasesLast: Boolean) {
        layout.tick(resources.notice(status, erasesLast), status.pinWaitMs)
        ways?.tick(status.remedies())
    }

    /** Shows the provider's [message], and nothing of the owner's. */
    fun showFinder(message: FinderMessage, quiet: Quiet) {
        layout.show(resources.finderNotice(), by = null, waitMs = null)
        layout.tell(null)
        begin()
        layout.remedies.addView(adviceCard(context, colours, resources.isolated(message.text), MESSAGE_SP))
        message.contact?.let { add(ContactView(context, colours, it, isFirst = true)) }
        addQuiet(quiet)
    }

    fun showTrouble(trouble: LockTrouble, onRetry: Runnable) {
        layout.show(resources.notice(trouble), by = null, waitMs = null)
        layout.tell(null)
        begin()
        if (trouble.canRetry) addButton(R.string.walletlock_retry, isPrimary = true, onRetry::run)
    }

    /** Disables the buttons while a call is running. */
    fun setEnabled(isEnabled: Boolean) {
        (0 until layout.remedies.childCount).map(layout.remedies::getChildAt).forEach { it.isEnabled = isEnabled }
    }

    private fun begin() {
        ways = null
        layout.remedies.removeAllViews()
        layout.showToDo(null)
    }

    private fun offer(status: LockStatus, actions: Actions) {
        when (status) {
            is LockStatus.Busy -> offerWhileBusy(actions)
            is LockStatus.CoolingDown -> {
                offer(status.remedies, actions, isEnough = true)
                offerGetBack(actions)
            }
            is LockStatus.Locked -> {
                val hasCheck = Remedy.CheckAgain in status.remedies && actions.onCheckAgain != null
                if (hasCheck) addCheck(actions)
                offer(status.remedies, actions, isEnough = false, isAfterCheck = hasCheck)
                offerGetBack(actions)
            }
            else -> actions.onGoOn?.let { addButton(R.string.walletlock_go_on, isPrimary = true, it::run) }
        }
    }

    /** The code opens a wallet whose keys are gone, which may be why the phone does not answer. */
    private fun offerWhileBusy(actions: Actions) {
        addCheck(actions)
        val enter = actions.remedies.onRecoveryCode?.takeIf { actions.offersCodeWhenBusy } ?: return
        addButton(R.string.walletlock_code_enter, isPrimary = false, enter::run)
    }

    private fun offerGetBack(actions: Actions) {
        actions.onGetBack?.let { addButton(R.string.walletlock_get_back, isPrimary = false, it::run) }
    }

    private fun addCheck(actions: Actions) {
        actions.onCheckAgain?.let { addButton(R.string.walletlock_check_again, isPrimary = true, it) }
    }

    /** [isEnough]: it is enough to wait, so no remedy stands out. [isAfterCheck]: a button that checks again comes first. */
    private fun offer(all: List<Remedy>, actions: Actions, isEnough: Boolean, isAfterCheck: Boolean = false) {
        val others = all.filter { it !is Remedy.Wait && it !is Remedy.CheckAgain }
        if (others.isEmpty() && isEnough) return
        layout.showToDo(if (isEnough) R.string.walletlock_need_help else R.string.walletlock_what_to_do)
        if (others.isEmpty()) {
            return layout.remedies.addView(adviceCard(context, colours, resources.getString(R.string.walletlock_no_remedies)))
        }
        val view = RemedyView(context, colours, actions.remedies, standsOut = !isEnough && !isAfterCheck)
        others.forEach(view::add)
        ways = view
        add(view)
    }

    private fun addButton(text: Int, isPrimary: Boolean, onPress: () -> Unit) {
        val button = wideButton(context, colours, resources.getString(text), isPrimary)
        button.setOnClickListener { onPress() }
        layout.remedies.addView(button)
    }

    private fun addQuiet(quiet: Quiet) {
        val button = textButton(context, colours, resources.getString(quiet.text))
        button.setOnClickListener { quiet.onPress() }
        val place = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
        place.gravity = Gravity.CENTER_HORIZONTAL
        layout.remedies.addView(button, place)
    }

    private fun add(view: View) = layout.remedies.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))

    private fun LockStatus.remedies(): List<Remedy> = when (this) {
        is LockStatus.CoolingDown -> remedies
        is LockStatus.Locked -> remedies
        else -> emptyList()
    }

    private companion object {
        const val MESSAGE_SP = 20f
    }
}
