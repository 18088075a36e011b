package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.net.Uri
import dev.walletlock.Card
import dev.walletlock.Contact
import dev.walletlock.Dispute
import dev.walletlock.DisputeEnd
import dev.walletlock.DisputeReason
import dev.walletlock.JournalEntry
import dev.walletlock.JournalQuery
import dev.walletlock.LockException
import dev.walletlock.Session
import dev.walletlock.Spent
import dev.walletlock.WalletLock
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** What a person looks for in the history, and does from there. */
internal class HistoryWork(lock: WalletLock) : SessionWork(lock) {
    /** What the screen shows. */
    sealed interface Page {
        /** The lines that were found. */
        data object Lines : Page

        /** The filters. */
        data object Filters : Page

        /** What was spent. */
        data object Months : Page

        /** One line. */
        class Line(val entry: JournalEntry) : Page

        /** The payment of this line is to be disputed. */
        class Disputing(val entry: JournalEntry) : Page

        /** A dispute. [ends]: the person says how it ended. */
        class Case(val number: Int, val ends: Boolean = false) : Page
    }

    var page: Page = Page.Lines
        private set
    var filter = HistoryFilter()
        private set
    var found: List<JournalEntry> = emptyList()
        private set

    /** How much was looked through, from 0 to 1. 1: the search is over. */
    var progress = 0f
        private set

    /** Whether a search goes on. */
    var isSearching = false
        private set

    /** Whether the search ended early, because it found enough. */
    var hasMore = false
        private set
    var disputes: List<Dispute> = emptyList()
        private set
    var cards: List<Card> = emptyList()
        private set
    var currencies: List<String> = emptyList()
        private set
    var contacts: List<Contact> = emptyList()
        private set

    /** Null: not known yet. */
    var spent: List<Spent>? = null
        private set

    // What the person says of a payment. In memory only; it survives a rotation.
    var reason = DisputeReason.NOT_MINE
    var text = ""

    /** The line of the payment that it is said of. */
    private var drafted = 0L

    /** The line that is shown first, once. 0: none. */
    var firstLine = 0L
    private var nowMs = System.currentTimeMillis()
    private var searching: Job? = null
    private var most = STEP

    override suspend fun load(open: Session) {
        look()
        if (firstLine > 0) open.journal.line(firstLine)?.let { page = Page.Line(it) }
        firstLine = 0
        // By the clock that wrote the lines: the newest says when this session began.
        nowMs = open.journal.page(JournalQuery(limit = 1)).entries.firstOrNull()?.wallMs ?: System.currentTimeMillis()
        search()
    }

    override suspend fun look() {
        val open = session ?: return
        disputes = open.disputes.all()
        if (page !is Page.Months) spent = null
        cards = open.cards.all()
        currencies = open.limits.all().map { it.limit.currency }.distinct()
        contacts = SettingsPolicy.of(lock.policy()).contacts
    }

    fun dispute(number: Int): Dispute? = disputes.firstOrNull { it.number == number }

    /** The open dispute of the payment that this line is about. */
    fun disputeOf(entry: JournalEntry): Dispute? =
        entry.details?.get("payment")?.let { id -> disputes.lastOrNull { it.payment == id && it.ended == null } }

    fun go(to: Page) {
        if (to is Page.Disputing && to.entry.number != drafted) {
            drafted = to.entry.number
            reason = DisputeReason.NOT_MINE
            text = ""
        }
        page = to
        said = null
        if (to is Page.Months && spent == null) sumUp()
        onChange()
    }

    private fun sumUp() = once(waits = true) { open ->
        spent = open.journal.summary().spent
    }

    fun type(text: String) {
        if (text == filter.text) return
        filter = filter.copy(text = text)
        search()
    }

    fun use(changed: HistoryFilter) {
        filter = changed
        search()
        onChange()
    }

    /** Searches anew. What was looked for before is given up. */
    fun search() {
        most = STEP
        find()
    }

