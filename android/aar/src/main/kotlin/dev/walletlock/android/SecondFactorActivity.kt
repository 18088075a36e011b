package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person sets up a second factor, changes it, or removes it: an authenticator app, or a code by SMS.
 * [SecuritySettingsActivity] starts it. An app can launch it for a result, too.
 *
 * ```
 * val factor = registerForActivityResult(StartActivityForResult()) { result ->
 *     SecondFactorActivity.takeSession(result.data)?.let(::show)
 * }
 * factor.launch(SecondFactorActivity.intent(this, session))
 * ```
 *
 * The secret of an authenticator app is drawn as a QR code and as letters; no text exists of it, except for a screen reader, which
 * reads a group of it when the person asks for it. There is no button that copies it, because other apps and keyboards read the
 * clipboard. There is none that opens it in an authenticator app of this phone either: Android carries such an address as a `String`
 * through the system, which nobody can wipe, and any app may declare that it opens `otpauth:` addresses.
 *
 * `RESULT_OK`: something was changed. In any case [takeSession] gives the session back, if it is still live.
 */
public class SecondFactorActivity : SettingsPageActivity() {
    private lateinit var view: SecondFactorView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_factor)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = SecondFactorView(this).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::FactorWork

    override fun show(work: SessionWork): Unit = view.show(work as FactorWork)

    override fun goBackOnPage(): Boolean = view.goBack()

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session one that the PIN has opened. The screen takes it over. The intent carries only a key for it. Null: the screen
         *   asks for the PIN, finger or face.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null): Intent =
            Intent(context, SecondFactorActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
