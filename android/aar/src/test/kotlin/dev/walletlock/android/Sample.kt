package dev.walletlock.android

import android.app.Activity
import android.os.Bundle
import android.view.Gravity
import android.widget.TextView
import org.robolectric.Robolectric
import org.robolectric.android.controller.ActivityController

/** A screen with a line in English and a line in Chinese. */
class Sample : Activity() {
    lateinit var text: TextView

    override fun onCreate(state: Bundle?) {
        setTheme(android.R.style.Theme_DeviceDefault_DayNight)
        super.onCreate(state)
        text = TextView(this)
        text.text = LINES
        text.textSize = TEXT_SP
        text.gravity = Gravity.CENTER
        setContentView(text)
    }

    companion object {
        const val LINES = "in 4 minutes\n4 分钟后"
        const val TEXT_SP = 24f

        fun shown(): Sample = controller().get()

        /** A screen that is laid out, after everything that waited for the main thread was done. */
        fun controller(): ActivityController<Sample> = Robolectric.buildActivity(Sample::class.java).setup()
    }
}
