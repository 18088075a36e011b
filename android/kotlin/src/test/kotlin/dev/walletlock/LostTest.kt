package dev.walletlock

import java.util.concurrent.atomic.AtomicBoolean
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

class LostTest {
    @Test
    @Timeout(60)
    fun `what is lost is freed with the next, and what is not is left`() {
        val lostOne = AtomicBoolean()
        val keptOne = AtomicBoolean()
        val kept = Any()
        Lost.watch(kept, AutoCloseable { keptOne.set(true) })
        Lost.watch(Any(), AutoCloseable { lostOne.set(true) })
        // The collector says when; nothing else can.
        while (!lostOne.get()) {
            System.gc()
            Lost.watch(kept, AutoCloseable { })
        }
        assertFalse(keptOne.get(), "$kept is still here")
    }
}
