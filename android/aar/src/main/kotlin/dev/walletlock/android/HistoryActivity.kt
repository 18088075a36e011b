package dev.walletlock.android

import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen with the wallet's history: payments, sign-ins, locks and changes, newest first. The person searches while typing,
 * filters, sees what was spent each month, and can act from every line: dispute a payment, lower a limit, or turn to somebody. A dispute
 * freezes, collects the evidence, says whom to tell, and is kept here until it ends. [SecuritySettingsActivity] starts it.
 * An app can launch it for a result, too.
 *
 * The evidence goes to where [LockScreens.useEvidence] says; without that, the person picks a place for the file.
 *
 * `RESULT_OK`: a payment was disputed, or a dispute changed. In any case [takeSession] gives the session back, if it is still live.
 */
// It asks for the PIN itself: from a notification the guard would ask once more.
@Unguarded
public class HistoryActivity : SettingsPageActivity() {
    private lateinit var view: HistoryView

    /** The number of the dispute whose evidence goes to the place that the person picks now. 0: none. */
    private var picking = 0

    /** The place that the person has picked, until the evidence is being written there. */
    private var picked: Uri? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        picking = savedInstanceState?.getInt(STATE_PICKING) ?: 0
        setTitle(R.string.walletlock_history)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = HistoryView(this).also {
        view = it
        it.onLowerLimit = { launch(REQUEST_LIMITS) { session -> LimitsActivity.intent(this, session) } }
        it.onEvidence = { history?.makeEvidence(this, ::pick) }
    }

    private val history: HistoryWork? get() = screen.made as HistoryWork?

    override fun work(): (WalletLock) -> SessionWork {
        val line = intent.getLongExtra(EXTRA_LINE, 0)
        return { lock -> HistoryWork(lock).also { it.firstLine = line } }
    }

    override fun show(work: SessionWork) {
        view.show(work as HistoryWork)
        savePicked()
    }

    override fun goBackOnPage(): Boolean = view.goBack()

    private fun pick(dispute: Int) {
        picking = dispute
        Exemption.begin(PICKING_MS)
        val intent = Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE)
        launchOther(REQUEST_SAVE, intent.setType("application/jsonl").putExtra(Intent.EXTRA_TITLE, "dispute-$dispute.jsonl"))
    }

    override fun onPageResult(request: Int, result: Int, data: Intent?) {
        if (request != REQUEST_SAVE) return
        picked = data?.data?.takeIf { result == RESULT_OK }
        savePicked()
    }

    /** Once the lock is open: after process death the place is there before. */
    private fun savePicked() {
        val work = history ?: return
        val place = picked ?: return
        picked = null
        work.saveEvidence(applicationContext, picking, place)
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putInt(STATE_PICKING, picking)
    }

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session the screen takes it over. The intent carries only a key for it. Null: the screen asks for the PIN, finger or
         *   face.
         * @param line the line that is shown first, for example that of an alert ([dev.walletlock.Alert.number]). 0: all are.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null, line: Long = 0): Intent =
            Intent(context, HistoryActivity::class.java).putExtra(EXTRA_LINE, line).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        internal const val EXTRA_LINE = "dev.walletlock.android.line"
        private const val REQUEST_LIMITS = REQUEST_PAGE
        private const val REQUEST_SAVE = REQUEST_PAGE + 1
        private const val PICKING_MS = 300_000L
        private const val STATE_PICKING = "picking"
    }
}
