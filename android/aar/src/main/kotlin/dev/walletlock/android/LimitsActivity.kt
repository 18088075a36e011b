package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen with the limits on payments: those of the policy, and the owner's own, each with what is left of it and when more is
 * left. The person can set a limit, lower it at once, raise or remove it after a wait, and cancel what waits.
 * [SecuritySettingsActivity] starts it. An app can launch it for a result, too.
 *
 * ```
 * val limits = registerForActivityResult(StartActivityForResult()) { result ->
 *     LimitsActivity.takeSession(result.data)?.let(::show)
 * }
 * limits.launch(LimitsActivity.intent(this, session))
 * ```
 *
 * `RESULT_OK`: something was changed. In any case [takeSession] gives the session back, if it is still live.
 */
// It asks for the PIN itself: from a notification the guard would ask once more.
@Unguarded
public class LimitsActivity : SettingsPageActivity() {
    private lateinit var view: LimitsView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_limits)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = LimitsView(this).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::LimitsWork

    override fun show(work: SessionWork): Unit = view.show(work as LimitsWork)

    override fun goBackOnPage(): Boolean = view.goBack()

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
            Intent(context, LimitsActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
