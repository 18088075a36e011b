package dev.walletlock.phone

import dev.walletlock.LockStatus
import dev.walletlock.Money
import dev.walletlock.fakes.FakeChannel
import dev.walletlock.fakes.FakeCounter
import java.math.BigDecimal
import org.json.JSONArray
import org.json.JSONObject

/**
 * The state for the page, as JSON. Nothing in it changes with time alone, so the page gets a new state only when
 * something happened.
 */
fun describe(phone: Phone): String = JSONObject()
    .put("app", phone.application.applicationInfo.loadLabel(phone.application.packageManager).toString())
    .put("top", phone.stack.top?.javaClass?.simpleName ?: "")
    .put("isAway", phone.stack.isAway)
    .put("isOff", phone.isOff)
    .put("configuration", configuration(phone.configuration))
    .put("isCovered", phone.screen.isCovered)
    .put("isBusy", phone.fakes.deviceKey.failure != null)
    .put("isTyping", phone.isTyping)
    .put("isAsked", phone.sheet.words()?.let(::sheet) ?: JSONObject.NULL)
    .put("asksPermission", phone.permission.isAsked)
    .put("notifications", JSONArray(phone.notifications.shown().map(::inWords)))
    .put("toast", phone.toast?.let { (number, text) -> JSONObject().put("number", number).put("text", text) } ?: JSONObject.NULL)
    .put("crash", phone.crash?.stackTraceToString() ?: JSONObject.NULL)
    .put("leavingIntent", phone.leavingIntent?.let { it.dataString ?: it.action ?: "another app" } ?: JSONObject.NULL)
    .put("status", JSONArray(Journal.openLocks().map { inWords(it.status.value) }))
    .put("journal", JSONArray(phone.journal.lines().map { JSONArray(listOf(it.time, it.source, it.text)) }))
    .put("isRegistered", phone.desk.isRegistered)
    .put("waiting", JSONArray(phone.desk.waiting.map { JSONObject().put("number", it.number).put("kind", it.kind) }))
    .put("messages", JSONArray(messages(phone)))
    .put("counter", counter(phone.desk.counter))
    .put("hasEvidence", phone.desk.evidence != null)
    .put("isOffline", !phone.desk.isReachable)
    .put("isLosing", phone.desk.post.isLosing)
    .put("isWithholding", phone.desk.post.isWithholdingOrders)
    .put("isRepeating", phone.desk.post.isRepeating)
    .put("isForging", phone.desk.post.isForging)
    .put("aheadMs", phone.aheadMs)
    .toString()

private fun inWords(shown: Notifications.Shown) = JSONObject()
    .put("number", shown.number)
    .put("title", shown.title)
    .put("text", shown.text)
    .put("actions", JSONArray(shown.actions))

/** The newest messages to the owner, the newest first. */
private fun messages(phone: Phone) = phone.desk.messages.withIndex().toList().takeLast(MESSAGES).reversed().map { (number, it) ->
    JSONObject()
        .put("number", number)
        .put("kind", if (it.kind == FakeChannel.Kind.SMS) "SMS" else "Mail")
        .put("to", it.to)
        .put("text", it.text)
        .put("link", it.link ?: JSONObject.NULL)
        .put("sentMs", it.sentMs)
}

private const val MESSAGES = 20

/** What the counter asks for, or what it read in the authorisation and did with it, line by line. */
private fun counter(counter: Counter) = JSONObject()
    .put("offer", counter.offer?.let { "Asks for ${inWords(it.amount)}" } ?: JSONObject.NULL)
    .put("receipt", counter.receipt?.let { JSONArray(inWords(it)) } ?: JSONObject.NULL)
    .put("isTaken", counter.receipt?.payment != null)

private fun inWords(receipt: Counter.Receipt): List<String> {
    val payment = receipt.payment
        ?: return listOf("Refused: ${receipt.taken.refusal?.name?.lowercase()?.replace('_', ' ')}")
    return listOf("Both signatures are right") + payment.shown + listOf(
        "Confirmed by: ${payment.methods.joinToString()}",
        "Risks: ${payment.risks.joinToString().ifEmpty { "none" }}",
        inWords(receipt.charging),
    )
}

private fun inWords(charging: FakeCounter.Charging): String = when (charging) {
    FakeCounter.Charging.ALL -> "Charged"
    FakeCounter.Charging.LESS -> "Half of it is charged"
    FakeCounter.Charging.MORE -> "A tenth more is charged"
    FakeCounter.Charging.LATE -> "Charged; the phone is told in an hour"
    FakeCounter.Charging.NEVER_TOLD -> "Charged; the phone is never told"
    FakeCounter.Charging.NOTHING -> "Declined: nothing is charged"
}

/** In a currency with two decimal places. */
internal fun inWords(money: Money): String = "${BigDecimal.valueOf(money.minor, 2).toPlainString()} ${money.currency}"

private fun configuration(configuration: Configuration) = JSONObject()
    .put("isDark", configuration.isDark)
    .put("isChinese", configuration.isChinese)
    .put("fontScale", configuration.fontScale.toDouble())
    .put("isTurned", configuration.isTurned)
    .put("isSmall", configuration.isSmall)

private fun sheet(words: Sheet.Words) = JSONObject()
    .put("title", words.title)
    .put("body", words.body)
    .put("button", words.button)
    .put("misses", words.misses)

/** The status in words, without the remaining time, which would change every second. */
private fun inWords(status: LockStatus): String = when (status) {
    is LockStatus.Unconfigured -> "No PIN yet"
    is LockStatus.Ready -> status.triesLeft?.let { "Ready, $it tries left" } ?: "Ready"
    is LockStatus.CoolingDown -> "Cooling down" + (status.triesLeft?.let { ", $it tries left" } ?: "")
    is LockStatus.Locked -> "Locked: ${status.reason.name.lowercase().replace('_', ' ')}"
    else -> status.javaClass.simpleName
}
