package dev.walletlock.android

import android.content.Context
import android.view.View
import android.widget.FrameLayout
import dev.walletlock.RecoveryWay
import dev.walletlock.WayKind
import dev.walletlock.android.GetBackSteps.Page

/** The pages of [GetBackActivity]. */
internal class GetBackView(context: Context, private val leads: Leads) : FrameLayout(context) {
    /** What another screen does. */
    class Leads(val enterCode: () -> Unit, val askEscrow: () -> Unit, val leave: () -> Unit)

    private val colours = Colours(context)
    private val ways = GetBackPage(
        context,
        colours,
        GetBackActions(
            onWay = ::choose,
            onNewPin = leads.askEscrow,
            onMoreTries = { going?.askForTries(leads.leave) },
            onCancel = { change { it.steps.showCancel() } },
            onChanged = { change { it.steps.showPause() } },
            onLeft = { change { it.steps.showLeft() } },
            onStartAnew = { change { it.steps.askToStartAnew() } },
            onBack = { going?.back() },
            onDue = { going?.refresh() },
        ),
    )
    private val code = SentCodeView(context, colours)
    private val question = QuestionView(context, colours)
    private var going: GettingBack? = null
    private var saidNotes = 0

    init {
        listOf(ways, code, question).forEach {
            it.visibility = View.GONE
            addView(it, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))
        }
        code.onCode = { going?.typed(it) ?: it.clear() }
        code.onDue = { going?.refresh() }
        code.setOnResend { going?.send() }
        code.setOnLink { going?.linkOpened() }
        code.setOnOther { going?.back() }
    }

    private fun choose(way: RecoveryWay) {
        if (way.kind == WayKind.RECOVERY_CODE) leads.enterCode() else going?.choose(way)
    }

    private fun change(act: (GettingBack) -> Unit) {
        val now = going?.takeUnless { it.steps.isBusy } ?: return
        act(now)
        show(now)
    }

    fun show(going: GettingBack) {
        this.going = going
        val steps = going.steps
        val said = steps.note?.let { resources.words(it) }
        when (val page = steps.page) {
            is Page.Ways, is Page.Cancel, is Page.Pause, is Page.Left -> showList(going, page, said)
            is Page.Code -> {
                code.show(resources.codePage(page.way, page.aim == Aim.CANCEL, steps.isBusy))
                showOnly(code)
                if (said != null && steps.notes != saidNotes) code.reject(said)
            }
            is Page.Person -> askPerson(going, page, said)
            is Page.StartAnew -> askWhetherToStartAnew(going, said)
        }
        saidNotes = steps.notes
    }

    private fun showList(going: GettingBack, page: Page, said: String?) {
        val progress = going.steps.progress ?: return
        val standing = going.standing ?: return
        when (page) {
            is Page.Cancel -> ways.showCancel(progress, standing, going.waysToCancel)
            is Page.Pause -> ways.showPause(progress, standing, going.former)
            is Page.Left -> ways.showLeft(standing == Standing.NOTHING, going.contacts)
            else -> ways.showWays(progress, standing, going.ways, canPause = going.former.isNotEmpty())
        }
        if (showOnly(ways)) tellStep(R.string.walletlock_get_back)
        ways.tell(if (going.steps.isBusy) resources.getString(R.string.walletlock_provider_reaching) else said)
        ways.setBusy(going.steps.isBusy)
    }

    private fun askPerson(going: GettingBack, page: Page.Person, said: String?) {
        val steps = going.steps
        question.ask(
            R.drawable.walletlock_phone,
            if (steps.isBusy) R.string.walletlock_escrow_asking else R.string.walletlock_way_person,
            if (page.aim == Aim.CANCEL) R.string.walletlock_person_cancels_body else R.string.walletlock_person_body,
            said,
            QuestionView.Answer(R.string.walletlock_escrow_ask_now, isFirst = true, going::askPerson),
            QuestionView.Answer(R.string.walletlock_other_way, isFirst = false) { going.back() },
        )
        question.setAnswerable(!steps.isBusy)
        if (showOnly(question)) tellStep(R.string.walletlock_way_person)
    }

    private fun askWhetherToStartAnew(going: GettingBack, said: String?) {
        question.ask(
            R.drawable.walletlock_damaged,
            R.string.walletlock_start_anew_question,
            R.string.walletlock_start_anew_body,
            said,
            QuestionView.Answer(R.string.walletlock_start_anew_not, isFirst = true) { going.back() },
            QuestionView.Answer(R.string.walletlock_start_anew_erase, isFirst = false, going::startAnew),
        )
        question.setAnswerable(!going.steps.isBusy)
        if (showOnly(question)) tellStep(R.string.walletlock_start_anew_question)
    }

    /** The screen is not visible any more: clears the digits. */
    fun forget(): Unit = code.pad.clear()
}
