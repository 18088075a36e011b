package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.RecoveryCode
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person makes a recovery code: a [MakeRecoveryCodeView]. Launch it for a result.
 *
 * ```
 * val makeCode = registerForActivityResult(StartActivityForResult()) { result ->
 *     MakeRecoveryCodeActivity.takeSession(result.data)?.let(::show)
 * }
 * makeCode.launch(MakeRecoveryCodeActivity.intent(this, session))
 * ```
 *
 * Give it the session of the first PIN, from [SetPinActivity], just after that PIN was set: then the code counts at once. Without
 * a session the screen asks for the PIN itself, and the code waits, as [dev.walletlock.Access.setRecoveryCode] says.
 *
 * `RESULT_OK`: the code counts, or waits. `RESULT_CANCELED`: the person made none. In both cases [takeSession] gives the session
 * back, if it is still live.
 */
public class MakeRecoveryCodeActivity : ChoosePinActivity() {
    private val making: MakingCode? get() = screen.made as MakingCode?
    private lateinit var makeView: MakeRecoveryCodeView

    /** A session that arrived before the lock was open. */
    private var early: Session? = null
    private var isAsking = false
    private var isStarted = false

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_recovery_code)
        isAsking = savedInstanceState?.getBoolean(STATE_ASKING) ?: false
        early = Handover.take(intent)
        super.onCreate(savedInstanceState)
    }

    override fun makeView(): ChoosePinView = MakeRecoveryCodeView(this).apply {
        makeView = this
        setOnDone { session -> finishWith(session, making?.takeKept()) }
        setOnLater { leave() }
        setOnPinNeeded(::askForPin)
        setOnSecondFactorNeeded(::askForFactor)
    }

    override fun choosing(): (WalletLock) -> ChoosingPin {
        val keeps = intent.getBooleanExtra(EXTRA_KEEPS, false)
        return { lock -> MakingCode(lock).apply { keepsCode = keeps } }
    }

    override fun render(choosing: ChoosingPin) {
        val going = choosing as MakingCode
        early?.let {
            early = null
            going.take(it)
        }
        show(going)
    }

    private fun finishWith(session: Session, code: RecoveryCode?) {
        val data = Handover.give(session)
        setResult(RESULT_OK, code?.let { Handover.giveCode(it, data) } ?: data)
        finish()
    }

    private fun askForPin() {
        if (isAsking || isFinishing || !isStarted) return
        isAsking = true
        startActivityForResult(LockActivity.intent(this, withBiometrics = false, canGoBack = true), REQUEST_PIN)
    }

    /** [session]: the screen that asks takes it over, and gives it back. */
    private fun askForFactor(session: Session) {
        // This is called while a call of the person runs, so the screen is in front.
        isAsking = true
        startActivityForResult(EnterSecondFactorActivity.intent(this, session), REQUEST_FACTOR)
    }

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        isAsking = false
        val session = Handover.take(data)
        val going = making
        // Without that, the session would be asked for the second factor again and again.
        if (request == REQUEST_FACTOR && result != RESULT_OK) going?.giveUp()
        when {
            session != null && going != null -> going.take(session)
            session != null -> early = session
            else -> going?.giveUp()
        }
    }

    override fun onStart() {
        super.onStart()
        isStarted = true
        if (making?.needsPin == true) askForPin()
    }

    override fun onStop() {
        super.onStop()
        isStarted = false
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(STATE_ASKING, isAsking)
    }

    override fun goBack() {
        if (!makeView.goBack()) leave()
    }

    /** Leaves, and gives the session back. */
    private fun leave() {
        if (isFinishing) return
        val session = making?.takeSession()?.takeIf { it.isLive }
        val isMade = making?.steps?.step in MADE
        val data = session?.let(Handover::give)
        val code = making?.takeKept()
        setResult(if (isMade) RESULT_OK else RESULT_CANCELED, code?.let { Handover.giveCode(it, data ?: Intent()) } ?: data)
        finish()
    }

    override fun onDestroy() {
        early?.close()
        super.onDestroy()
    }

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session that of the first PIN, or another that the PIN has opened. The screen takes it over. The intent carries
         *   only a key for it. Null: the screen asks for the PIN.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null): Intent =
            Intent(context, MakeRecoveryCodeActivity::class.java).apply { session?.let { putExtras(Handover.give(it)) } }

        /** The same for the recovery sheet: the result carries a key for the code, too. */
        internal fun keepingIntent(context: Context, session: Session?): Intent = intent(context, session).putExtra(EXTRA_KEEPS, true)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        /** The steps in which a code was set, or waits. */
        private val MADE: Set<Enum<*>?> = setOf(MakeCodeSteps.Step.IN_FORCE, MakeCodeSteps.Step.WAITS, MakeCodeSteps.Step.DONE)
        private const val REQUEST_PIN = 1
        private const val REQUEST_FACTOR = 2
        private const val EXTRA_KEEPS = "dev.walletlock.keepsCode"
        private const val STATE_ASKING = "asking"
    }
}
