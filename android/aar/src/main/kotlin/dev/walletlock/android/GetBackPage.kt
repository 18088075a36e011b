package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.ImageView
import android.widget.LinearLayout
import dev.walletlock.Contact
import dev.walletlock.RecoveryProgress
import dev.walletlock.RecoveryWay
import dev.walletlock.WayState

/** What a person can press on a [GetBackPage]. */
internal class GetBackActions(
    val onWay: (RecoveryWay) -> Unit,
    val onNewPin: () -> Unit,
    val onMoreTries: () -> Unit,
    val onCancel: () -> Unit,
    val onChanged: () -> Unit,
    val onLeft: () -> Unit,
    val onStartAnew: () -> Unit,
    val onBack: () -> Unit,
    val onDue: () -> Unit,
)

/** Shows what is missing until the person is back in, and the ways to prove it; or what is left if no way reaches the person. */
internal class GetBackPage(context: Context, private val colours: Colours, private val actions: GetBackActions) :
    ScrollingPage(context) {
    private val layout = LockedLayout(context, colours)
    private val ticking = Ticking(this, ::tick)
    private var shown: Shown? = null
    private val rows = mutableListOf<Pair<SettingsRow, RecoveryWay>>()

    private class Shown(
        val progress: RecoveryProgress,
        val standing: Standing,
        /** The page asks with what to cancel, or with which former channel to pause. */
        val isChoice: Boolean,
        val canPause: Boolean,
    )

    init {
        fill(layout.whole)
        // Beside a long list the words stay at the top, where they are seen.
        (layout.whole as? LinearLayout)?.takeIf { it.orientation == LinearLayout.HORIZONTAL }?.gravity = Gravity.TOP
    }

    /** Shows the [ways], and what is missing. [canPause]: a change of where codes go can be paused. */
    fun showWays(progress: RecoveryProgress, standing: Standing, ways: List<RecoveryWay>, canPause: Boolean) {
        val now = Shown(progress, standing, isChoice = false, canPause)
        val isEnough = standing == Standing.NEW_PIN || standing == Standing.MORE_TRIES
        val listed = ways.filter { !isEnough || it.state is WayState.Proven }
        if (looksLike(now, listed)) return update(now, listed)
        begin(now, ways)
        layout.show(resources.notice(standing, progress, passedMs = 0), by = null, waitMs = progress.waitMs(0))
        when (standing) {
            Standing.NEW_PIN -> addButton(R.string.walletlock_back_new_pin, isPrimary = true, actions.onNewPin)
            Standing.MORE_TRIES -> addButton(R.string.walletlock_back_ask_tries, isPrimary = true, actions.onMoreTries)
            else -> Unit
        }
        val heading = if (isEnough) R.string.walletlock_way_proven else R.string.walletlock_back_ways
        addRows(heading, listed, isChoice = false)
        if (progress.proven.isNotEmpty()) addButton(R.string.walletlock_back_not_me, isPrimary = false, actions.onCancel)
        if (standing == Standing.NOTHING) {
            addQuiet(R.string.walletlock_back_what_left, actions.onLeft)
        } else if (!isEnough) {
            addQuiet(R.string.walletlock_back_none_reaches, actions.onLeft)
        }
        if (canPause) addQuiet(R.string.walletlock_back_changed, actions.onChanged)
    }

    /** Shows the ways to cancel what was proven. */
    fun showCancel(progress: RecoveryProgress, standing: Standing, ways: List<RecoveryWay>) {
        begin(Shown(progress, standing, isChoice = true, canPause = false), ways)
        showChoice(resources.cancelNotice(), R.string.walletlock_back_cancel_by, ways)
    }

    /** Shows the former channels. */
    fun showPause(progress: RecoveryProgress, standing: Standing, former: List<RecoveryWay>) {
        begin(Shown(progress, standing, isChoice = true, canPause = false), former)
        showChoice(resources.pauseNotice(), R.string.walletlock_back_pause_by, former)
    }

    private fun showChoice(notice: Notice, heading: Int, ways: List<RecoveryWay>) {
        layout.show(notice, by = null, waitMs = null)
        addRows(heading, ways, isChoice = true)
        addButton(R.string.walletlock_back_to_ways, isPrimary = false, actions.onBack)
    }

    /** Shows whom the person can turn to, and last that everything can be erased. */
    fun showLeft(isNothing: Boolean, contacts: List<Contact>) {
        begin(null, emptyList())
        layout.show(resources.leftNotice(isNothing), by = null, waitMs = null)
        layout.showToDo(R.string.walletlock_what_to_do)
        if (contacts.isEmpty()) {
            layout.remedies.addView(adviceCard(context, colours, resources.getString(R.string.walletlock_no_remedies)))
        }
        contacts.forEachIndexed { at, contact -> addWide(ContactView(context, colours, contact, isFirst = at == 0)) }
        addQuiet(R.string.walletlock_start_anew, actions.onStartAnew)
    }

    /** Says what became of the last thing that the person did. Null: nothing. */
    fun tell(text: String?): Unit = layout.tell(text)

    /** While a call is running, nothing can be pressed. */
    fun setBusy(isBusy: Boolean) {
        all(layout.remedies).filter { it.isClickable }.forEach { it.isEnabled = !isBusy }
    }

    private fun all(view: View): List<View> {
        val group = view as? LinearLayout ?: return listOf(view)
        return listOf(view) + (0 until group.childCount).flatMap { all(group.getChildAt(it)) }
    }

    private fun begin(now: Shown?, ways: List<RecoveryWay>) {
        shown = now
        rows.clear()
        layout.remedies.removeAllViews()
        layout.showToDo(null)
        layout.tell(null)
        val waits = now?.progress?.waitMs(0) != null || ways.any { it.leftMs != null }
        ticking.restart(runs = waits)
    }

    /** Whether the page shows the same rows and buttons already, so that only what they say is new. */
    private fun looksLike(now: Shown, ways: List<RecoveryWay>): Boolean {
        val before = shown ?: return false
        val isSame = before.standing == now.standing && before.isChoice == now.isChoice && before.canPause == now.canPause &&
            before.progress.proven.isEmpty() == now.progress.proven.isEmpty()
        return isSame && rows.size == ways.size && rows.zip(ways).all { (row, way) ->
            row.second.isSameAs(way) && lookOf(row.second) == lookOf(way)
        }
    }

    private fun lookOf(way: RecoveryWay): Int = when (way.state) {
        is WayState.Proven -> 0
        is WayState.Waiting -> 1
        else -> 2
    }

    /** Says what is new in place: a row that went away under a finger would not take its press. */
    private fun update(now: Shown, ways: List<RecoveryWay>) {
        shown = now
        val views = rows.map { (row, _) -> row }
        rows.clear()
        rows += views.zip(ways)
        layout.tell(null)
        setBusy(false)
        layout.show(resources.notice(now.standing, now.progress, passedMs = 0), by = null, waitMs = now.progress.waitMs(0))
        ticking.restart(runs = now.progress.waitMs(0) != null || ways.any { it.leftMs != null })
        tick()
    }

    private fun addRows(heading: Int, ways: List<RecoveryWay>, isChoice: Boolean) {
        if (ways.isEmpty()) return
        val column = LinearLayout(context)
        column.orientation = LinearLayout.VERTICAL
        val title = sectionHeading(context, colours, heading)
        if (layout.remedies.childCount == 0) (title.layoutParams as LinearLayout.LayoutParams).topMargin = 0
        column.addView(title)
        val card = SettingsCard(context, colours)
        for (way in ways) {
            val isProven = way.state is WayState.Proven && !isChoice
            val waits = way.state is WayState.Waiting
            val row = when {
                isProven -> ProvenRow(context, colours)
                waits -> SettingsRow(context, colours)
                else -> PressRow(context, colours, isAction = false) { press(way) }
            }
            row.show(resources.titleOf(way.kind), resources.bodyOf(way, passedMs = 0, isChoice))
            rows += row to way
            card.add(row)
        }
        column.addView(card)
        addWide(column)
    }

    /** What was listed may have been told anew since. */
    private fun press(listed: RecoveryWay) {
        rows.firstOrNull { (_, way) -> way.isSameAs(listed) }?.let { (_, way) -> actions.onWay(way) }
    }

    private fun tick() {
        val now = shown ?: return
        val passed = ticking.passedMs
        if (!now.isChoice) layout.tick(resources.notice(now.standing, now.progress, passed), now.progress.waitMs(passed))
        rows.forEach { (row, way) -> row.show(resources.titleOf(way.kind), resources.bodyOf(way, passed, now.isChoice)) }
        val waits = rows.mapNotNull { (_, way) -> way.leftMs } + listOfNotNull(now.progress.waitMs(0))
        if (waits.any { it <= passed }) actions.onDue()
    }

    private fun RecoveryWay.isSameAs(other: RecoveryWay): Boolean = kind == other.kind && channel == other.channel

    private val RecoveryWay.leftMs: Long?
        get() = when (val now = state) {
            is WayState.Sent -> now.validForMs
            is WayState.Waiting -> now.leftMs
            else -> null
        }

    private fun addButton(text: Int, isPrimary: Boolean, onPress: () -> Unit) {
        val button = wideButton(context, colours, resources.getString(text), isPrimary)
        button.setOnClickListener { onPress() }
        val above = if (layout.remedies.childCount > 0) GAP_DP else 0
        (button.layoutParams as LinearLayout.LayoutParams).topMargin = dp(above)
        layout.remedies.addView(button)
    }

    private fun addQuiet(text: Int, onPress: () -> Unit) {
        val button = textButton(context, colours, resources.getString(text))
        button.setOnClickListener { onPress() }
        val place = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
        place.gravity = Gravity.CENTER_HORIZONTAL
        place.topMargin = dp(GAP_DP)
        layout.remedies.addView(button, place)
    }

    private fun addWide(view: View) = layout.remedies.addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))

    private companion object {
        const val GAP_DP = 12
    }
}

/** A row about something that is proven, or done: it has a tick. */
internal class ProvenRow(context: Context, colours: Colours) : SettingsRow(context, colours) {
    init {
        val tick = ImageView(context)
        tick.setImageResource(R.drawable.walletlock_done)
        tick.setColorFilter(colours.brand)
        tick.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        addView(tick, LayoutParams(dp(TICK_DP), dp(TICK_DP)).apply { marginStart = dp(TICK_DP / 2) })
    }

    private companion object {
        const val TICK_DP = 24
    }
}
