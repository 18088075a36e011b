package dev.walletlock.phone

import dev.walletlock.fakes.FakeEntropy
import dev.walletlock.fakes.FakePhone
import java.security.SecureRandom
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.experimental.LazyApplication
import org.robolectric.annotation.experimental.LazyApplication.LazyLoad

/** The phone as a program: serves the app until the process ends. */
@RunWith(RobolectricTestRunner::class)
@LazyApplication(LazyLoad.ON)
@Config(shadows = [PhonePlatform::class, PlainRipple::class])
class Program {
    @Test
    fun serve() {
        val port = System.getProperty("walletlock.phone.port", "0").toInt()
        val phone = Phone(FakePhone(entropy = FakeEntropy(SecureRandom().nextLong())))
        phone.opensApp()
        Server(phone, port).use { server ->
            println("\n    The phone is here:  ${server.address}\n    It ends with Ctrl-C, and forgets everything.\n")
            phone.mainLoop.run()
        }
    }
}
