package dev.walletlock.android

import dev.walletlock.Contact
import dev.walletlock.Policy
import org.json.JSONArray
import org.json.JSONObject

/**
 * What the settings need to know of the policy in force.
 *
 * @property idleS how long a session lives without use, in seconds.
 * @property absoluteS how long a session lives in any case, in seconds.
 * @property hasProvider whether there is a provider, which sends codes.
 * @property offersEscrow whether the provider can keep the key to the wallet.
 * @property changeWaitS how long a change of a way back in waits, in seconds.
 * @property smsValidS how long a code by SMS is valid, in seconds.
 * @property mailValidS how long a code or a link by mail is valid, in seconds.
 * @property contacts whom the person can turn to.
 */
internal class SettingsPolicy private constructor(
    val idleS: Long,
    val absoluteS: Long,
    val hasProvider: Boolean,
    val offersEscrow: Boolean,
    val changeWaitS: Long,
    val smsValidS: Long,
    val mailValidS: Long,
    val contacts: List<Contact>,
) {
    companion object {
        fun of(policy: Policy): SettingsPolicy {
            val json = JSONObject(policy.json)
            val session = json.getJSONObject("session")
            val provider = json.optJSONObject("provider")
            val recovery = json.getJSONObject("recovery")
            return SettingsPolicy(
                idleS = session.getLong("idle_s"),
                absoluteS = session.getLong("absolute_s"),
                hasProvider = provider != null,
                offersEscrow = provider != null && !provider.isNull("escrow_key"),
                changeWaitS = recovery.getLong("pending_change_h") * HOUR_S,
                smsValidS = recovery.getLong("sms_valid_s"),
                mailValidS = recovery.getLong("mail_valid_s"),
                contacts = json.optJSONArray("contacts")?.let(::contactsIn).orEmpty(),
            )
        }

        private fun contactsIn(list: JSONArray): List<Contact> = (0 until list.length()).map(list::getJSONObject).mapNotNull {
            val value = it.getString("value")
            when (it.getString("kind")) {
                "phone" -> Contact.Phone(value)
                "form" -> Contact.Form(value)
                "social" -> Contact.Social(value)
                "police" -> Contact.Police(value)
                // A newer version of the policy names it.
                else -> null
            }
        }

        private const val HOUR_S = 3_600L
    }
}
