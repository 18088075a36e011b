package dev.walletlock.android

import dev.walletlock.Policy
import org.json.JSONObject

/**
 * What the settings need to know of the policy in force.
 *
 * @property idleS how long a session lives without use, in seconds.
 * @property absoluteS how long a session lives in any case, in seconds.
 * @property offersEscrow whether the provider can keep the key to the wallet.
 */
internal class SettingsPolicy private constructor(val idleS: Long, val absoluteS: Long, val offersEscrow: Boolean) {
    companion object {
        fun of(policy: Policy): SettingsPolicy {
            val json = JSONObject(policy.json)
            val session = json.getJSONObject("session")
            val provider = json.optJSONObject("provider")
            return SettingsPolicy(
                idleS = session.getLong("idle_s"),
                absoluteS = session.getLong("absolute_s"),
                offersEscrow = provider != null && !provider.isNull("escrow_key"),
            )
        }
    }
}
