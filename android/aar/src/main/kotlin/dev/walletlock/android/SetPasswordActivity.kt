package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.walletlock.Session

/**
 * The whole screen on which a person sets a new password of the account at the app's backend. [GetBackActivity] starts it after a
 * recovery, if the app asks for a password: [LockScreens.useAccountPassword]. An app can launch it for a result, too.
 *
 * ```
 * setPassword.launch(SetPasswordActivity.intent(this, session))
 * ```
 *
 * Each thing that the policy asks for (`password`) is said beside the field as the person types. `RESULT_OK`: the app has taken the
 * password. `RESULT_CANCELED`: it was not set. In both cases [takeSession] gives the session back, if it is still live.
 *
 * A rotation loses what is typed: no saved state may hold it.
 */
@Unguarded
public class SetPasswordActivity : Activity() {
    private lateinit var screen: ScreenWithLock<SettingPassword>
    private lateinit var view: PasswordView

    /** A session that arrived before the lock was open. */
    private var early: Session? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        keepOutOfPictures()
        setTitle(R.string.walletlock_password)
        early = Handover.take(intent)
        view = PasswordView(this, Colours(this))
        view.onLater = { leave(RESULT_CANCELED) }
        screen = ScreenWithLock(this, view, ::SettingPassword, ::render)
        onBack { leave(RESULT_CANCELED) }
        screen.open()
    }

    private fun render(setting: SettingPassword) {
        early?.let(setting::take)
        early = null
        setting.onChange = screen::render
        if (setting.isDone) return leave(RESULT_OK)
        if (setting.isOver) return leave(RESULT_CANCELED)
        view.show(setting)
        screen.showPage()
    }

    /** Leaves, and gives the session back. */
    private fun leave(result: Int) {
        if (isFinishing) return
        val session = screen.made?.takeSession()?.takeIf { it.isLive }
        setResult(result, session?.let(Handover::give))
        finish()
    }

    /** Back before Android 13, and later in apps that have not opted in to predictive back gestures. */
    @Deprecated("Android's own, before its back gestures had a preview.")
    override fun onBackPressed(): Unit = leave(RESULT_CANCELED)

    /** Kept in memory, and nowhere else, for the screen after a rotation. */
    override fun onRetainNonConfigurationInstance(): Any = screen.retainable

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) view.field.text.clear()
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
         * @param session the screen takes it over. The intent carries only a key for it.
         */
        @JvmStatic
        public fun intent(context: Context, session: Session): Intent =
            Intent(context, SetPasswordActivity::class.java).putExtras(Handover.give(session))

        /** Takes the session of a result, once; as [LockActivity.takeSession]. */
        @JvmStatic
        public fun takeSession(data: Intent?): Session? = Handover.take(data)
    }
}
