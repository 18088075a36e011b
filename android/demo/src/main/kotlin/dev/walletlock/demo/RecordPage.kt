package dev.walletlock.demo

import java.io.RandomAccessFile
import java.nio.file.Path

/**
 * The page of the wallet's file that holds its record, for damaging it without SQL. The table `record` was created first, so
 * its page is the one after the schema (https://www.sqlite.org/fileformat2.html, 1.6 'B-tree Pages').
 */
internal class RecordPage(private val database: Path) {
    /** Takes the row away, as `DELETE FROM record` does. */
    fun empty() = onPage { file, begin, size ->
        file.seek(begin)
        file.write(byteArrayOf(LEAF, 0, 0, 0, 0, (size shr 8).toByte(), size.toByte(), 0))
    }

    /** Overwrites a part in the middle of the row with zeros. */
    fun tear() = onPage { file, begin, _ ->
        file.seek(begin + FIRST_CELL)
        val cell = file.readUnsignedShort()
        file.seek(begin + cell + KEPT_BYTES)
        file.write(ByteArray(TORN_BYTES))
    }

    private fun onPage(change: (RandomAccessFile, Long, Int) -> Unit) = RandomAccessFile(database.toFile(), "rw").use { file ->
        file.seek(PAGE_SIZE)
        val size = file.readUnsignedShort()
        file.seek(size.toLong())
        if (file.readByte() != LEAF) throw StoryFailed("the record's page is not where the demo looks for it")
        change(file, size.toLong(), size)
    }

    private companion object {
        /** The place of the page size in the file's header. */
        const val PAGE_SIZE = 16L

        /** The first byte of a page that holds rows and no further pages. */
        const val LEAF: Byte = 13

        /** The place of the pointer to the first row, in the page. */
        const val FIRST_CELL = 8

        /** So many bytes of the row stay as they are: its header and its open columns are in them. */
        const val KEPT_BYTES = 150
        const val TORN_BYTES = 200
    }
}
