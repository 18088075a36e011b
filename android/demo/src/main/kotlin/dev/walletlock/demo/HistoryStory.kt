package dev.walletlock.demo

import dev.walletlock.Chain
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import dev.walletlock.LockStatus
import dev.walletlock.PinChange
import dev.walletlock.Session
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeoutOrNull

/** U16: she can look through what happened, and nobody can change it unnoticed. */
internal class HistoryStory : Story {
    override val name = "U16"
    override val title = "She looks through what happened"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        listen(stage, app) { live(stage, app) }
        val lines = stage.unlock(app.lock, NEW_PIN).use { session ->
            look(stage, session).also { export(stage, session, it) }
        }
        val last = lines.first().number
        checkChain(stage, app, Chain.Intact(last))
        val kept = lines.single { it.kind == JournalKind.ITEM_WRITTEN }
        tamper(stage, app, kept)
        "$last lines, looked through by page, kind, text and time; exported, signed; an edited line noticed and named"
    }

    /** Runs [live], and checks that the app receives each journal line as it is written. */
    private suspend fun listen(stage: Stage, app: DemoApp, live: suspend () -> Unit) = coroutineScope {
        val toHear = HAPPENED.dropLast(UNLOCKED_LINES)
        val hearing = async(start = CoroutineStart.UNDISPATCHED) { app.lock.events.take(toHear.size).toList() }
        live()
        val heard = withTimeoutOrNull(HEARS_WITHIN_MS) { hearing.await() }.orEmpty()
        hearing.cancel()
        stage.expect("what the app heard meanwhile", toHear, heard.map { it.kind })
    }

    private suspend fun live(stage: Stage, app: DemoApp) {
        stage.setPin(app.lock).use { session ->
            app.phone.clock.skip(HOUR_MS / 60)
            session.vault.write("card-token", "4000 1234".toByteArray())
            stage.say("She keeps her card's token.")
            app.phone.clock.skip(HOUR_MS / 60)
            val change = stage.typed(PIN).use { old -> stage.typed(NEW_PIN).use { session.access.changePin(old, it) } }
            stage.expect("another PIN", PinChange.Changed(biometricsOn = false), change)
            stage.say("She changes her PIN to ${stage.spaced(NEW_PIN)}.")
        }
        app.phone.clock.skip(8 * HOUR_MS)
        stage.say("Eight hours later someone tries two PINs.")
        stage.who = "He"
        repeat(2) { stage.enterPin(app.lock, "26483$it") }
        app.phone.clock.skip(8 * HOUR_MS)
        stage.say("After another eight hours she unlocks it.")
        stage.who = "She"
    }

    private suspend fun look(stage: Stage, session: Session): List<JournalEntry> {
        stage.say("What happened, page by page:")
        val pages = mutableListOf<List<JournalEntry>>()
        var query = JournalQuery(limit = 5)
        while (true) {
            val page = session.journal.page(query)
            pages += page.entries
            page.entries.forEach { stage.show(inWords(it)) }
            query = query.copy(below = page.next ?: break)
        }
        val lines = pages.flatten()
        stage.expect("newest first, without a gap", (lines.size downTo 1).toList(), lines.map { it.number.toInt() })
        stage.expect("what happened", HAPPENED, lines.reversed().map { it.kind })

        find(stage, session, "Only wrong PINs:", JournalQuery(kinds = setOf(JournalKind.PIN_WRONG)), expected = 2)
        find(stage, session, "Only what has 'card' in it:", JournalQuery(text = "card"), expected = 1)
        val wrong = lines.filter { it.kind == JournalKind.PIN_WRONG }.map { it.wallMs }
        val around = JournalQuery(fromWallMs = wrong.min() - HOUR_MS, untilWallMs = wrong.max() + HOUR_MS)
        find(stage, session, "Only around those two:", around, expected = 4)
        return lines
    }

    private suspend fun find(stage: Stage, session: Session, title: String, query: JournalQuery, expected: Int) {
        stage.say(title)
        val found = session.journal.page(query).entries
        found.forEach { stage.show(inWords(it)) }
        stage.expect("$title lines", expected, found.size)
    }

    private suspend fun export(stage: Stage, session: Session, lines: List<JournalEntry>) {
        stage.say("She exports it, signed, for her bank.")
        val export = StringBuilder().also { session.journal.export(it) }.toString()
        stage.show("${lines.size} lines and a signature, ${export.length} bytes of JSON.")
        stage.expect("lines of the export", lines.size + 2, export.trim().lines().size)
        val key = session.journal.key()
        stage.expect("the signature, checked with Java's own cryptography", isSigned(export, key))
        stage.expect("the signature under another end", !isSigned(export.replace("\"head\":\"", "\"head\":\"00"), key))
        stage.show("Java's own cryptography finds the signature good, and with another end not good.")
    }

    private suspend fun tamper(stage: Stage, app: DemoApp, line: JournalEntry) {
        stage.say("Someone with the file in his hands changes the time of line ${line.number}.")
        app.restart { changeTime(app.phone.database, line.wallMs) }
        stage.expect("the wallet itself still opens", app.lock.status.value is LockStatus.Ready)
        checkChain(stage, app, Chain.BrokenAt(line.number))
    }

    private suspend fun checkChain(stage: Stage, app: DemoApp, expected: Chain) {
        stage.say("She lets the wallet check its journal.")
        val chain = app.lock.verifyJournal()
        stage.show(inWords(chain))
        stage.expect("the journal", expected, chain)
    }

    /** Changes the time [wallMs] in the database file. SQLite stores such a number as six bytes, big-endian. */
    private fun changeTime(database: Path, wallMs: Long) {
        val bytes = Files.readAllBytes(database)
        val stored = ByteArray(TIME_BYTES) { (wallMs shr Byte.SIZE_BITS * (TIME_BYTES - 1 - it)).toByte() }
        val places = (0..bytes.size - TIME_BYTES).filter { at -> stored.indices.all { bytes[at + it] == stored[it] } }
        if (places.isEmpty()) throw StoryFailed("the line was not found in the file")
        for (at in places) bytes[at + TIME_BYTES - 1]++
        Files.write(database, bytes)
    }

    private companion object {
        const val TIME_BYTES = 6
        const val HEARS_WITHIN_MS = 60_000L

        /** The last two lines of [HAPPENED] come from the unlocking after [live]; [listen] does not wait for them. */
        const val UNLOCKED_LINES = 2

        val HAPPENED = listOf(
            JournalKind.ENROLLED,
            JournalKind.ITEM_WRITTEN,
            JournalKind.PIN_TRIED,
            JournalKind.PIN_RIGHT,
            JournalKind.PIN_CHANGED,
            JournalKind.PIN_TRIED,
            JournalKind.PIN_WRONG,
            JournalKind.PIN_TRIED,
            JournalKind.PIN_WRONG,
            JournalKind.PIN_TRIED,
            JournalKind.PIN_RIGHT,
        )
    }
}
