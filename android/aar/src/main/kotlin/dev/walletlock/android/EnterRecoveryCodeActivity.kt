package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person gets back in with the recovery code: an [EnterRecoveryCodeView]. [LockActivity] starts it:
 * from 'Forgot PIN?', and as a remedy on a locked or damaged wallet. An app can launch it for a result, too.
 *
 * ```
 * val recover = registerForActivityResult(StartActivityForResult()) { result ->
 *     EnterRecoveryCodeActivity.takeSession(result.data)?.let(::show)
 * }
 * recover.launch(EnterRecoveryCodeActivity.intent(this))
 * ```
 *
 * `RESULT_OK`: a new PIN and a new code are in force, the wallet is open, and [takeSession] gives the session. All earlier
 * sessions have ended.
 *
 * `RESULT_CANCELED`: the person left, and nothing was changed; or a lock of the provider stands, so the wallet
 * stays closed with the new PIN and the new code in force.
 *
 * [LockGuard] does not cover this screen, because the wallet is closed while it is shown.
 */
@Unguarded
public class EnterRecoveryCodeActivity : ChoosePinActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_code_enter)
        super.onCreate(savedInstanceState)
    }

    override fun makeView(): ChoosePinView = EnterRecoveryCodeView(this).apply {
        setOnRecovered { finishWith(it) }
        setOnLeave { finish() }
    }

    override fun choosing(): (WalletLock) -> ChoosingPin = ::EnteringCode

    override fun render(choosing: ChoosingPin): Unit = show(choosing)

    /** Launches the screen, and takes its result. */
    public companion object {
        /** Makes the intent that starts the screen. */
        @JvmStatic
        public fun intent(context: Context): Intent = Intent(context, EnterRecoveryCodeActivity::class.java)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
