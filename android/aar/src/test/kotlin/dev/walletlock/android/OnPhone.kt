package dev.walletlock.android

import android.app.Application
import android.os.Build
import android.provider.Settings
import dev.walletlock.Enrolment
import dev.walletlock.PinOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakeAndroidKeyStore
import dev.walletlock.fakes.pinOf
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment
import org.robolectric.util.ReflectionHelpers

const val RIGHT = "835179"
const val WRONG = "264830"

suspend fun WalletLock.enrolled(): Session = pinOf(RIGHT).use { (enrol(it) as Enrolment.Enrolled).session }

suspend fun WalletLock.verify(pin: String): PinOutcome = pinOf(pin).use { verifyPin(it) }

/** Installs a fake keystore during a test, because Robolectric has none. */
class InKeystore : ExternalResource() {
    val keystore = FakeAndroidKeyStore()

    override fun before() {
        keystore.install()
    }

    override fun after(): Unit = keystore.close()
}

/** Sets the API level that Android reports. The classes stay those of the Android that Robolectric runs. */
class AndroidVersion : ExternalResource() {
    private var real = 0

    fun becomes(sdk: Int) = ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", sdk)

    override fun before() {
        real = Build.VERSION.SDK_INT
    }

    override fun after() = becomes(real)
}

/** A phone with a boot count of 7. Robolectric's phone has no boot count. */
class OnPhone : ExternalResource() {
    val application: Application get() = RuntimeEnvironment.getApplication()

    override fun before() {
        Settings.Global.putInt(application.contentResolver, Settings.Global.BOOT_COUNT, 7)
    }
}
