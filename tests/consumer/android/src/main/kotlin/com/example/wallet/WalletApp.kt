package com.example.wallet

import android.app.Application
import dev.walletlock.Platform
import dev.walletlock.WalletLock
import dev.walletlock.android.AndroidBiometrics
import dev.walletlock.android.shared

/** One lock for the whole app, opened in the background when a screen first asks for it. */
class WalletApp : Application() {
    suspend fun lock(): WalletLock = opened(Platform.android(this, AndroidBiometrics(this)))

    /** As the tests do it too, with a phone of fakes. */
    suspend fun opened(platform: Platform): WalletLock = WalletLock.shared(this, platform = platform)
}
