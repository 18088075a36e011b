package dev.walletlock

import java.util.concurrent.atomic.AtomicBoolean
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

class LeakReaperTest {
    @Test
    @Timeout(60)
    fun `what was dropped is freed when the next is made, and what was not dropped is left`() {
        val droppedOne = AtomicBoolean()
        val keptOne = AtomicBoolean()
        val kept = Any()
        LeakReaper.watch(kept, AutoCloseable { keptOne.set(true) })
        LeakReaper.watch(Any(), AutoCloseable { droppedOne.set(true) })
        // The garbage collector decides when it finds the dropped object, so this repeats until then.
        while (!droppedOne.get()) {
            System.gc()
            LeakReaper.watch(kept, AutoCloseable { })
        }
        assertFalse(keptOne.get(), "$kept is still here")
    }
}
