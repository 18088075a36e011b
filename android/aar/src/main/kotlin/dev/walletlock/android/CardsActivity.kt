package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen with the wallet's cards: the person can freeze one at once, allow it again, remove it, and bring it back within its
 * time. Cards that were not used for a year are marked. [SecuritySettingsActivity] starts it. An app adds cards itself
 * ([dev.walletlock.Cards.add]), and can launch the screen for a result, too.
 *
 * `RESULT_OK`: something was changed. In any case [takeSession] gives the session back, if it is still live.
 */
public class CardsActivity : SettingsPageActivity() {
    private lateinit var view: CardsView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_cards)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = CardsView(this).also { view = it }

    override fun work(): (WalletLock) -> SessionWork = ::CardsWork

    override fun show(work: SessionWork): Unit = view.show(work as CardsWork)

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
            Intent(context, CardsActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
