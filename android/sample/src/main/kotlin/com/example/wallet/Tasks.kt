package com.example.wallet

import android.app.Activity
import android.widget.Toast
import dev.walletlock.Task
import java.io.IOException
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.launch

/** What the app itself does when a person puts things in order after a recovery. The lock's own screens do the rest. */
object Tasks {
    private val scope = MainScope()

    /** Returns whether the app does this task. */
    fun begin(screen: Activity, task: Task): Boolean {
        if (task != Task.REGISTER_PHONE) return false
        register(screen, WalletApp.courier ?: return false)
        return true
    }

    private fun register(screen: Activity, courier: Courier) {
        val context = screen.applicationContext
        scope.launch {
            whileItLives {
                val words = try {
                    if (courier.register(WalletApp.lock(context))) R.string.register_done else R.string.register_later
                } catch (_: IOException) {
                    R.string.register_offline
                }
                Toast.makeText(context, words, Toast.LENGTH_LONG).show()
            }
        }
    }
}
