package com.example.wallet

import android.app.Activity
import android.os.Bundle
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.LockStatus
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock

/** A PIN screen of the app's own: the digits go straight into the entry. */
class UnlockScreen : Activity() {
    private val entry = PinEntry()
    lateinit var message: TextView
        private set

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val screen = LinearLayout(this).apply { orientation = LinearLayout.VERTICAL }
        message = TextView(this).also(screen::addView)
        for (digit in 0..9) {
            val key = Button(this).apply {
                text = digit.toString()
                tag = digit
                setOnClickListener { entry.push(digit) }
            }
            screen.addView(key)
        }
        setContentView(screen)
    }

    /** All digits are typed. */
    suspend fun submit(lock: WalletLock): Session? = when (val outcome = lock.verifyPin(entry)) {
        is PinOutcome.Right -> outcome.session
        is PinOutcome.Wrong -> null.also { message.text = "${outcome.triesLeft} tries left." }
        is PinOutcome.Locked -> null.also { show(outcome.status) }
        is PinOutcome.NoVerdict -> null.also { message.text = "Please try again." }
    }

    private fun show(status: LockStatus) {
        message.text = when (status) {
            is LockStatus.CoolingDown -> "Please wait ${status.remaining.inWholeSeconds} seconds."
            is LockStatus.Locked -> "Locked."
            else -> ""
        }
    }

    override fun onDestroy() {
        super.onDestroy()
        entry.close()
    }
}
