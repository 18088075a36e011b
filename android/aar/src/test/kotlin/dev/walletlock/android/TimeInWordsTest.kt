package dev.walletlock.android

import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
class TimeInWordsTest {
    private val resources = RuntimeEnvironment.getApplication().resources

    @Test
    fun `one unit, rounded up`() {
        for ((waitMs, words) in listOf(
            -1L to "in 0 seconds",
            0L to "in 0 seconds",
            1L to "in 1 second",
            1_001L to "in 2 seconds",
            59_000L to "in 59 seconds",
            59_001L to "in 1 minute",
            60_000L to "in 1 minute",
            60_001L to "in 2 minutes",
            3_540_000L to "in 59 minutes",
            3_540_001L to "in 1 hour",
            23 * 3_600_000L to "in 23 hours",
            23 * 3_600_000L + 1 to "in 1 day",
            24 * 3_600_000L + 1 to "in 2 days",
            Long.MAX_VALUE to "in 106751991168 days",
        )) {
            assertEquals(words, resources.inWords(waitMs))
        }
    }

    @Test
    @Config(qualifiers = "zh-rCN")
    fun `in Chinese`() {
        for ((waitMs, words) in listOf(
            1_000L to "1 秒后",
            240_000L to "4 分钟后",
            7_200_000L to "2 小时后",
            172_800_000L to "2 天后",
        )) {
            assertEquals(words, resources.inWords(waitMs))
        }
    }

    @Test
    @Config(qualifiers = "de-rDE")
    fun `in English where we have no words of theirs`() {
        assertEquals("in 4 minutes", resources.inWords(240_000))
    }
}
