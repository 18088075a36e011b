package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person says where codes are sent that bring them back in: to a phone number, an e-mail address or a
 * backup e-mail address. [SecuritySettingsActivity] starts it. An app can launch it for a result, too.
 *
 * ```
 * val channels = registerForActivityResult(StartActivityForResult()) { result ->
 *     ChannelsActivity.takeSession(result.data)?.let(::show)
 * }
 * channels.launch(ChannelsActivity.intent(this, session))
 * ```
 *
 * The provider sends the codes and checks them, so [LockScreens.useProofs] is needed. An address goes to the provider, and the wallet
 * keeps only a mask of it; as any text that is typed into a field, it is in memory as a `String` meanwhile.
 *
 * `RESULT_OK`: something was changed. In any case [takeSession] gives the session back, if it is still live.
 */
public class ChannelsActivity : SettingsPageActivity() {
    private lateinit var view: ChannelsView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_channels)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = ChannelsView(this).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::ChannelsWork

    override fun show(work: SessionWork): Unit = view.show(work as ChannelsWork)

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
            Intent(context, ChannelsActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
