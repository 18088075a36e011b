package dev.walletlock.android

import android.content.Context
import android.content.res.Resources
import android.text.format.DateUtils
import dev.walletlock.BiometricDenial
import dev.walletlock.JournalEntry
import dev.walletlock.JournalKind
import dev.walletlock.RollbackProtection
import dev.walletlock.SecurityLevel
import dev.walletlock.SensorAvailability

// The words of the settings, in the person's language.

/** The text of the biometrics row. Null: the state is not known yet. */
internal fun Resources.fingerWords(state: SettingsState): String? = if (state.isFingerOn == null) null else getString(
    when {
        state.isFingerOn == true -> R.string.walletlock_finger_is_on
        state.whyOff == BiometricDenial.ENROLMENT_CHANGED -> R.string.walletlock_finger_changed
        state.whyOff == BiometricDenial.OFF_AFTER_FAILURES -> R.string.walletlock_finger_failed
        state.sensor == SensorAvailability.NONE_ENROLLED -> R.string.walletlock_finger_none_enrolled
        state.sensor == SensorAvailability.BUSY -> R.string.walletlock_finger_busy
        state.sensor == SensorAvailability.NO_HARDWARE -> R.string.walletlock_finger_not_here
        state.sensor == SensorAvailability.NOT_SUPPORTED -> R.string.walletlock_finger_not_here
        else -> R.string.walletlock_finger_is_off
    },
)

internal fun Resources.words(level: SecurityLevel): String = getString(
    when (level) {
        SecurityLevel.STRONGBOX -> R.string.walletlock_level_strongbox
        SecurityLevel.TRUSTED_ENVIRONMENT -> R.string.walletlock_level_trusted
        SecurityLevel.SOFTWARE -> R.string.walletlock_level_software
        SecurityLevel.UNKNOWN -> R.string.walletlock_level_unknown
    },
)

internal fun Resources.words(protection: RollbackProtection): String = getString(
    when (protection) {
        RollbackProtection.ON -> R.string.walletlock_rollback_on
        RollbackProtection.OFF -> R.string.walletlock_rollback_off
    },
)

internal fun Resources.words(policy: SettingsPolicy): String =
    getString(R.string.walletlock_session_times, lasting(policy.idleS), lasting(policy.absoluteS))

internal fun Resources.words(entry: JournalEntry): String = getString(
    when (val kind = entry.kind) {
        null -> R.string.walletlock_journal_unknown
        else -> wordsOf(kind, entry.details?.get("by"))
    },
)

