package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.view.View
import dev.walletlock.Session
import dev.walletlock.WalletLock

/**
 * The whole screen on which a person prints or saves the recovery sheet: what to do first if the phone is lost, whom to contact, where
 * codes are sent, and, if the person wants it there, the recovery code. [SecuritySettingsActivity] starts it. An app can launch it for
 * a result, too.
 *
 * ```
 * val sheet = registerForActivityResult(StartActivityForResult()) { result ->
 *     RecoverySheetActivity.takeSession(result.data)?.let(::show)
 * }
 * sheet.launch(RecoverySheetActivity.intent(this, session))
 * ```
 *
 * The wallet does not know a code that was made earlier. So for a sheet with the code the person makes a new one, on a screen that this
 * one starts.
 *
 * `RESULT_OK`: the sheet was printed or saved. In any case [takeSession] gives the session back, if it is still live.
 */
public class RecoverySheetActivity : SettingsPageActivity() {
    private lateinit var view: SheetView

    override fun onCreate(savedInstanceState: Bundle?) {
        setTitle(R.string.walletlock_recovery_sheet)
        super.onCreate(savedInstanceState)
    }

    override fun makePage(): View = SheetView(this).also {
        view = it
        it.onMakeCode = { launch(REQUEST_CODE) { session -> MakeRecoveryCodeActivity.keepingIntent(this, session) } }
        it.onPrint = ::print
        it.onSave = ::save
    }

    override fun work(): (WalletLock) -> SessionWork = ::SheetWork

    private val sheet: SheetWork? get() = screen.made as SheetWork?

    override fun show(work: SessionWork): Unit = view.show(work as SheetWork)

    override fun goBackOnPage(): Boolean = false

    private fun print() {
        val work = sheet ?: return
        val printed = work.sheet(this) ?: return
        SheetPrinter(this, printed).print()
        work.kept()
    }

    private fun save(format: SheetFile.Format) {
        val work = sheet ?: return
        val saved = work.sheet(this) ?: return
        val file = SheetFile(applicationContext, saved, format)
        work.saving = file
        launchOther(REQUEST_SAVE, file.intent())
    }

    override fun onPageResult(request: Int, result: Int, data: Intent?) {
        val work = sheet ?: return
        when (request) {
            REQUEST_CODE -> work.takeCode(Handover.takeCode(data))
            REQUEST_SAVE -> work.save(data?.data?.takeIf { result == Activity.RESULT_OK })
        }
    }

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
            Intent(context, RecoverySheetActivity::class.java).with(session)

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        private const val REQUEST_CODE = REQUEST_PAGE
        private const val REQUEST_SAVE = REQUEST_PAGE + 1
    }
}
