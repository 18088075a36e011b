package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.Gravity
import android.view.KeyEvent
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import dev.walletlock.LockStatus
import dev.walletlock.Payment
import dev.walletlock.PaymentContext
import dev.walletlock.Session
import dev.walletlock.android.Paying.Page
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * A sheet from below, over the app, that asks for a payment and has the person confirm it. Launch it for a result.
 *
 * ```
 * val pay = registerForActivityResult(StartActivityForResult()) { result ->
 *     when (val outcome = PayActivity.result(result.resultCode, result.data)) {
 *         is PayResult.Approved -> send(outcome.authorisation)
 *         is PayResult.Refused -> stayHere()
 *         is PayResult.Cancelled -> stayHere()
 *     }
 * }
 * pay.launch(PayActivity.intent(this, payment))
 * ```
 *
 * It shows the lines of the payment exactly as they are signed, the amount largest. If a finger or face is enough, or is needed too, the
 * system's prompt comes by itself, once; a button asks for it again. The PIN works as well, unless more is needed. If a code of the
 * authenticator is needed, the sheet asks for that first. A payment that is refused is explained: each reason, what is left of a limit,
 * and when more is left. While the wallet takes no PIN, the sheet says why, and what the person can do.
 *
 * It opens no session, and the wallet need not be open. The keys refuse a touch while another app's window covers a part of the screen,
 * whatever [LockScreens.takePartlyCoveredKeys] says: such a window could hide what is paid. [LockScreens] says which lock is used.
 *
 * A rotation loses only typed digits. If the process is ended, the result is [PayResult.Cancelled]: ask again with the same id.
 */
@Unguarded
public class PayActivity : Activity() {
    private lateinit var opening: OpeningLock<Paying>
    private lateinit var sheet: PaySheet
    private lateinit var proof: PayProofPage
    private lateinit var notice: QuestionView
    private lateinit var locked: LockedView

    /** [locked], and below it what leaves the sheet. */
    private lateinit var lockedPage: LinearLayout
    private lateinit var forgotPin: ForgotPinButton
    private var following: CoroutineScope? = null
    private var isStarted = false