/** What happened. [by]: who did it, where the words differ. */
internal fun wordsOf(kind: JournalKind, by: String?): Int =
    when (kind) {
        JournalKind.ENROLLED -> R.string.walletlock_journal_enrolled
        JournalKind.PIN_TRIED -> R.string.walletlock_journal_pin_tried
        JournalKind.PIN_RIGHT -> R.string.walletlock_journal_pin_right
        JournalKind.PIN_WRONG -> R.string.walletlock_journal_pin_wrong
        JournalKind.PIN_REPEATED -> R.string.walletlock_journal_pin_repeated
        JournalKind.PIN_NO_VERDICT -> R.string.walletlock_journal_pin_no_verdict
        JournalKind.PIN_REFUSED -> R.string.walletlock_journal_pin_refused
        JournalKind.OPEN_TRIES_COUNTED -> R.string.walletlock_journal_open_tries
        JournalKind.LOCKED -> R.string.walletlock_journal_locked
        JournalKind.PIN_CHANGED -> R.string.walletlock_journal_pin_changed
        JournalKind.KDF_UPGRADED -> R.string.walletlock_journal_kdf
        JournalKind.POLICY_CHANGED -> R.string.walletlock_journal_policy
        JournalKind.ITEM_WRITTEN -> R.string.walletlock_journal_item_written
        JournalKind.ITEM_DELETED -> R.string.walletlock_journal_item_deleted
        JournalKind.WIPED -> R.string.walletlock_journal_wiped
        JournalKind.BIOMETRICS_ON -> R.string.walletlock_journal_finger_on
        JournalKind.BIOMETRICS_OFF -> R.string.walletlock_journal_finger_off
        JournalKind.BIOMETRICS_ASKED -> R.string.walletlock_journal_finger_asked
        JournalKind.BIOMETRICS_RIGHT -> R.string.walletlock_journal_finger_right
        JournalKind.BIOMETRICS_NOT_RECOGNISED -> R.string.walletlock_journal_finger_wrong
        JournalKind.BIOMETRICS_ENDED -> R.string.walletlock_journal_finger_ended
        JournalKind.BIOMETRICS_REFUSED -> R.string.walletlock_journal_finger_refused
        JournalKind.CODE_PENDING -> R.string.walletlock_journal_code_pending
        JournalKind.CODE_CANCELLED -> R.string.walletlock_journal_code_cancelled
        JournalKind.CODE_SET -> R.string.walletlock_journal_code_set
        JournalKind.CODE_WITHDRAWN -> R.string.walletlock_journal_code_withdrawn
        JournalKind.RECOVERED -> when (by) {
            "escrow" -> R.string.walletlock_journal_recovered_by_provider
            else -> R.string.walletlock_journal_recovered
        }
        JournalKind.ITEM_LOST -> R.string.walletlock_journal_item_lost
        JournalKind.RESCUE_ROW_RESTORED -> R.string.walletlock_journal_rescue_restored
        JournalKind.PROVIDER_REGISTERED -> R.string.walletlock_journal_provider_registered
        JournalKind.LOCK_ORDERED -> R.string.walletlock_journal_lock_ordered
        JournalKind.FROZEN -> R.string.walletlock_journal_frozen
        JournalKind.UNFROZEN -> R.string.walletlock_journal_unfrozen
        JournalKind.WIPE_ORDERED -> R.string.walletlock_journal_wipe_ordered
        JournalKind.UNLOCK_GRANTED -> R.string.walletlock_journal_unlock_granted
        JournalKind.LOCK_CLEARED -> R.string.walletlock_journal_lock_cleared
        JournalKind.PROVIDER_KEY_REVOKED -> R.string.walletlock_journal_provider_key_revoked
        JournalKind.ORDER_WITHHELD -> R.string.walletlock_journal_order_withheld
        JournalKind.HEARTBEAT_DUE -> R.string.walletlock_journal_heartbeat_due
        JournalKind.HEARTBEAT_EXPIRED -> R.string.walletlock_journal_heartbeat_expired
        JournalKind.REMOTE_WIPE_ALLOWED -> R.string.walletlock_journal_remote_wipe
        JournalKind.LOCK_RESTORED -> R.string.walletlock_journal_lock_restored
        JournalKind.LOCK_SET -> R.string.walletlock_journal_lock_set
        JournalKind.ESCROW_PENDING -> R.string.walletlock_journal_escrow_pending
        JournalKind.ESCROW_CANCELLED -> R.string.walletlock_journal_escrow_cancelled
        JournalKind.ESCROW_ON -> R.string.walletlock_journal_escrow_on
        JournalKind.ESCROW_OFF -> R.string.walletlock_journal_escrow_off
        JournalKind.CHANNEL_PENDING -> R.string.walletlock_journal_channel_pending
        JournalKind.CHANNEL_SET -> R.string.walletlock_journal_channel_set
        JournalKind.CHANNEL_LEAVES -> R.string.walletlock_journal_channel_leaves
        JournalKind.CHANNEL_REMOVED -> R.string.walletlock_journal_channel_removed
        JournalKind.CHANNEL_CANCELLED -> R.string.walletlock_journal_channel_cancelled
        JournalKind.CODE_ASKED -> R.string.walletlock_journal_code_asked
        JournalKind.CODE_TYPED -> R.string.walletlock_journal_code_typed
        JournalKind.PROVEN -> R.string.walletlock_journal_proven
        JournalKind.RECOVERY_WAITS -> R.string.walletlock_journal_recovery_waits
        JournalKind.RECOVERY_CANCELLED -> R.string.walletlock_journal_recovery_cancelled
        JournalKind.SECOND_FACTOR_PENDING -> R.string.walletlock_journal_factor_pending
        JournalKind.SECOND_FACTOR_CANCELLED -> R.string.walletlock_journal_factor_cancelled
        JournalKind.SECOND_FACTOR_ON -> R.string.walletlock_journal_factor_on
        JournalKind.SECOND_FACTOR_OFF -> R.string.walletlock_journal_factor_off
        JournalKind.SECOND_FACTOR_TRIED -> R.string.walletlock_journal_factor_tried
        JournalKind.SECOND_FACTOR_RIGHT -> R.string.walletlock_journal_factor_right
        JournalKind.PASSWORD_SET -> R.string.walletlock_journal_password_set
        JournalKind.CHANNEL_CHANGE_PAUSED -> R.string.walletlock_journal_channel_paused
        JournalKind.PAYMENT_RESERVED -> R.string.walletlock_journal_payment_reserved
        JournalKind.PAYMENT_APPROVED -> R.string.walletlock_journal_payment_approved
        JournalKind.PAYMENT_RELEASED -> R.string.walletlock_journal_payment_released
        JournalKind.PAYMENT_REFUSED -> R.string.walletlock_journal_payment_refused
        JournalKind.PAYMENT_CAPTURED -> R.string.walletlock_journal_payment_captured
        JournalKind.PAYMENT_DECLINED -> R.string.walletlock_journal_payment_declined
        JournalKind.LIMIT_SET -> R.string.walletlock_journal_limit_set
        JournalKind.LIMIT_PENDING -> R.string.walletlock_journal_limit_pending
        JournalKind.LIMIT_CANCELLED -> R.string.walletlock_journal_limit_cancelled
        JournalKind.LIMIT_RAISED -> R.string.walletlock_journal_limit_raised
        JournalKind.CHANNEL_FROZEN -> R.string.walletlock_journal_payment_channel_frozen
        JournalKind.PANIC_FROZEN -> R.string.walletlock_journal_panic_frozen
        JournalKind.CARD_ADDED -> R.string.walletlock_journal_card_added
        JournalKind.CARD_FROZEN -> R.string.walletlock_journal_card_frozen
        JournalKind.CARD_UNFROZEN -> R.string.walletlock_journal_card_unfrozen
        JournalKind.CARD_REMOVED -> R.string.walletlock_journal_card_removed
        JournalKind.CARD_RESTORED -> R.string.walletlock_journal_card_restored
        JournalKind.CARD_DESTROYED -> R.string.walletlock_journal_card_destroyed
        JournalKind.LINES_DELETED -> R.string.walletlock_journal_lines_deleted
        JournalKind.DISPUTE_OPENED -> R.string.walletlock_journal_dispute_opened
        JournalKind.DISPUTE_REPORTED -> R.string.walletlock_journal_dispute_reported
        JournalKind.DISPUTE_CLOSED -> R.string.walletlock_journal_dispute_closed
    }

/** When the line was written, by the phone's clock: date and time, in the format of the locale. */
internal fun Context.timeOf(entry: JournalEntry): String = DateUtils.formatDateTime(
    this,
    entry.wallMs,
    DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_YEAR or DateUtils.FORMAT_ABBREV_MONTH or DateUtils.FORMAT_SHOW_TIME,
)