    fun showMore() {
        most += STEP
        find()
    }

    private fun find() {
        val open = session ?: return
        searching?.cancel()
        said = null
        isSearching = true
        hasMore = false
        searching = scope.launch {
            val lines = mutableListOf<JournalEntry>()
            try {
                // Enough ends the flow early: nobody reads more than fits.
                open.journal.search(filter.query(nowMs)).collect { step ->
                    lines += step.entries
                    found = lines.take(most)
                    progress = step.progress
                    if (lines.size > most) throw Enough()
                    onChange()
                }
            } catch (_: Enough) {
                hasMore = true
                progress = 1f
            } catch (_: LockException.SessionEnded) {
                // The screen asks for the PIN.
            } catch (fault: LockException) {
                progress = 0f
                say(fault)
            }
            isSearching = false
            onChange()
        }
    }

    fun open(entry: JournalEntry) = change { open ->
        val dispute = open.disputes.open(entry.number, reason, text)
        isDone = true
        disputes = open.disputes.all()
        page = Page.Case(dispute.number)
        drafted = 0
        search()
        reportFreeze(lock)
    }

    fun report(number: Int, to: String) = change { open ->
        if (open.disputes.report(number, to)) isDone = true
    }

    fun end(number: Int, how: DisputeEnd) = change { open ->
        if (open.disputes.end(number, how)) isDone = true
        page = Page.Case(number)
    }

    /** Makes the evidence of the dispute that is shown, and gives it to the app; or has [pick] ask where the file should be. */
    fun makeEvidence(screen: Activity, pick: (Int) -> Unit) = once { open ->
        val dispute = (page as? Page.Case)?.let { dispute(it.number) } ?: return@once
        val file = open.disputes.evidence(dispute.number)
        if (LockScreens.evidence?.invoke(screen, dispute, file) == true) {
            said = PinNote.Text(R.string.walletlock_evidence_given)
        } else {
            pick(dispute.number)
        }
    }

    /** Writes the evidence of dispute [number] to [place]; if the session has ended meanwhile, after the PIN. */
    fun saveEvidence(context: Context, number: Int, place: Uri) = change(waits = true) { open ->
        val file = open.disputes.evidence(number)
        val isWritten = withContext(Dispatchers.IO) { context.isWritten(place, file) }
        said = PinNote.Text(if (isWritten) R.string.walletlock_evidence_saved else R.string.walletlock_evidence_not_saved)
    }

    /** Whether [said] says that something was done. */
    val isGood: Boolean
        get() = (said as? PinNote.Text)?.words.let { it == R.string.walletlock_evidence_saved || it == R.string.walletlock_evidence_given }

    override fun wordsOf(fault: LockException): PinNote? = when (fault) {
        is LockException.Invalid -> when (fault.what) {
            "dispute text" -> PinNote.Text(R.string.walletlock_dispute_text_wrong)
            "journal line" -> PinNote.Text(R.string.walletlock_evidence_gone)
            else -> null
        }
        is LockException.LimitReached -> PinNote.Text(R.string.walletlock_dispute_too_many)
        else -> null
    }

    override fun onEnded() {
        searching?.cancel()
        found = emptyList()
        if (page !is Page.Case) page = Page.Lines
        drafted = 0
        spent = null
    }

    /** Ends a search of which enough was found. */
    private class Enough : RuntimeException() {
        override fun fillInStackTrace(): Throwable = this
    }

    private companion object {
        const val STEP = 50
    }
}

private fun Context.isWritten(place: Uri, text: String): Boolean = try {
    // Truncated: the person may have picked a file that exists.
    contentResolver.openOutputStream(place, "wt")?.use { it.write(text.toByteArray()) } != null
} catch (_: IOException) {
    false
} catch (_: RuntimeException) {
    // Who keeps the file is another app, and Android passes on what it throws.
    false
}
