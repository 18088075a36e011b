package dev.walletlock.phone

import com.example.wallet.WalletApp
import dev.walletlock.fakes.FakeEntropy
import dev.walletlock.fakes.FakePhone
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.cancel
import org.junit.After
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.experimental.LazyApplication
import org.robolectric.annotation.experimental.LazyApplication.LazyLoad

/** A new phone for each test, set up as in [Program]. */
@RunWith(RobolectricTestRunner::class)
@LazyApplication(LazyLoad.ON)
@Config(shadows = [PhonePlatform::class, PlainRipple::class])
abstract class OnPhone {
    val phone by lazy { Phone(FakePhone(entropy = FakeEntropy(made.incrementAndGet()))) }

    @After
    fun ends() {
        phone.scope.cancel()
        phone.stack.clear()
        (phone.application as WalletApp).guard.close()
        Journal.openLocks().forEach { it.close() }
    }

    private companion object {
        /** Seeds the entropy: two phones with the same randomness would make the same wallet. */
        val made = AtomicLong()
    }
}
