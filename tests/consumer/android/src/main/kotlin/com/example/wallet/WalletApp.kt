package com.example.wallet

import android.app.Application
import dev.walletlock.Platform
import dev.walletlock.WalletLock
import dev.walletlock.android.AndroidBiometrics
import dev.walletlock.android.AutoLock
import dev.walletlock.android.open
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async

/** One lock for the whole app, opened in the background when a screen first asks for it. */
class WalletApp : Application() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val lock: Deferred<WalletLock> = scope.async(start = CoroutineStart.LAZY) { opened(onThisPhone()) }

    private fun onThisPhone() = Platform.android(this, AndroidBiometrics(this))

    /** As the tests do it too, with a phone of fakes. */
    suspend fun opened(platform: Platform): WalletLock =
        WalletLock.open(this, platform = platform).also { AutoLock.start(this, it, afterSeconds = 30) }
}
