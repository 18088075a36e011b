package com.example.wallet

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.TextView
import dev.walletlock.LockException
import dev.walletlock.Payment
import dev.walletlock.PaymentContext
import dev.walletlock.android.AllowanceNotice
import dev.walletlock.android.HistoryActivity
import dev.walletlock.android.LimitsActivity
import dev.walletlock.android.LockActivity
import dev.walletlock.android.PayActivity
import dev.walletlock.android.PayResult
import dev.walletlock.android.SecuritySettingsActivity
import java.io.IOException
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/** Shows the card, and leads to all other screens. The guard covers this screen until the wallet is open. */
class HomeActivity : Activity() {
    private val scope = MainScope()
    private lateinit var token: TextView
    private lateinit var reveal: Button
    private lateinit var allowance: AllowanceNotice
    private lateinit var stop: TextView
    private var isRevealed = false
    private var areStopped = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.home)
        token = requireView(R.id.token)
        reveal = requireView(R.id.reveal)
        reveal.setOnClickListener { if (isRevealed) conceal() else askForPin() }
        requireView<View>(R.id.journal).setOnClickListener { startActivity(HistoryActivity.intent(this)) }
        requireView<View>(R.id.settings).setOnClickListener { startActivity(SecuritySettingsActivity.intent(this)) }
        requireView<View>(R.id.limits).setOnClickListener { startActivity(LimitsActivity.intent(this)) }
        requireView<View>(R.id.lock).setOnClickListener { guard.lockNow() }
        stop = requireView(R.id.stop)
        stop.setOnClickListener { if (areStopped) startActivity(SecuritySettingsActivity.intent(this)) else stopPayments() }
        val panel = PayPanel(this, ::pay) { scope.launch { withoutFault { checkout.turnDown(it) } } }
        scope.launch { checkout.offer.collect(panel::show) }
        scope.launch { checkout.last.collect(panel::show) }
        conceal()
        scope.launch { guard.session.filterNotNull().collect { whileItLives { Card.prepare(it) } } }
        // Android asks no more once the person has refused twice.
        if (savedInstanceState == null) scope.launch { guard.session.filterNotNull().first().let { askForAlerts() } }
        allowance = requireView(R.id.allowance)
        allowance.setOnReached { scope.launch { whileItLives { warn() } } }
        scope.launch {
            guard.session.filterNotNull().collectLatest { session ->
                while (session.isLive) {
                    whileItLives { warn() }
                    whileItLives { showStopped() }
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

    /** Asks whether alerts may be shown. */
    private fun askForAlerts() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
        val permission = Manifest.permission.POST_NOTIFICATIONS
        if (checkSelfPermission(permission) != PackageManager.PERMISSION_GRANTED) requestPermissions(arrayOf(permission), ALERTS)
    }

    /** Asks for the PIN before the token is shown, even while the wallet is open. */
    private fun askForPin() =
        startActivityForResult(LockActivity.intent(this, withBiometrics = false, canGoBack = true), UNLOCK)

    /** The sheet shows what is paid, and asks for what is needed: nothing, a finger, the PIN. */
    private fun pay(payment: Payment) {
        checkout.begin(payment)
        val context = PaymentContext(language = resources.configuration.locales[0].toLanguageTag())
        startActivityForResult(PayActivity.intent(this, payment, context, guard.session.value), PAY)
    }

    private fun handIn(result: PayResult) {
        if (result !is PayResult.Approved) return
        // Not the scope of this screen: what was approved is handed in, also if the person leaves.
        val (context, checkout) = applicationContext to checkout
        handingIn.launch { withoutFault { checkout.handIn(WalletApp.lock(context), result.authorisation) } }
    }

    /** Stops every payment at once. The security settings allow them again, with the PIN. */
    private fun stopPayments() {
        scope.launch {
            withoutFault {
                val lock = WalletApp.lock(applicationContext)
                lock.payments.freeze()
                showStopped()
                WalletApp.courier?.tellStopped(lock)
            }
        }
    }

    private suspend fun showStopped() {
        areStopped = WalletApp.lock(this).payments.state().freeze.isAny
        stop.setText(if (areStopped) R.string.payments_stopped else R.string.stop_payments)
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        if (requestCode == PAY) return handIn(PayActivity.result(resultCode, data))
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

    override fun onStart() {
        super.onStart()
        scope.launch { whileItLives { showStopped() } }
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
        val handingIn = MainScope()
        const val UNLOCK = 1
        const val PAY = 2
        const val ALERTS = 3
        const val WARN_EVERY_MS = 60_000L
    }
}

/** As [whileItLives], and also without a connection. */
suspend fun withoutFault(use: suspend () -> Unit) {
    try {
        whileItLives(use)
    } catch (_: IOException) {
        return
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
