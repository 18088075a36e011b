package com.example.wallet

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.android.SetPinActivity

/** The first screen of the first run. The library provides the next two: choosing a PIN, and switching biometrics on. */
class WelcomeActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.welcome)
        requireView<View>(R.id.choose).setOnClickListener { startActivityForResult(SetPinActivity.intent(this), CHOOSE) }
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        // The PIN is set already: the process may have ended just after it was set.
        if (resultCode == SetPinActivity.RESULT_HAS_PIN) return finish()
        val session = SetPinActivity.takeSession(data) ?: return
        // The guard uncovers the screen behind this one.
        guard.keep(session)
        finish()
    }

    private companion object {
        const val CHOOSE = 1
    }
}
