package dev.walletlock

import java.io.IOException
import java.io.Writer
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class JournalTest : LockTest() {
    @Test
    fun `pages go from the newest line to the first without a gap`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                repeat(7) { session.vault.write("item-$it", byteArrayOf(1)) }
                val pages = mutableListOf<JournalPage>()
                var query = JournalQuery(limit = 4)
                while (true) {
                    val page = session.journal.page(query).also(pages::add)
                    query = query.copy(below = page.next ?: break)
                }
                assertEquals(listOf(4, 4, 2), pages.map { it.entries.size })
                assertEquals((10L downTo 1L).toList(), pages.flatMap { it.entries }.map { it.number })
            }
        }
    }

    @Test
    fun `lines are found by kind, by text and by time`() = runTest {
        openEnrolled().use { lock ->
            val begin = phone.clock.now().wallMs
            phone.clock.advanceMs(1_000)
            lock.verify(WRONG)
            phone.clock.advanceMs(1_000)
            lock.unlock().use { session ->
                session.vault.write("card-token", byteArrayOf(1))
                session.vault.write("note", byteArrayOf(2))
                suspend fun found(query: JournalQuery) = session.journal.page(query).entries.map { it.kind }

                assertEquals(listOf(JournalKind.PIN_WRONG), found(JournalQuery(kinds = setOf(JournalKind.PIN_WRONG))))
                assertEquals(
                    listOf(JournalKind.ITEM_WRITTEN),
                    found(JournalQuery(text = "CARD")),
                    "upper and lower case alike",
                )
                val middle = JournalQuery(fromWallMs = begin + 1_000, untilWallMs = begin + 2_000)
                assertEquals(listOf(JournalKind.PIN_WRONG, JournalKind.PIN_TRIED), found(middle))
                assertEquals(emptyList<JournalKind>(), found(JournalQuery(text = "no such text")))
            }
        }
    }

    @Test
    fun `a line says when it was written and what it is about`() = runTest {
        openEnrolled().use { lock ->
            phone.clock.advanceMs(1_234)
            val now = phone.clock.now()
            lock.unlock().use { session ->
                session.vault.write("card-token", byteArrayOf(1))
                val line = session.journal.page(JournalQuery(limit = 1)).entries.single()
                val expected = JournalEntry(
                    number = 4,
                    wallMs = now.wallMs,
                    bootCount = now.bootCount,
                    sinceBootMs = now.sinceBootMs,
                    kind = JournalKind.ITEM_WRITTEN,
                    details = mapOf("item" to "card-token"),
                )
                assertEquals(expected, line)
            }
        }
    }

    @Test
    fun `an export holds every line and ends with a signature`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                // More lines than an export fetches at once.
                repeat(600) { session.vault.write("item-$it", byteArrayOf(1)) }
                val lines = StringBuilder().also { session.journal.export(it) }.lines().filter { it.isNotEmpty() }
                assertEquals(603 + 2, lines.size)
                val publicKey = session.journal.key().joinToString("") { "%02x".format(it) }
                assertEquals(64, publicKey.length)
                assertTrue("\"public_key\":\"$publicKey\"" in lines.first(), lines.first())
                lines.drop(1).dropLast(1).forEachIndexed { i, line -> assertTrue("\"number\":${i + 1}," in line, line) }
                assertTrue("\"item\":\"item-599\"" in lines[603], lines[603])
                assertTrue("\"lines\":603" in lines.last() && "\"signature\"" in lines.last(), lines.last())
            }
        }
    }

    @Test
    fun `an export ends with what its target throws`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                val full = object : Writer() {
                    override fun write(chars: CharArray, offset: Int, length: Int) = throw IOException("full")

                    override fun flush() = Unit

                    override fun close() = Unit
                }
                assertEquals("full", assertThrows<IOException> { session.journal.export(full) }.message)
            }
        }
    }

    @Test
    fun `the chain is intact, and a line changed behind the lock's back is named`() = runTest {
        val lineMs: Long
        openEnrolled().use { lock ->
            lineMs = phone.clock.now().wallMs + 123_456
            phone.clock.setWallClock(lineMs)
            lock.verify(WRONG)
            phone.clock.setWallClock(lineMs + 1)
            lock.unlock().close()
            assertEquals(Chain.Intact(lines = 5), lock.verifyJournal())
        }
        // SQLite stores this number as six bytes, big-endian. Lines 2 and 3, the attempt and its verdict, hold it.
        val bytes = file.readBytes()
        val stored = ByteArray(6) { (lineMs shr 8 * (5 - it)).toByte() }
        val places = (0..bytes.size - 6).filter { at -> stored.indices.all { bytes[at + it] == stored[it] } }
        assertTrue(places.isNotEmpty())
        places.forEach { at -> bytes[at + 5] = (bytes[at + 5] + 1).toByte() }
        file.writeBytes(bytes)
        open().use { lock ->
            assertEquals(Chain.BrokenAt(number = 2), lock.verifyJournal())
            assertTrue(lock.status.value is LockStatus.Ready, "the wallet itself is not locked by it")
        }
    }
}
