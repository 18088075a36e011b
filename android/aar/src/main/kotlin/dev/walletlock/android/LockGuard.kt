package dev.walletlock.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import dev.walletlock.Session
import kotlinx.coroutines.flow.StateFlow

/**
 * Covers every Activity of the app until the wallet is open, and starts the lock screen by itself. Install it once:
 *
 * ```
 * class WalletApp : Application() {
 *     lateinit var guard: LockGuard
 *
 *     override fun onCreate() {
 *         super.onCreate()
 *         guard = LockGuard.install(this, firstRun = { Intent(it, WelcomeActivity::class.java) })
 *     }
 * }
 * ```
 *
 * A covered Activity cannot be seen or touched, and accessibility services cannot read it. Its dialogs and popups are hidden
 * meanwhile, as by `Dialog.hide`, and come back. Its content stays as it was; nothing is created anew. The guard covers
 * windows. So it does not matter whether they hold views or Compose, how the Activity was started (the launcher, a link,
 * the recent apps), in which task it is, whether it was rotated, and whether the process is new. Whether the wallet is open or
 * not, the window of a guarded Activity is secure (`FLAG_SECURE`), and its picture is not among the recent apps.
 *
 * The lock screen is started above the covered Activities, one in each task. Going back from it leaves the app. The guard
 * keeps the session that it opened, as [session]; an Activity shows content of the wallet only while there is one.
 * [LockScreens.useLock] says which lock is used. The wallet is closed by the policy, by [AutoLock], and by [lockNow].
 *
 * **Before there is a PIN** nothing is protected yet, and the app's own Activities must be able to set one. So they are not
 * covered. If the app names its first run, the guard starts that one instead, in front of the others, which stay covered.
 * After a wipe the lock screen says so first.
 *
 * **What is not covered**: [LockActivity], [SetPinActivity] and a lock screen of the app's own; those screens of this library
 * that hide what they show and ask for the PIN themselves, such as [HistoryActivity]; while there is no PIN, the first run;
 * Activities with [Unguarded] or named when the guard was installed; widgets, notifications, and windows of the system's
 * types (an overlay). An Activity that runs in another process needs a guard there. A dialog that comes while an Activity is
 * being covered may be seen for one frame. The app's own code keeps running: code that may only run while the wallet is open
 * must ask for [session].
 *
 * For the main thread only, as are all its functions.
 */
public class LockGuard private constructor(
    application: Application,
    lockScreen: (Context) -> Intent,
    firstRun: ((Context) -> Intent)?,
    excluded: Set<Class<out Activity>>,
) : AutoCloseable {
    private val wallet = GuardedWallet(application, onChange = ::follow)
    private val screens: GuardedScreens = GuardedScreens(application, wallet, lockScreen, firstRun, excluded)

    /**
     * The session of the open wallet. Null while the wallet is closed. Use it, but do not close it, and keep no reference to
     * it: after the next unlocking it is another one. It may end at any moment: then its functions throw
     * `LockException.SessionEnded`, and the screen is covered.
     *
     * ```
     * guard.session.collect { session -> if (session == null) hide() else show(session.vault.read("card")) }
     * ```
     */
    public val session: StateFlow<Session?> get() = wallet.session

    /**
     * Takes over [session], and so opens the app with it, unless it has ended meanwhile. It may come from setting the first
     * PIN, from a lock screen of the app's own, or from a [LockActivity] that the app launched for a result. The session
     * before it is closed, and every lock screen that the guard has started is finished.
     */
    public fun keep(session: Session) {
        wallet.keep(session)
        // A session that has ended meanwhile opens nothing, so the lock screens stay.
        if (session.isLive) screens.finishLockScreens()
    }

    /**
     * Lets the app be left once without [AutoLock] locking the wallet. Call it just before the app starts a screen of another
     * app whose answer it waits for, such as a picker or the camera. The exemption ends when a screen of the app is shown
     * again, or after [forSeconds]. Turning the screen off still locks, and a session still ends after the policy's time.
     *
     * @throws IllegalArgumentException unless [forSeconds] is from 1 to 600.
     */
    @JvmOverloads
    public fun exempt(forSeconds: Int = EXEMPT_S) {
        require(forSeconds in 1..MAX_EXEMPT_S) { "an exemption has 1 to $MAX_EXEMPT_S seconds" }
        Exemption.begin(forSeconds * 1_000L)
    }

    /** Ends the exemption: the other app's screen did not come, or the app does not wait for its answer any more. */
    public fun endExemption(): Unit = Exemption.end()

    /** Ends every session, and covers the app. For a 'lock now' button. */
    public fun lockNow(): Unit = wallet.lockNow()

    /** Uninstalls the guard: closes its session, and covers nothing any more. For tests: an app keeps its guard. */
    override fun close() {
        if (installed === this) installed = null
        wallet.close()
        screens.close()
    }

    private fun follow() = screens.follow()

    /** Called when the lock screen found no PIN, or the person has read that everything was erased. */
    internal fun goOnWithoutPin(): Unit = wallet.goOnWithoutPin()

    /** Installs it. */
    public companion object {
        /** The screens of this library hand their sessions to it. */
        internal var installed: LockGuard? = null
            private set

        /** A [session] that one of the lock's own screens leaves open goes to the guard, if it has none; else it is closed. */
        internal fun keepOrClose(session: Session) {
            share(session)
            if (installed?.session?.value !== session) session.close()
        }

        /** Gives the guard a [session] that one of the lock's own screens has opened, if the guard has none. */
        internal fun share(session: Session) {
            val guard = installed ?: return
            if (session.isLive && guard.session.value?.isLive != true) guard.keep(session)
        }

        /**
         * Guards every Activity of the app from now on. Call it in `Application.onCreate`, before any Activity exists, and
         * keep what it returns. A second guard replaces the first.
         *
         * @param lockScreen makes the intent that is started while the wallet is locked: for [LockActivity], or for an Activity
         *   of the app's own, named by its class. Such an Activity passes its session to [keep], which finishes it. It is
         *   not covered, so it must show nothing of the wallet.
         * @param firstRun makes the intent that is started while there is no PIN. Its Activity is not covered during that time.
         *   Null: the app starts its own first run, and nothing is covered while there is no PIN.
         * @param excluded Activities that are never covered; or put [Unguarded] on them.
         * @throws IllegalArgumentException if the intent of [lockScreen] names no Activity.
         */
        @JvmStatic
        @JvmOverloads
        public fun install(
            application: Application,
            lockScreen: (Context) -> Intent = { LockActivity.intent(it) },
            firstRun: ((Context) -> Intent)? = null,
            excluded: Set<Class<out Activity>> = emptySet(),
        ): LockGuard {
            requireNotNull(lockScreen(application).component) { "the intent of the lock screen must name an Activity" }
            installed?.close()
            val guard = LockGuard(application, lockScreen, firstRun, excluded)
            application.registerActivityLifecycleCallbacks(guard.screens)
            installed = guard
            return guard
        }

        /** Long enough to find a document or take a picture. Our own choice. */
        private const val EXEMPT_S = 120
        private const val MAX_EXEMPT_S = 600
    }
}
