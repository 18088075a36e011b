package dev.walletlock

/**
 * The app's rules for PINs, and how guessing is slowed down. A policy is data, and is checked when it is loaded.
 *
 * ```
 * Policy.preset("nl_wallet")
 * Policy.json("""{ "name": "ours", "lockout": { "lock_at": 10 } }""")
 * ```
 *
 * A policy names the app's provider, if there is one: its public Ed25519 keys in base64url, each with its role, for how many hours the
 * phone may stay without a heartbeat (left out: for ever), and what clears a lock for unusual activity (`pin` or `grant`). A message
 * of the provider for the finder names one of the `contacts` by its place.
 *
 * ```
 * Policy.json(
 *     """{
 *       "contacts": [{ "kind": "phone", "value": "+31 20 555 0100" }],
 *       "provider": {
 *         "keys": [
 *           { "key": "…", "role": "online" }, { "key": "…", "role": "guarded" }, { "key": "…", "role": "guarded" }
 *         ],
 *         "allowance_h": 168, "warn_percent": 80, "unusual": "pin"
 *       }
 *     }""",
 * )
 * ```
 *
 * Loading a policy calls native code, which takes some milliseconds the first time: do not do it on the main thread. [DEFAULT]
 * calls none.
 */
public class Policy private constructor(internal val text: String) {
    /** The policy as JSON, every field named. */
    public val json: String by lazy { translating { NativeLibrary.unlockPath.checkPolicy(text) } }

    /** Says nothing: a policy is long. See [json]. */
    override fun toString(): String = "Policy"

    /** Where policies come from. */
    public companion object {
        /**
         * The preset `walletlock`: four wrong PINs without a wait, then growing waits, and locked at the sixteenth until the
         * person is verified some other way.
         */
        @JvmField
        public val DEFAULT: Policy = Policy("walletlock")

        /**
         * A policy by name: `walletlock`, `android_gatekeeper`, `android_rate_limiter`, `nl_wallet`, `trezor`, `ctap2`,
         * `nist_800_63b` or `mobile_wallet_cn`. A text that begins with a brace is read as JSON.
         *
         * @throws LockException.Policy if there is no policy with that name.
         */
        @JvmStatic
        public fun preset(name: String): Policy = checked(name)

        /**
         * A policy of your own. Fields that are left out have the values of the preset `walletlock`.
         *
         * @throws LockException.Policy naming the field that is wrong, as `lockout.cooldowns[2].wait_s`.
         */
        @JvmStatic
        public fun json(text: String): Policy {
            if (!text.trimStart().startsWith("{")) throw LockException.Policy(".", "must be a JSON object")
            return checked(text)
        }

        /** A policy that the native side wrote, so it is not checked again. */
        internal fun resolved(json: String): Policy = Policy(json)

        private fun checked(text: String) = Policy(text).also { it.json }
    }
}
