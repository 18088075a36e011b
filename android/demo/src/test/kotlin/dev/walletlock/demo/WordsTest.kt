package dev.walletlock.demo

import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.JournalKind
import dev.walletlock.Money
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class WordsTest {
    private val second = 1_000L
    private val minute = 60 * second
    private val hour = 60 * minute
    private val day = 24 * hour

    @Test
    fun `a wait in words is rounded up, never down`() {
        val table = mapOf(
            1L to "1 second",
            second to "1 second",
            second + 1 to "2 seconds",
            30 * second to "30 seconds",
            minute to "1 minute",
            4 * minute + 12 * second to "4 minutes 12 seconds",
            59 * minute + 59 * second to "59 minutes 59 seconds",
            hour to "1 hour",
            hour + 1 to "1 hour 1 minute",
            3 * hour + 20 * minute to "3 hours 20 minutes",
            12 * hour to "12 hours",
            day - second to "24 hours",
            day to "1 day",
            2 * day + 1 to "2 days 1 hour",
            3285 * day to "3285 days",
        )
        assertEquals(table, table.mapValues { (ms, _) -> durationInWords(ms) })
    }

    @Test
    fun `a countdown shows every second`() {
        val table = mapOf(
            1L to "0:01",
            30 * second to "0:30",
            4 * minute + 12 * second to "4:12",
            hour to "1:00:00",
            12 * hour - second to "11:59:59",
            12 * hour - second + 1 to "12:00:00",
            day to "1 day 0:00:00",
            41 * day + 3 * hour + 5 * second to "41 days 3:00:05",
        )
        assertEquals(table, table.mapValues { (ms, _) -> countdown(ms) })
    }

    @Test
    fun `each kind of line has words of its own`() {
        assertEquals(JournalKind.entries.size, JournalKind.entries.map(::inWords).toSet().size)
    }

    @Test
    fun `what is counted is counted in English`() {
        assertEquals(listOf("0 tries", "1 try", "2 tries"), (0L..2L).map { counted(it, "try") })
        assertEquals(listOf("1 day", "2 days"), (1L..2L).map { counted(it, "day") })
    }

    @Test
    fun `money is written exactly, and typed in euros`() {
        val written = listOf(Money(1_250, "EUR"), Money(5, "EUR"), Money(1_250, "JPY"), Money(1_250, "KWD"))
        assertEquals(listOf("EUR 12.50", "EUR 0.05", "JPY 1250", "KWD 1.250"), written.map { inWords(it) })
        val table = mapOf(
            "12.50" to 1_250L,
            "12" to 1_200L,
            "0.05" to 5L,
            "999999999.99" to 99_999_999_999L,
            "" to null,
            "12.5" to null,
            "12,50" to null,
            "-1" to null,
            "1000000000" to null,
        )
        assertEquals(table, table.mapValues { (typed, _) -> parseEuros(typed)?.minor })
    }

    @Test
    fun `why a finger will not do is said in words of its own`() {
        val sentences = BiometricDenial.entries.map { inWords(it) } + BiometricEnd.entries.map { inWords(it) }
        assertTrue(sentences.all { it.endsWith(".") }, sentences.joinToString("\n"))
        val shared = sentences.groupBy { it }.filterValues { it.size > 1 }
        val expected = listOf(BiometricDenial.ENROLMENT_CHANGED, BiometricDenial.NO_HARDWARE, BiometricDenial.NONE_ENROLLED)
        assertEquals(expected.map { inWords(it) }.toSet(), shared.keys, "for those both say the same")
    }

    @Test
    fun `times are typed with their unit`() {
        val table = mapOf(
            "30s" to 30 * second,
            "5m" to 5 * minute,
            "2h" to 2 * hour,
            "7d" to 7 * day,
            "0s" to 0L,
            "" to null,
            "5" to null,
            "h" to null,
            "-5m" to null,
            "5 parsecs" to null,
            "9999999999d" to null,
            "3651d" to null,
        )
        assertEquals(table, table.mapValues { (typed, _) -> parseTime(typed) })
    }
}
