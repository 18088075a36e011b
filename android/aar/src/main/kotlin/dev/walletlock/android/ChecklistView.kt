package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.os.Build
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.ChecklistLine
import dev.walletlock.Task

/** What to put in order after a recovery or a panic, and how much of it is done: a row for each task, which leads to where it is done. */
internal class ChecklistView(context: Context, private val colours: Colours) : ScrollingPage(context) {
    private val body = TextView(context)
    private val note = AnnouncedText(context)
    private val progress = BarView(context, colours)
    private val card = SettingsCard(context, colours)
    private val leave = wideButton(context, colours, "", isPrimary = true)
    var onTask: (Task) -> Unit = {}
    var onDismiss: (Task) -> Unit = {}
    var onLeave: () -> Unit = {}

    init {
        val heading = TextView(context)
        heading.id = R.id.walletlock_title
        heading.setText(R.string.walletlock_tidy)
        heading.textSize = HEADING_SP
        heading.typeface = context.medium()
        heading.setTextColor(colours.text)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) heading.isAccessibilityHeading = true
        body.textSize = BODY_SP
        body.setTextColor(colours.secondary)
        body.setLineSpacing(dp(LINE_DP).toFloat(), 1f)
        note.id = R.id.walletlock_note
        note.textSize = BODY_SP
        note.setTextColor(colours.error)
        leave.setOnClickListener { onLeave() }
        val column = Column(context)
        column.addView(heading, below(0))
        column.addView(body, below(GAP_DP / 2))
        column.addView(note, below(GAP_DP / 2))
        column.addView(progress, below(GAP_DP / 2))
        column.addView(card, below(GAP_DP))
        column.addView(leave, below(GAP_DP))
        fill(column)
    }

    /** [said]: what became of a report, as a text. */
    fun show(lines: List<ChecklistLine>, trouble: LockTrouble?, said: Int? = null) {
        val isAllDone = lines.all { it.isDone }
        val isAfterPanic = lines.any { it.task == Task.CHANGE_PIN }
        body.setText(
            when {
                isAllDone -> R.string.walletlock_tidy_done_body
                isAfterPanic -> R.string.walletlock_tidy_panic_body
                else -> R.string.walletlock_tidy_body
            },
        )
        val words = trouble?.let { resources.words(it) } ?: said?.let(resources::getString)
        note.visibility = if (words == null) GONE else VISIBLE
        note.say(words.orEmpty())
        val done = lines.count { it.isDone }
        progress.show(done.toLong(), lines.size.toLong(), resources.getString(R.string.walletlock_tidy_progress, done, lines.size))
        progress.visibility = if (lines.isEmpty()) GONE else VISIBLE
        leave.setText(if (isAllDone) R.string.walletlock_go_on else R.string.walletlock_code_later)
        card.removeAllViews()
        card.visibility = if (lines.isEmpty()) GONE else VISIBLE
        for (line in lines) {
            val row = if (line.isDone) ProvenRow(context, colours) else TaskRow(line.task)
            row.show(resources.titleOf(line.task), resources.bodyOf(line.task).takeUnless { line.isDone })
            card.add(row)
        }
    }

    /** A task that is still to be done. The button at its end takes it off the list. */
    private inner class TaskRow(task: Task) : SettingsRow(context, colours) {
        init {
            makePressable(colours) { onTask(task) }
            val dismiss = textButton(context, colours, resources.getString(R.string.walletlock_tidy_dismiss))
            dismiss.contentDescription = resources.getString(R.string.walletlock_tidy_dismiss_this, resources.titleOf(task))
            dismiss.setOnClickListener { onDismiss(task) }
            addView(dismiss, LayoutParams(WRAP_CONTENT, WRAP_CONTENT))
            setPaddingRelative(paddingStart, paddingTop, 0, paddingBottom)
        }

        override fun getAccessibilityClassName(): CharSequence = Button::class.java.name
    }

    private fun below(above: Int) = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(above) }

    private companion object {
        const val HEADING_SP = 24f
        const val BODY_SP = 16f
        const val GAP_DP = 24
        const val LINE_DP = 3
    }
}

internal fun Resources.titleOf(task: Task): String = getString(
    when (task) {
        Task.REGISTER_PHONE -> R.string.walletlock_tidy_register
        Task.SECOND_FACTOR -> R.string.walletlock_tidy_factor
        Task.CHANNELS -> R.string.walletlock_tidy_channels
        Task.REVIEW_JOURNAL -> R.string.walletlock_tidy_journal
        Task.BIOMETRICS -> R.string.walletlock_tidy_biometrics
        Task.SHEET -> R.string.walletlock_tidy_sheet
        Task.CHANGE_PIN -> R.string.walletlock_tidy_pin
        Task.REPORT -> R.string.walletlock_tidy_report
    },
)

private fun Resources.bodyOf(task: Task): String = getString(
    when (task) {
        Task.REGISTER_PHONE -> R.string.walletlock_tidy_register_body
        Task.SECOND_FACTOR -> R.string.walletlock_tidy_factor_body
        Task.CHANNELS -> R.string.walletlock_tidy_channels_body
        Task.REVIEW_JOURNAL -> R.string.walletlock_tidy_journal_body
        Task.BIOMETRICS -> R.string.walletlock_tidy_biometrics_body
        Task.SHEET -> R.string.walletlock_tidy_sheet_body
        Task.CHANGE_PIN -> R.string.walletlock_tidy_pin_body
        Task.REPORT -> R.string.walletlock_tidy_report_body
    },
)
