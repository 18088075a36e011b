package com.example.wallet

import android.app.Activity
import android.content.Context
import android.os.Bundle
import android.text.format.DateUtils
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.ArrayAdapter
import android.widget.ListView
import android.widget.TextView
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.JournalQuery
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

/** What happened in the wallet, newest first. */
class JournalActivity : Activity() {
    private val scope = MainScope()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.journal)
        val lines = Lines(this)
        requireView<ListView>(R.id.lines).adapter = lines
        scope.launch {
            guard.session.filterNotNull().collect { session ->
                whileItLives {
                    val page = session.journal.page(JournalQuery(limit = 200, kinds = WORDS.keys))
                    lines.clear()
                    lines.addAll(page.entries)
                }
            }
        }
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private class Lines(context: Context) : ArrayAdapter<JournalEntry>(context, 0) {
        override fun getView(position: Int, view: View?, parent: ViewGroup): View {
            val line = view ?: LayoutInflater.from(context).inflate(R.layout.journal_line, parent, false)
            val entry = getItem(position) ?: return line
            line.requireView<TextView>(R.id.what).text = WORDS[entry.kind]?.let { context.getString(it) }
            line.requireView<TextView>(R.id.time).text = DateUtils.formatDateTime(context, entry.wallMs, DATE_AND_TIME)
            return line
        }

        /** A line does nothing when it is pressed. */
        override fun isEnabled(position: Int) = false
    }

    private companion object {
        const val DATE_AND_TIME = DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_TIME or DateUtils.FORMAT_SHOW_YEAR

        /** The kinds of lines that mean something to a person, with their texts. The steps between them are left out. */
        val WORDS = mapOf(
            JournalKind.ENROLLED to R.string.enrolled,
            JournalKind.PIN_RIGHT to R.string.pin_right,
            JournalKind.PIN_WRONG to R.string.pin_wrong,
            JournalKind.PIN_CHANGED to R.string.pin_changed,
            JournalKind.PIN_REFUSED to R.string.pin_refused,
            JournalKind.LOCKED to R.string.locked,
            JournalKind.ITEM_WRITTEN to R.string.item_written,
            JournalKind.ITEM_DELETED to R.string.item_deleted,
            JournalKind.BIOMETRICS_ON to R.string.biometrics_on,
            JournalKind.BIOMETRICS_OFF to R.string.biometrics_off,
            JournalKind.BIOMETRICS_RIGHT to R.string.biometrics_right,
            JournalKind.BIOMETRICS_NOT_RECOGNISED to R.string.biometrics_wrong,
            JournalKind.CODE_PENDING to R.string.code_pending,
            JournalKind.CODE_CANCELLED to R.string.code_cancelled,
            JournalKind.CODE_SET to R.string.code_set,
            JournalKind.CODE_WITHDRAWN to R.string.code_withdrawn,
            JournalKind.RECOVERED to R.string.recovered,
            JournalKind.ITEM_LOST to R.string.item_lost,
            JournalKind.PROVIDER_REGISTERED to R.string.provider_registered,
            JournalKind.LOCK_ORDERED to R.string.lock_ordered,
            JournalKind.LOCK_CLEARED to R.string.lock_cleared,
            JournalKind.FROZEN to R.string.frozen,
            JournalKind.UNFROZEN to R.string.unfrozen,
            JournalKind.PAYMENT_APPROVED to R.string.payment_approved,
            JournalKind.PAYMENT_REFUSED to R.string.payment_refused,
            JournalKind.PAYMENT_CAPTURED to R.string.payment_captured,
            JournalKind.PAYMENT_DECLINED to R.string.payment_declined,
            JournalKind.LIMIT_SET to R.string.limit_set,
            JournalKind.LIMIT_PENDING to R.string.limit_pending,
            JournalKind.LIMIT_CANCELLED to R.string.limit_cancelled,
            JournalKind.LIMIT_RAISED to R.string.limit_raised,
            JournalKind.CHANNEL_FROZEN to R.string.channel_frozen,
            JournalKind.PANIC_FROZEN to R.string.panic_frozen,
            JournalKind.HEARTBEAT_EXPIRED to R.string.heartbeat_expired,
            JournalKind.CHANNEL_PENDING to R.string.channel_pending,
            JournalKind.CHANNEL_SET to R.string.channel_set,
            JournalKind.CHANNEL_LEAVES to R.string.channel_leaves,
            JournalKind.CHANNEL_REMOVED to R.string.channel_removed,
            JournalKind.CHANNEL_CANCELLED to R.string.channel_cancelled,
            JournalKind.PROVEN to R.string.proven,
            JournalKind.RECOVERY_WAITS to R.string.recovery_waits,
            JournalKind.RECOVERY_CANCELLED to R.string.recovery_cancelled,
            JournalKind.SECOND_FACTOR_PENDING to R.string.factor_pending,
            JournalKind.SECOND_FACTOR_CANCELLED to R.string.factor_cancelled,
            JournalKind.SECOND_FACTOR_ON to R.string.factor_on,
            JournalKind.SECOND_FACTOR_OFF to R.string.factor_off,
            JournalKind.PASSWORD_SET to R.string.password_set,
            JournalKind.CHANNEL_CHANGE_PAUSED to R.string.channel_paused,
        )
    }
}
