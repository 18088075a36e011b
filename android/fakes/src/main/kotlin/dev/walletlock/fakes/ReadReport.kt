package dev.walletlock.fakes

/**
 * What a phone reports of the owner's ways back in.
 *
 * @property channels the states of the channels, by name, in the owner's order.
 * @property secondFactor `authenticator` or `sms`. Null: there is none.
 * @property pending what waits, and the seconds until it holds.
 */
internal class ReadReport(
    val channels: Map<String, FakeChannel.State>,
    val secondFactor: String?,
    val pending: Map<String, Long>,
) {
    companion object {
        private val CHANGES = setOf("code", "escrow", "second_factor", "recovery")
        private val FACTORS = setOf("authenticator", "sms")
        private val STATES = FakeChannel.State.entries.associateBy { it.name.lowercase() }

        /** @throws IllegalArgumentException if it is not a report. */
        fun of(report: Any): ReadReport {
            require(report is Map<*, *>) { "no report" }
            require(report.keys - "second_factor" == setOf("channels", "pending")) { "other members in the report" }
            val channels = pairs(report["channels"], "channel", "state").mapValues { (name, state) ->
                require(FakeChannel.isName(name)) { "no channel" }
                requireNotNull(STATES[state]) { "no such state" }
            }
            val pending = pairs(report["pending"], "what", "left_s").mapValues { (what, left) ->
                require(what in CHANGES || what in channels) { "no such change" }
                require(left is Long && left > 0) { "no time" }
                left
            }
            val factor = report["second_factor"]?.let { it as? String ?: throw IllegalArgumentException("no text") }
            require(factor == null || factor in FACTORS) { "no such factor" }
            return ReadReport(channels, factor, pending)
        }

        /** A list of objects with two members, as a map from the one to the other. */
        private fun pairs(list: Any?, name: String, value: String): Map<String, Any> {
            require(list is List<*>) { "no list" }
            val pairs = list.map { element ->
                require(element is Map<*, *> && element.keys == setOf(name, value)) { "other members in a list" }
                (element[name] as? String ?: throw IllegalArgumentException("no $name")) to requireNotNull(element[value])
            }
            return pairs.toMap().also { require(it.size == pairs.size) { "something comes twice" } }
        }
    }
}
