package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.WalletLock
import org.json.JSONException
import org.json.JSONObject

/**
 * Whether the policy in force wipes the wallet after the wrong PIN that uses up the last try. False if the policy cannot be
 * read now.
 *
 * If the policy also limits the tries until the next restart of the phone, the last try may only be the last before a
 * restart. The person is warned then too, rather than not warned before a wipe.
 */
internal suspend fun WalletLock.lastTryErases(): Boolean = try {
    erases(policy().json)
} catch (_: LockException) {
    false
}

internal fun erases(policy: String): Boolean = try {
    val lockout = JSONObject(policy).getJSONObject("lockout")
    val wipeAt = lockout.optInt("wipe_at", Int.MAX_VALUE)
    wipeAt <= lockout.optInt("lock_at", Int.MAX_VALUE) && wipeAt != Int.MAX_VALUE
} catch (_: JSONException) {
    false
}
