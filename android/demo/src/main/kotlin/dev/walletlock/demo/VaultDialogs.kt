package dev.walletlock.demo

import dev.walletlock.JournalQuery
import dev.walletlock.Session
import java.io.IOException
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Paths

/** The dialogs of an open wallet: its items and its journal. */
internal class VaultDialogs(
    private val session: Session,
    private val keyboard: Keyboard,
    private val out: PrintStream,
) {
    suspend fun keep() {
        val item = keyboard.line("Its name: ")?.takeIf { it.isNotBlank() } ?: return
        val bytes = keyboard.line("What to keep: ")?.toByteArray() ?: return
        session.vault.write(item, bytes)
        bytes.fill(0)
        out.println("Kept.")
    }

    suspend fun read() {
        val item = choose() ?: return
        val bytes = session.vault.read(item)
        out.println(bytes?.let { String(it) } ?: "There is nothing of that name.")
        bytes?.fill(0)
    }

    suspend fun delete() {
        val item = choose() ?: return
        out.println(if (session.vault.delete(item)) "Deleted." else "There is nothing of that name.")
    }

    suspend fun journal() {
        val text = keyboard.line("With which text in it? (Enter for all) ")?.ifBlank { null }
        var query = JournalQuery(limit = 15, text = text)
        while (true) {
            val page = session.journal.page(query)
            if (page.entries.isEmpty()) out.println("Nothing.")
            page.entries.forEach { out.println(inWords(it)) }
            query = query.copy(below = page.next ?: return)
            if (keyboard.line("Enter for more, q to stop: ") != "") return
        }
    }

    suspend fun export() {
        val name = keyboard.line("To which file? ")?.takeIf { it.isNotBlank() } ?: return
        try {
            Files.newBufferedWriter(Paths.get(name)).use { session.journal.export(it) }
            out.println("Exported. Whoever has this file can read it.")
        } catch (fault: IOException) {
            out.println("That file cannot be written: ${fault.message}")
        }
    }

    private suspend fun choose(): String? {
        val items = session.vault.names()
        if (items.isEmpty()) return null.also { out.println("Nothing is kept here yet.") }
        out.println("Kept: ${items.joinToString()}")
        return keyboard.line("Which one? ")?.takeIf { it.isNotBlank() }
    }
}
