package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.android.SetPinSteps.Step

/**
 * The whole screen on which a person sets the first PIN: a [SetPinView]. Launch it for a result.
 *
 * ```
 * val setPin = registerForActivityResult(StartActivityForResult()) { result ->
 *     SetPinActivity.takeSession(result.data)?.let(::show)
 * }
 * setPin.launch(SetPinActivity.intent(this))
 * ```
 *
 * `RESULT_OK`: the PIN is set, the wallet is open, and [takeSession] gives the session. `RESULT_CANCELED`: the person went
 * back, and this screen set no PIN. [RESULT_HAS_PIN]: the wallet had a PIN already, for example because the process ended
 * while the screen offered biometrics.
 *
 * [LockGuard] does not cover this screen, because there is nothing to protect yet. Give the session to [LockGuard.keep].
 */
@Unguarded
public class SetPinActivity : ChoosePinActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_choose_pin)
        super.onCreate(savedInstanceState)
    }

    override fun makeView(): ChoosePinView = SetPinView(this).apply {
        offersFinger = intent.getBooleanExtra(EXTRA_FINGER, true)
        setOnPinSet(::finishWith)
    }

    override fun choosing(): (WalletLock) -> ChoosingPin = ::SettingPin

    override fun render(choosing: ChoosingPin) {
        val status = choosing.lock.status.value
        val canSet = status is LockStatus.Unconfigured || status is LockStatus.Wiped
        when {
            // There is no PIN yet, or this screen has set it or is setting it.
            canSet || choosing.steps.step !in BEFORE -> show(choosing)
            status is LockStatus.Busy -> screen.showLocked(choosing.lock)
            else -> finishWith(RESULT_HAS_PIN)
        }
    }

    /** Launches the screen, and takes its result. */
    public companion object {
        /** The result if the wallet has a PIN already: it can be changed with [ChangePinActivity]. */
        public const val RESULT_HAS_PIN: Int = RESULT_FIRST_USER

        /**
         * Makes the intent that starts the screen.
         *
         * @param offersFinger as [SetPinView.offersFinger].
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, offersFinger: Boolean = true): Intent =
            Intent(context, SetPinActivity::class.java).putExtra(EXTRA_FINGER, offersFinger)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        /** The steps in which this screen has set no PIN, and is not setting one. */
        private val BEFORE: Set<Enum<*>> = setOf(Step.CHOOSE, Step.AGAIN)
        private const val EXTRA_FINGER = "dev.walletlock.offersFinger"
    }
}
