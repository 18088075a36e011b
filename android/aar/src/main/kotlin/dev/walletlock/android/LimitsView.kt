package dev.walletlock.android

import android.content.Context
import android.view.View
import android.widget.FrameLayout
import dev.walletlock.LimitState
import dev.walletlock.android.LimitsWork.Page

/** Shows the limits on payments, and lets the person change their own: see [LimitsActivity]. */
internal class LimitsView(context: Context) : FrameLayout(context) {
    private val colours = Colours(context)
    private val all = SettingsPage(context, colours, R.string.walletlock_limits)
    private val own = LimitsCard(context, colours) { work?.go(Page.One(it.limit)) }
    private val given = LimitsCard(context, colours, onPress = null)
    private val ownSection = all.section(R.string.walletlock_limits_own, own)
    private val givenSection: List<View>
    private val add = PressRow(context, colours, isAction = true) { work?.go(Page.Draft(changes = null)) }
    private val one = QuestionView(context, colours)
    private val draft = LimitPage(context, colours)
    private var work: LimitsWork? = null

    init {
        SecureWindow.protect(this)
        add.show(resources.getString(R.string.walletlock_limit_add), null)
        all.gap()
        all.add(SettingsCard(context, colours).also { it.add(add) })
        givenSection = all.section(R.string.walletlock_limits_given, given)
        one.setBackgroundColor(colours.background)
        one.keepToPeople()
        addPages(all, one, draft)
    }

    fun show(work: LimitsWork) {
        this.work = work
        val limits = work.limits ?: return
        when (val page = work.page) {
            is Page.All -> showAll(work, limits)
            is Page.One -> showOne(work, work.find(page.limit) ?: return)
            is Page.Draft -> {
                draft.show(work, page)
                showOnly(draft)
            }
        }
    }

    /** Goes back to all limits. False: they are shown. */
    fun goBack(): Boolean {
        val going = work ?: return false
        if (going.page is Page.All) return false
        going.go(Page.All)
        return true
    }

    private fun showAll(work: LimitsWork, limits: List<LimitState>) {
        val said = work.said
        val behind = (work.payments?.behindMs ?: 0) >= HOUR_MS
        val about = if (limits.isEmpty()) R.string.walletlock_limits_none else R.string.walletlock_limits_body
        val late = resources.getString(R.string.walletlock_pay_behind).takeIf { behind && limits.any { it.reopensInMs != null } }
        val isGood = said is PinNote.Wait || said is PinNote.Text && said.words == R.string.walletlock_limit_set
        all.show(said?.let { resources.words(it) }, resources.sentences(resources.getString(about), late), isGood)
        val (mine, others) = limits.partition { it.isOwners }
        own.show(mine)
        given.show(others)
        ownSection.forEach { it.visibility = if (mine.isEmpty()) GONE else VISIBLE }
        givenSection.forEach { it.visibility = if (others.isEmpty()) GONE else VISIBLE }
        add.isEnabled = !work.isBusy && limits.isNotEmpty()
        showOnly(all)
    }

    private fun showOne(work: LimitsWork, state: LimitState) {
        val limit = state.limit
        val waits = state.raise != null
        val isLeaving = waits && state.raise?.to == null
        val answers = listOfNotNull(
            QuestionView.Answer(R.string.walletlock_limit_cancel_raise, isFirst = true) { work.cancelRaise(limit) }.takeIf { waits },
            QuestionView.Answer(R.string.walletlock_limit_change, isFirst = !waits) { work.go(Page.Draft(limit)) },
            QuestionView.Answer(R.string.walletlock_limit_remove, isFirst = false) { work.remove(limit) }.takeIf { !isLeaving },
            QuestionView.Answer(R.string.walletlock_go_back, isFirst = false) { work.go(Page.All) },
        )
        val title = resources.words(limit)
        val body = resources.sentences(
            resources.leftWords(state).takeIf { !limit.isOfOnePayment },
            resources.raiseWords(state) ?: resources.getString(R.string.walletlock_limit_one_body),
        )
        one.ask(R.drawable.walletlock_padlock, title, body, work.said?.let { resources.words(it) }, *answers.toTypedArray())
        one.setAnswerable(!work.isBusy)
        if (showOnly(one)) tellStep(title)
    }

    private companion object {
        const val HOUR_MS = 3_600_000L
    }
}
