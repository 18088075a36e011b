package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen that lists what was closed or switched off and can be brought back: cards, payments and their channels, channels for
 * codes, biometrics, the second factor, the recovery code, escrow. One press brings a thing back.
 * [SecuritySettingsActivity] starts it. An app can launch it for a result, too.
 *
 * `RESULT_OK`: something was brought back. In any case [takeSession] gives the session back, if it is still live.
 */
public class SwitchedOffActivity : SettingsPageActivity() {
    private lateinit var view: SwitchedOffView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_off)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = SwitchedOffView(this).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::SwitchedOffWork

    override fun show(work: SessionWork): Unit = view.show(work as SwitchedOffWork)

    override fun goBackOnPage(): Boolean = false

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session the screen takes it over. The intent carries only a key for it. Null: the screen asks for the PIN, finger or
         *   face.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null): Intent =
            Intent(context, SwitchedOffActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
