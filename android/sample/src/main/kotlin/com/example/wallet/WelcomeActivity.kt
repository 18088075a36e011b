package com.example.wallet

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.android.MakeRecoveryCodeActivity
import dev.walletlock.android.SetPinActivity

/** The first screen of the first run. The library provides the next ones: the PIN, biometrics, and the recovery code. */
class WelcomeActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.welcome)
        requireView<View>(R.id.choose).setOnClickListener { startActivityForResult(SetPinActivity.intent(this), CHOOSE) }
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        // The PIN is set already: the process may have ended just after it was set.
        if (resultCode == SetPinActivity.RESULT_HAS_PIN) return finish()
        if (requestCode == CHOOSE) {
            val session = SetPinActivity.takeSession(data) ?: return
            // The code counts at once, because this is the session of the first PIN.
            return startActivityForResult(MakeRecoveryCodeActivity.intent(this, session), MAKE_CODE)
        }
        // With a code or without: the guard uncovers the screen behind this one.
        MakeRecoveryCodeActivity.takeSession(data)?.let(guard::keep)
        finish()
    }

    private companion object {
        const val CHOOSE = 1
        const val MAKE_CODE = 2
    }
}
