package dev.walletlock.phone

import dev.walletlock.LockStatus
import dev.walletlock.fakes.FakeChannel
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
    .put("toast", phone.toast?.let { (number, text) -> JSONObject().put("number", number).put("text", text) } ?: JSONObject.NULL)
    .put("crash", phone.crash?.stackTraceToString() ?: JSONObject.NULL)
    .put("leavingIntent", phone.leavingIntent?.let { it.dataString ?: it.action ?: "another app" } ?: JSONObject.NULL)
    .put("status", JSONArray(Journal.openLocks().map { inWords(it.status.value) }))
    .put("journal", JSONArray(phone.journal.lines().map { JSONArray(listOf(it.time, it.source, it.text)) }))
    .put("isRegistered", phone.desk.isRegistered)
    .put("waiting", JSONArray(phone.desk.waiting.map { JSONObject().put("number", it.number).put("kind", it.kind) }))
    .put("messages", JSONArray(messages(phone)))
    .put("isOffline", !phone.desk.isReachable)
    .put("isLosing", phone.desk.post.isLosing)
    .put("isWithholding", phone.desk.post.isWithholdingOrders)
    .put("isRepeating", phone.desk.post.isRepeating)
    .put("isForging", phone.desk.post.isForging)
    .put("aheadMs", phone.aheadMs)
    .toString()

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
