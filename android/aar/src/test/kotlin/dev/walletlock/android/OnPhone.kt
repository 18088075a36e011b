package dev.walletlock.android

import android.app.Application
import android.provider.Settings
import dev.walletlock.Enrolment
import dev.walletlock.PinOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.fakes.pinOf
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment

const val RIGHT = "835179"
const val WRONG = "264830"

suspend fun WalletLock.enrolled(): Session = pinOf(RIGHT).use { (enrol(it) as Enrolment.Enrolled).session }

suspend fun WalletLock.verify(pin: String): PinOutcome = pinOf(pin).use { verifyPin(it) }

/** A phone that has started seven times: Robolectric's does not say. */
class OnPhone : ExternalResource() {
    val application: Application get() = RuntimeEnvironment.getApplication()

    override fun before() {
        Settings.Global.putInt(application.contentResolver, Settings.Global.BOOT_COUNT, 7)
    }
}