    /** Whether the lock took no PIN when its status was last shown. */
    private var wasLocked = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_pay)
        val order = Handover.orders.take(intent)
        @Suppress("UNCHECKED_CAST")
        val kept = lastNonConfigurationInstance as OpeningLock<Paying>?
        // Without both the process, or this screen, was ended meanwhile.
        opening = kept ?: OpeningLock(applicationContext) { Paying(it, checkNotNull(order)) }
        build()
        onBack(::leave)
        if (kept == null && order == null) return finishWith(PayResult.Cancelled(null))
        opening.onChange = ::render
        opening.open()
        render()
    }

    private fun build() {
        val colours = Colours(this)
        proof = PayProofPage(this, colours)
        notice = QuestionView(this, colours)
        locked = LockedView(this)
        lockedPage = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            addView(locked, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
            val cancel = textButton(context, colours, resources.getString(R.string.walletlock_ways_cancel))
            cancel.setOnClickListener { leave() }
            val below = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
            below.gravity = Gravity.CENTER_HORIZONTAL
            below.bottomMargin = dp(EDGE_DP)
            addView(cancel, below)
        }
        sheet = PaySheet(this, colours, proof, notice, lockedPage)
        sheet.keepToPeople()
        setContentView(sheet)
        drawUnderBars(sheet)
        forgotPin = ForgotPinButton(this, LockActivity.parts, proof.pad::setOnForgotPin) { proof.offersForgotPin = it }
        proof.onCancel = ::leave
        locked.onEnterPin = Runnable { ask(LockActivity.intent(this, withBiometrics = false, canGoBack = true)) }
        locked.setOnRecoveryCode { recover() }
        locked.setOnEscrow { askEscrow() }
        locked.setOnGetBack { getBack() }
    }

    private fun render() {
        opening.trouble?.let {
            locked.show(it, opening::open)
            sheet.show(lockedPage)
        }
        val paying = opening.made ?: return
        paying.onChange = ::show
        if (following == null) follow(paying)
        if (paying.page is Page.Asking) paying.ask()
        show()
    }

    private fun follow(paying: Paying) {
        proof.onPin = paying::confirmPin
        proof.onCode = paying::confirmCode
        proof.onFinger = paying::askFinger
        locked.checked = paying.lock
        val scope = CoroutineScope(SupervisorJob() + MainThread)
        following = scope
        scope.launch { paying.lock.status.collect { show() } }
        scope.launch { forgotPin.learn(paying.lock, ::recover, ::askEscrow, ::getBack) }
    }

    private fun show() {
        val paying = opening.made ?: return
        val page = paying.page
        if (isFinishing) return
        if (page is Page.Approved) {
            sheet.confirmHaptic()
            return finishWith(page.result)
        }
        val status = paying.lock.status.value
        // While a PIN is checked, its try already counts as failed, so the status may be that of a wait or a lock.
        val isLocked = status !is LockStatus.Ready && !paying.isBusy
        val isOver = wasLocked && status is LockStatus.Ready
        wasLocked = isLocked
        when {
            isLocked -> {
                locked.show(status)
                sheet.show(lockedPage)
            }
            isOver && page !is Page.Proof -> paying.ask()
            page is Page.Proof -> show(paying, page)
            page is Page.Refused -> show(paying, page)
            page is Page.Expired -> tell(
                R.drawable.walletlock_clock,
                R.string.walletlock_pay_expired,
                resources.getString(R.string.walletlock_pay_expired_body),
                R.string.walletlock_pay_ask_again.takeUnless { paying.isBusy },
            ) { paying.ask() }
            page is Page.Failed -> LockTrouble.of(page.fault).let {
                tell(
                    R.drawable.walletlock_damaged,
                    R.string.walletlock_pay_refused,
                    resources.words(it),
                    R.string.walletlock_retry.takeIf { _ -> it.canRetry },
                ) { paying.ask() }
            }
        }
    }

    private fun show(paying: Paying, page: Page.Proof) {
        proof.show(paying, page, paying.lock.status.value)
        if (sheet.show(proof)) proof.pad.requestFocus()
        if (isStarted) paying.offerFinger()
    }

    private fun show(paying: Paying, page: Page.Refused) {
        val canConnect = LockScreens.provider != null && canHelpToConnect(page.reasons, page.behindMs)
        tell(
            R.drawable.walletlock_padlock,
            R.string.walletlock_pay_refused,
            resources.words(page.reasons, page.behindMs),
            R.string.walletlock_pay_connect.takeIf { canConnect },
            (paying.note as? Paying.Note.Provider)?.let { resources.getString(it.words) },
        ) { paying.connect() }
        notice.setAnswerable(!paying.isBusy)
    }

    /** Shows why there is nothing to confirm, and a button that does [act], if it has words ([button]). */
    private fun tell(picture: Int, title: Int, text: String, button: Int?, said: String? = null, act: () -> Unit) {
        val close = QuestionView.Answer(R.string.walletlock_pay_close, isFirst = button == null, ::leave)
        val answers = listOfNotNull(button?.let { QuestionView.Answer(it, isFirst = true, act) }, close)
        notice.ask(picture, resources.getString(title), text, said, *answers.toTypedArray())
        if (sheet.show(notice)) notice.tellStep(title)
    }

    private fun recover() = ask(EnterRecoveryCodeActivity.intent(this))

    private fun askEscrow() = ask(AskEscrowActivity.intent(this))

    private fun getBack() = ask(GetBackActivity.intent(this))

    private fun ask(intent: Intent) = startActivityForResult(intent, REQUEST_GET_BACK)

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        // The person got back in: the session is of no use here.
        Handover.take(data)?.let {
            LockGuard.keepOrClose(it)
            opening.made?.ask()
        }
    }

    private fun leave() {
        val paying = opening.made
        // A PIN or code that is being checked may approve the payment yet.
        if (paying?.isBusy == true && paying.page is Page.Proof) return
        when (val page = paying?.page) {
            is Page.Refused -> finishWith(PayResult.Refused(page.reasons))
            is Page.Failed -> finishWith(PayResult.Cancelled(page.fault))
            else -> finishWith(PayResult.Cancelled(null))
        }
    }

    private fun finishWith(result: PayResult) {
        if (isFinishing) return
        setResult(if (result is PayResult.Approved) RESULT_OK else RESULT_CANCELED, Handover.payResults.give(result, Intent()))
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = leave()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = opening

    override fun onStart() {
        super.onStart()
        isStarted = true
        show()
    }

    override fun onStop() {
        super.onStop()
        isStarted = false
        if (isChangingConfigurations) return
        proof.pad.clear()
        opening.made?.stopAsking()
    }

    override fun onDestroy() {
        following?.cancel()
        opening.made?.onChange = {}
        opening.onChange = {}
        if (!isChangingConfigurations) opening.close()
        super.onDestroy()
    }

    /** A hardware keyboard types into the pad, wherever the focus is. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean = sheet.dispatchToPad(event) || super.dispatchKeyEvent(event)

    /** Launches the sheet, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the sheet. It carries only a key for the payment, which stays in this process and is given once:
         * make a new intent for each start, and start it within a minute.
         *
         * @param payment what is asked for.
         * @param payContext its circumstances. Their language is that of the lines.
         * @param session an open one, in which small payments may need no proof ([dev.walletlock.SessionPayments.authorize]). It stays
         *   yours. Null: each payment is confirmed.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(
            context: Context,
            payment: Payment,
            payContext: PaymentContext = PaymentContext(),
            session: Session? = null,
        ): Intent = Handover.orders.give(PayOrder(payment, payContext, session), Intent(context, PayActivity::class.java))

        /** How the sheet ended. A result is given once; after that it is [PayResult.Cancelled]. */
        @JvmStatic
        public fun result(resultCode: Int, data: Intent?): PayResult =
            Handover.payResults.take(data)?.takeIf { (resultCode == RESULT_OK) == (it is PayResult.Approved) }
                ?: PayResult.Cancelled(null)

        private const val REQUEST_GET_BACK = 1
        private const val EDGE_DP = 12
    }
}
