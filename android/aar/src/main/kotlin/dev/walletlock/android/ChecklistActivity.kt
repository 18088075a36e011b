package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.Session
import dev.walletlock.Task

/**
 * The whole screen with what to put in order after a recovery or a panic ([dev.walletlock.Access.checklist]): registering the phone,
 * the PIN, the second factor, the channels, biometrics, a recovery sheet, a look at what happened, and a report. [GetBackActivity] and
 * [PanicActivity] start it. An app can launch it for a result, too; without a session it asks for the PIN itself.
 *
 * ```
 * tidyUp.launch(ChecklistActivity.intent(this, session))
 * ```
 *
 * A task leads to the lock's own screen for it, or to the app's: [LockScreens.useTasks]. A report goes to the provider, if
 * [LockScreens.useProvider] is set ([ProviderCall.FREEZE_NOTICE]). `RESULT_OK`: there is nothing left to do.
 * `RESULT_CANCELED`: the person left before. In both cases [takeSession] gives the session back, if it is still live.
 */
@Unguarded
public class ChecklistActivity : Activity() {
    private lateinit var screen: ScreenWithLock<Tidying>
    private lateinit var view: ChecklistView
    private var early: Session? = null
    private var isAsking = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_tidy)
        isAsking = savedInstanceState?.getBoolean(STATE_ASKING) ?: false
        early = Handover.take(intent)
        view = ChecklistView(this, Colours(this))
        view.onTask = ::begin
        view.onDismiss = { screen.made?.dismiss(it) }
        view.onLeave = ::leave
        screen = ScreenWithLock(this, view, ::Tidying, ::render)
        onBack(::leave)
        screen.open()
    }

    private fun render(tidying: Tidying) {
        tidying.onChange = screen::render
        early?.let { session ->
            early = null
            return tidying.take(session)
        }
        val lines = tidying.lines
        if (tidying.needsPin || lines == null && !isAsking && tidying.isWithoutSession) return askForPin()
        if (lines == null) return
        view.show(lines, tidying.trouble, tidying.said)
        screen.showPage()
    }

    private fun askForPin() {
        if (isAsking || isFinishing) return
        isAsking = true
        startActivityForResult(LockActivity.intent(this, canGoBack = true), REQUEST_PIN)
    }

    /** Leads to where the task is done. */
    private fun begin(task: Task) {
        if (isAsking || LockScreens.tasks?.invoke(this, task) == true) return
        val tidying = screen.made ?: return
        if (task == Task.REPORT && LockScreens.provider != null) return tidying.report()
        isAsking = true
        if (task == Task.REVIEW_JOURNAL || task == Task.REPORT) tidying.noteDone(task)
        startActivityForResult(screenFor(task, tidying), REQUEST_TASK)
    }

    /** A screen that changes a way back in gets the session: in one that a recovery began, the change counts at once. The history gets it, too. */
    private fun screenFor(task: Task, tidying: Tidying): Intent = when (task) {
        Task.CHANNELS -> ChannelsActivity.intent(this, tidying.takeSession())
        Task.SECOND_FACTOR -> SecondFactorActivity.intent(this, tidying.takeSession())
        Task.SHEET -> RecoverySheetActivity.intent(this, tidying.takeSession())
        Task.REVIEW_JOURNAL -> HistoryActivity.intent(this, tidying.takeSession())
        Task.CHANGE_PIN -> ChangePinActivity.intent(this)
        Task.REGISTER_PHONE, Task.BIOMETRICS, Task.REPORT -> SecuritySettingsActivity.intent(this)
    }

    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        isAsking = false
        val session = Handover.take(data)
        val tidying = screen.made
        when {
            session != null && tidying != null -> tidying.take(session)
            session != null -> early = session
            request == REQUEST_PIN -> finish()
            // The screen has given no session back: it has ended.
            tidying?.isWithoutSession == true -> askForPin()
            else -> tidying?.refresh()
        }
    }

    /** A screen of the app may have done a task. */
    override fun onStart() {
        super.onStart()
        screen.made?.refresh()
    }

    private fun leave() {
        if (isFinishing) return
        val tidying = screen.made
        val session = tidying?.takeSession()?.takeIf { it.isLive }
        val isDone = tidying?.lines?.all { it.isDone } == true
        setResult(if (isDone) RESULT_OK else RESULT_CANCELED, session?.let(Handover::give))
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = leave()

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(STATE_ASKING, isAsking)
    }

    override fun onDestroy() {
        screen.made?.onChange = {}
        early?.close()
        screen.close()
        super.onDestroy()
    }

    /** Launches the screen, and takes its result. */
    public companion object {
        /**
         * Makes the intent that starts the screen.
         *
         * @param session the screen takes it over. The intent carries only a key for it. Null: the screen asks for the PIN.
         */
        @JvmStatic
        @JvmOverloads
        public fun intent(context: Context, session: Session? = null): Intent =
            Intent(context, ChecklistActivity::class.java).apply { session?.let { putExtras(Handover.give(it)) } }

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)

        private const val REQUEST_PIN = 1
        private const val REQUEST_TASK = 2
        private const val STATE_ASKING = "asking"
    }
}
