package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import dev.walletlock.Session

/**
 * How a [LockActivity] ended: [LockActivity.result] returns it. With AndroidX:
 *
 * ```
 * class Unlock : ActivityResultContract<Unit, LockResult>() {
 *     override fun createIntent(context: Context, input: Unit) = LockActivity.intent(context)
 *     override fun parseResult(resultCode: Int, intent: Intent?) = LockActivity.result(resultCode, intent)
 * }
 * ```
 */
public sealed interface LockResult {
    /**
     * The wallet is open.
     *
     * @property session yours to close after use.
     */
    public class Unlocked(public val session: Session) : LockResult

    /** There is no PIN to enter: none was set yet, or everything was erased. Let the person set one. */
    public data object NoPin : LockResult

    /**
     * There is no session: the screen was cancelled, the session was taken already, or nobody took it for a minute.
     *
     * @property trouble why the wallet could not be opened, as the screen said last. Report its [LockTrouble.code]. Null: no
     *   fault prevented it.
     */
    public class Cancelled(public val trouble: LockTrouble?) : LockResult
}

/** Writes an outcome into an Activity result, and reads it again. */
internal object LockResults {
    fun of(resultCode: Int, data: Intent?): LockResult = when (resultCode) {
        LockActivity.RESULT_NO_PIN -> LockResult.NoPin
        Activity.RESULT_OK -> Handover.take(data)?.let { LockResult.Unlocked(it) } ?: LockResult.Cancelled(null)
        else -> LockResult.Cancelled(troubleIn(data))
    }

    fun cancelled(trouble: LockTrouble?): Intent? = trouble?.let { Intent().putExtra(EXTRA_TROUBLE, it.code) }

    private fun troubleIn(data: Intent?): LockTrouble? {
        val code = data?.getIntExtra(EXTRA_TROUBLE, 0) ?: return null
        return LockTrouble.entries.firstOrNull { it.code == code }
    }

    private const val EXTRA_TROUBLE = "dev.walletlock.trouble"
}
