package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen that asks for the second factor: a code of the authenticator app, or one that is sent by SMS. The screens of this
 * library start it by themselves. Start it when a call of the app's own throws [dev.walletlock.LockException.SecondFactorNeeded], and
 * then make that call again.
 *
 * ```
 * val prove = registerForActivityResult(StartActivityForResult()) { result ->
 *     EnterSecondFactorActivity.takeSession(result.data)?.let { session -> if (result.resultCode == RESULT_OK) pay(session) }
 * }
 * prove.launch(EnterSecondFactorActivity.intent(this, session))
 * ```
 *
 * `RESULT_OK`: the second factor was right in this session. `RESULT_CANCELED`: it was not. In both cases [takeSession] gives the
 * session back, if it is still live. A code by SMS needs [LockScreens.useProofs].
 */
public class EnterSecondFactorActivity : SettingsPageActivity() {
    private lateinit var view: EnterFactorView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_factor)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = EnterFactorView(this, onLeave = ::leave).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::EnteringFactor

    override fun show(work: SessionWork): Unit = view.show(work as EnteringFactor)

    override fun goBackOnPage(): Boolean = false

    override val leavesWhenDone: Boolean get() = true

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session the one that needs the second factor. The screen takes it over. The intent carries only a key for it.
         */
        @JvmStatic
        public fun intent(context: Context, session: Session): Intent =
            Intent(context, EnterSecondFactorActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
