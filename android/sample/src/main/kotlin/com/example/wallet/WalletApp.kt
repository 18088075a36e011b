package com.example.wallet

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import dev.walletlock.android.AlertNotifications
import dev.walletlock.android.LockGuard
import dev.walletlock.android.LockScreens
import dev.walletlock.android.shared
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** Puts the lock in front of every screen. An app needs no more than this. */
class WalletApp : Application() {
    lateinit var guard: LockGuard
        private set

    /** What a shop asks for. */
    val checkout: Checkout by lazy { courier?.checkout ?: Checkout() }

    override fun onCreate() {
        super.onCreate()
        LockScreens.useLock { lock(it) }
        LockScreens.useTasks(Tasks::begin)
        guard = LockGuard.install(this, firstRun = { Intent(it, WelcomeActivity::class.java) })
        courier?.start(this)
        alerting.launch { withoutFault { AlertNotifications(this@WalletApp).show(lock(this@WalletApp)) } }
    }

    companion object {
        private val alerting = MainScope()

        /** The one lock of this app. */
        suspend fun lock(context: Context): WalletLock =
            WalletLock.shared(context, withContext(Dispatchers.IO) { courier?.policy ?: policy })

        /**
         * The default waits, whom a locked-out person can call, and the limits of a preset for payments in euros. It is loaded by
         * native code, so not on the main thread.
         */
        val policy: Policy by lazy {
            Policy.json(
                """{
                    "name": "sample",
                    "contacts": [
                        { "kind": "phone", "value": "+31 20 555 0100" },
                        { "kind": "form", "value": "https://wallet.example/complaint" },
                        { "kind": "social", "value": "@wallet.example" },
                        { "kind": "police", "value": "report the theft at your police station" }
                    ],
                    "payment": "psd2"
                }""",
            )
        }

        /** Carries words between the lock and a server of the wallet's provider. Null: the wallet has no provider. */
        var courier: Courier? = null
    }
}

val Activity.guard: LockGuard get() = (application as WalletApp).guard
val Activity.checkout: Checkout get() = (application as WalletApp).checkout
