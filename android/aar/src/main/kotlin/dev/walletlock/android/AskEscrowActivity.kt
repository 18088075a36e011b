package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person gets back in with the key that the provider keeps: an [AskEscrowView]. [LockActivity] starts it
 * with [LockScreens.useEscrow]: as a remedy on a locked or damaged wallet, and from 'Forgot PIN?' if there is no recovery code. An app
 * can launch it for a result, too.
 *
 * ```
 * val ask = registerForActivityResult(StartActivityForResult()) { result ->
 *     AskEscrowActivity.takeSession(result.data)?.let(::show)
 * }
 * ask.launch(AskEscrowActivity.intent(this))
 * ```
 *
 * `RESULT_OK`: a new PIN and a new code are in force, the wallet is open, and [takeSession] gives the session. All earlier
 * sessions have ended. The phone is not registered any more: register it, and send a deposit.
 *
 * `RESULT_CANCELED`: the person left, and nothing was changed; or a lock of the provider stands, so the wallet
 * stays closed with the new PIN and the new code in force.
 *
 * A rotation loses nothing, not even a request on its way. A request ends with the process. [LockGuard] does not cover this screen,
 * because the wallet is closed while it is shown.
 */
@Unguarded
public class AskEscrowActivity : ChoosePinActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_escrow_ask)
        super.onCreate(savedInstanceState)
    }

    override fun makeView(): ChoosePinView = AskEscrowView(this).apply {
        setOnRecovered { finishWith(it) }
        setOnLeave { finish() }
    }

    override fun choosing(): (WalletLock) -> ChoosingPin = ::AskingEscrow

    override fun render(choosing: ChoosingPin): Unit = show(choosing)

    /** Launches the screen, and takes its result. */
    public companion object {
        /** Makes the intent that starts the screen. */
        @JvmStatic
        public fun intent(context: Context): Intent = Intent(context, AskEscrowActivity::class.java)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
