package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.walletlock.PinOutcome
import dev.walletlock.android.Panicking.Step

/** What stopping everything does, the pad for the PIN, and what follows. */
internal class PanicView(context: Context, colours: Colours) : FrameLayout(context) {
    val pad = PinPadView(context)
    private val question = QuestionView(context, colours)
    private val entering = LinearLayout(context)
    private val freeze = textButton(context, colours, resources.getString(R.string.walletlock_panic_freeze_only))
    private var saidTimes = 0

    /** Calls this when the person wants to leave: nothing was stopped, or all is read. */
    var onLeave: () -> Unit = {}

    /** Calls this when the person wants to see what to do now. */
    var onGoOn: () -> Unit = {}

    init {
        SecureWindow.protect(this)
        setBackgroundColor(colours.background)
        pad.refusesPartlyCovered = true
        pad.pinLength = LockScreens.pinLength
        entering.orientation = LinearLayout.VERTICAL
        entering.addView(pad, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        entering.addView(
            freeze,
            LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply {
                gravity = Gravity.CENTER_HORIZONTAL
                bottomMargin = dp(EDGE_DP)
            },
        )
        addPages(question, entering)
    }

    fun show(panicking: Panicking) {
        pad.setOnPinEntered(panicking::enter)
        freeze.setOnClickListener { panicking.freeze() }
        when (panicking.step) {
            Step.EXPLAIN -> explain(panicking)
            Step.PIN -> askForPin(panicking)
            Step.STOPPED -> tell(R.string.walletlock_panic_done, R.string.walletlock_panic_done_body)
            Step.FROZEN -> tell(R.string.walletlock_panic_frozen, R.string.walletlock_panic_frozen_body)
        }
    }

    private fun explain(panicking: Panicking) {
        show(
            R.string.walletlock_panic_question,
            R.string.walletlock_panic_body,
            panicking.note?.let { resources.words(it) },
            QuestionView.Answer(R.string.walletlock_panic_do, isFirst = true, panicking::begin),
            QuestionView.Answer(R.string.walletlock_ways_cancel, isFirst = false, onLeave),
        )
        question.setAnswerable(!panicking.isBusy)
    }

    private fun tell(title: Int, body: Int): Unit = show(
        title,
        body,
        said = null,
        QuestionView.Answer(R.string.walletlock_panic_next, isFirst = true, onGoOn),
        QuestionView.Answer(R.string.walletlock_code_later, isFirst = false, onLeave),
    )

    private fun show(title: Int, body: Int, said: String?, vararg answers: QuestionView.Answer) {
        question.ask(R.drawable.walletlock_padlock, title, body, said, *answers)
        showOnly(question)
        tellStep(title)
    }

    private fun askForPin(panicking: Panicking) {
        pad.title = resources.getString(if (panicking.isBusy) R.string.walletlock_checking else R.string.walletlock_panic_pin)
        pad.isEnabled = !panicking.isBusy
        freeze.isEnabled = !panicking.isBusy
        if (showOnly(entering)) {
            pad.clear()
            pad.requestFocus()
        }
        tellStep(R.string.walletlock_panic_pin)
        val note = panicking.note
        if (note != null && panicking.notes != saidTimes) {
            pad.reject(resources.words(note), isWrong = (note as? PinNote.Refused)?.refusal is PinOutcome.Wrong)
        }
        saidTimes = panicking.notes
    }

    private companion object {
        const val EDGE_DP = 12
    }
}
