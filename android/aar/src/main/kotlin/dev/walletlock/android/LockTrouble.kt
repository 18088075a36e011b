package dev.walletlock.android

import dev.walletlock.DeviceKeyFault
import dev.walletlock.LockException
import dev.walletlock.NoVerdictCause

/**
 * Why a wallet did not open, or a PIN was not checked, as the screens say it. An app gets it through [OnLockTrouble].
 *
 * @property code is shown beside the words, so that support can identify the fault. It stays the same in later versions.
 * @property canRetry whether trying again can help: then the screen has a button for it.
 */
public enum class LockTrouble(public val code: Int, public val canRetry: Boolean, internal val words: Int) {
    /** The app was installed without the native library for this phone. */
    NO_LIBRARY(1, canRetry = false, R.string.walletlock_trouble_no_library),

    /** A newer version of the app wrote this wallet. */
    NEWER_VERSION(2, canRetry = false, R.string.walletlock_trouble_newer_version),

    /** Another process of the app has this wallet open, or this process has a copy of its file open. */
    IN_USE(3, canRetry = true, R.string.walletlock_trouble_in_use),

    /** The phone was restarted, and has not been unlocked since. */
    BEFORE_FIRST_UNLOCK(4, canRetry = true, R.string.walletlock_trouble_first_unlock),

    /** The storage is full, read-only or broken. */
    STORAGE(5, canRetry = true, R.string.walletlock_trouble_storage),

    /** The phone's keystore is busy, or the phone is locked. */
    KEYSTORE_BUSY(6, canRetry = true, R.string.walletlock_busy),

    /** The phone's keystore says that the wallet's key is gone. The keystore may be wrong. */
    KEY_GONE(7, canRetry = true, R.string.walletlock_trouble_key_gone),

    /** The phone has no keystore. */
    NO_KEYSTORE(8, canRetry = false, R.string.walletlock_trouble_no_keystore),

    /** The phone's keystore failed. */
    KEYSTORE_FAILED(9, canRetry = true, R.string.walletlock_trouble_keystore_failed),

    /** The protected data is damaged. */
    DAMAGED(10, canRetry = true, R.string.walletlock_damaged_body),

    /** The phone's clock, randomness or biometric sensor failed. */
    PLATFORM(11, canRetry = true, R.string.walletlock_trouble_platform),

    /** The policy that the app asks for is not valid, which is a mistake in the app. */
    POLICY(12, canRetry = false, R.string.walletlock_trouble_policy),

    /** Anything else. */
    OTHER(13, canRetry = true, R.string.walletlock_trouble_body),
    ;

    /** Finds the trouble of a fault. */
    public companion object {
        /** The trouble that the screens show for [fault]. */
        @JvmStatic
        public fun of(fault: LockException): LockTrouble = when (fault) {
            is LockException.NoLibrary -> NO_LIBRARY
            is LockException.NewerVersion -> NEWER_VERSION
            is LockException.InUse -> IN_USE
            is LockException.BeforeFirstUnlock -> BEFORE_FIRST_UNLOCK
            is LockException.Storage -> STORAGE
            is LockException.DeviceKey -> of(fault.fault)
            is LockException.DataDamaged -> DAMAGED
            is LockException.Platform -> PLATFORM
            is LockException.Policy -> POLICY
            // Faults of calls on an open wallet, or a defect of this library.
            else -> OTHER
        }

        /** Null: the person needs no code for it, such as too few digits. */
        internal fun of(cause: NoVerdictCause): LockTrouble? = when (cause) {
            is NoVerdictCause.NotAPin, is NoVerdictCause.TryAgain, is NoVerdictCause.NoMemory -> null
            is NoVerdictCause.Storage -> STORAGE
            is NoVerdictCause.Platform -> PLATFORM
            is NoVerdictCause.DeviceKey -> of(cause.fault)
        }

        private fun of(fault: DeviceKeyFault): LockTrouble = when (fault) {
            DeviceKeyFault.BUSY -> KEYSTORE_BUSY
            DeviceKeyFault.GONE -> KEY_GONE
            DeviceKeyFault.NO_HARDWARE -> NO_KEYSTORE
            DeviceKeyFault.FAILED -> KEYSTORE_FAILED
        }
    }
}

/** A listener for faults: a wallet did not open, or a PIN was not checked. The screen has told the person already. */
public fun interface OnLockTrouble {
    /** Called on the main thread, for each fault. */
    public fun onLockTrouble(trouble: LockTrouble)
}
