package dev.walletlock

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class StatusWatchTest {
    @Test
    fun `the next look is when a second less is left, or a minute less of more than a day`() {
        val table = mapOf(1L to 1L, 400L to 400L, 1_000L to 1_000L, 1_001L to 1L, 12_400L to 400L, 30_000L to 1_000L) +
            mapOf(DAY to 1_000L, DAY + 1 to 1L, DAY + 90_000 to 30_000L)
        assertEquals(table, table.mapValues { (remainingMs, _) -> msToNextTick(remainingMs) })
    }

    private companion object {
        const val DAY = 86_400_000L
    }
}
