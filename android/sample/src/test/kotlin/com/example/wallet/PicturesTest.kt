package com.example.wallet

import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View
import dev.walletlock.Enrolment
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Draws the screens into target/pictures, for a person to look at. Waits for a screen's content before it draws the screen. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-xhdpi")
class PicturesTest {
    private val phone = Phone()

    @Test
    fun `light`() = draw("light")

    @Test
    @Config(qualifiers = "+night")
    fun `dark`() = draw("dark")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `Chinese`() = draw("chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `small, with large letters`() = draw("small")

    private fun draw(kind: String) {
        val lock = runBlocking { phone.opened(FakePhone().platform) }
        lock.use {
            val welcome = Robolectric.buildActivity(WelcomeActivity::class.java).setup().get()
            welcome.window.decorView.writeTo("welcome-$kind")
            phone.app.guard.keep(runBlocking { pinOf(PIN).use { (lock.enrol(it) as Enrolment.Enrolled).session } })
            phone.launch()
            phone.until("no card") { !phone.isCovered() && runBlocking { isCardThere() } }
            phone.screen.window.decorView.writeTo("home-$kind")
            phone.app.guard.close()
        }
    }

    private suspend fun isCardThere() = phone.app.guard.session.value?.vault?.names().orEmpty().isNotEmpty()

    private fun View.writeTo(name: String) {
        val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
        draw(Canvas(bitmap))
        val file = File(System.getProperty("wallet.pictures")!!, "$name.png")
        file.parentFile!!.mkdirs()
        file.outputStream().use { assertTrue(bitmap.compress(Bitmap.CompressFormat.PNG, 100, it)) }
    }

    private companion object {
        const val PIN = "835179"
    }
}
