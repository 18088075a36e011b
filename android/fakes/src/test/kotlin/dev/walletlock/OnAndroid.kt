package dev.walletlock

import android.os.Build
import android.os.SystemClock
import dev.walletlock.fakes.FakeAndroidKeyStore
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeEach

/** For tests of the platform parts for Android: installs a fake keystore, and checks that no operation is left open. */
abstract class OnAndroid : LockTest() {
    protected val keystore = FakeAndroidKeyStore()

    @BeforeEach
    fun begin() {
        keystore.install()
        keystore.stopwatch = FakeAndroidKeyStore.Stopwatch { SystemClock.nowMs += it }
        Build.VERSION.SDK_INT = 35
    }

    @AfterEach
    fun end() {
        keystore.close()
        assertEquals(0, keystore.openOperations, "a phone's keystore has few at a time")
    }
}
