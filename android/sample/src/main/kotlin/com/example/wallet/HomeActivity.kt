package com.example.wallet

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.TextView
import dev.walletlock.LockException
import dev.walletlock.android.AllowanceNotice
import dev.walletlock.android.LockActivity
import dev.walletlock.android.SecuritySettingsActivity
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

/** Shows the card, and leads to all other screens. The guard covers this screen until the wallet is open. */
class HomeActivity : Activity() {
    private val scope = MainScope()
    private lateinit var token: TextView
    private lateinit var reveal: Button
    private lateinit var allowance: AllowanceNotice
    private var isRevealed = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.home)
        token = requireView(R.id.token)
        reveal = requireView(R.id.reveal)
        reveal.setOnClickListener { if (isRevealed) conceal() else askForPin() }
        requireView<View>(R.id.journal).setOnClickListener { startActivity(Intent(this, JournalActivity::class.java)) }
        requireView<View>(R.id.settings).setOnClickListener { startActivity(SecuritySettingsActivity.intent(this)) }
        requireView<View>(R.id.lock).setOnClickListener { guard.lockNow() }
        conceal()
        scope.launch { guard.session.filterNotNull().collect { whileItLives { Card.prepare(it) } } }
        allowance = requireView(R.id.allowance)
        allowance.setOnReached { scope.launch { whileItLives { warn() } } }
        scope.launch {
            guard.session.filterNotNull().collectLatest { session ->
                while (session.isLive) {
                    whileItLives { warn() }
                    delay(WARN_EVERY_MS)
                }
            }
        }
    }

    /** Warns before a phone that does not reach its provider locks the wallet. Without a provider there is nothing to warn of. */
    private suspend fun warn() {
        val lock = WalletApp.lock(this)
        val state = lock.provider.state()
        allowance.bind(lock)
        allowance.show(state.allowanceLeftMs.takeIf { state.warns })
    }

    /** Asks for the PIN before the token is shown, even while the wallet is open. */
    private fun askForPin() =
        startActivityForResult(LockActivity.intent(this, withBiometrics = false, canGoBack = true), UNLOCK)

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        val session = LockActivity.takeSession(data) ?: return
        guard.keep(session)
        scope.launch { whileItLives { Card.token(session)?.let { show(it) } } }
    }

    private fun show(text: String) {
        isRevealed = true
        token.text = text
        reveal.setText(R.string.conceal)
    }

    private fun conceal() {
        isRevealed = false
        token.text = getString(R.string.token_masked, Card.LAST_DIGITS)
        reveal.setText(R.string.reveal)
    }

    override fun onStop() {
        super.onStop()
        conceal()
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private companion object {
        const val UNLOCK = 1
        const val WARN_EVERY_MS = 60_000L
    }
}

/** Runs [use], and ignores a fault: a session may end at any moment, and the guard covers the screen then. */
suspend fun whileItLives(use: suspend () -> Unit) {
    try {
        use()
    } catch (_: LockException) {
        return
    }
}
