package dev.walletlock.phone

import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.fakes.FakeCounter

/** What the page can do to the phone, by name. */
class Switches(private val phone: Phone) {
    /** Does [what] with the parameters [with]; on any thread. Returns a message for the person if there was nothing to do. */
    fun act(what: String, with: Map<String, String>): String? {
        fun number(name: String) = with[name]?.toFloatOrNull() ?: throw IllegalArgumentException("$what needs a number $name")
        val isOn = with["on"] == "true"
        // The parameters are parsed here and not on the main thread: there, a wrong one would count as a crash of the app.
        when (what) {
            "touch" -> {
                val (action, x, y) = listOf("action", "x", "y").map(::number)
                return onMain { phone.input.touch(action.toInt(), x, y) }
            }
            "scroll" -> {
                val (x, y, notches) = listOf("x", "y", "notches").map(::number)
                return onMain { phone.input.scroll(x, y, notches) }
            }
            "key" -> {
                val code = number("code").toInt()
                return onMain { phone.input.key(code) }
            }
            "type" -> return onMain { phone.input.type(with["text"].orEmpty()) }
            "closeCrash" -> return onMain { phone.crash = null }
            "closeLeavingIntent" -> return onMain { phone.leavingIntent = null }
            "finger" -> return asked(told(if (isOn) "a finger that is known" else "a finger that is not known") { phone.sheet.finger(isOn) })
            "order" -> {
                val order = with["what"].orEmpty()
                require(order in ORDERS) { "there is no order $order" }
                return deskAnswered(phone.desk.order(order, with["message"]?.takeIf { it.isNotBlank() }), NOT_REGISTERED)
            }
            "answer" -> return deskAnswered(phone.desk.answer(number("number").toInt(), isOn), "That request was answered already.")
            "ask" -> {
                val charging = FakeCounter.Charging.entries.firstOrNull { it.name == with["charging"] }
                requireNotNull(charging) { "ask needs a charging" }
                val payee = with["payee"]?.takeIf { it.isNotBlank() } ?: "Bookshop"
                return deskAnswered(phone.desk.counter.ask(Counter.euros(with["amount"].orEmpty()), payee, charging), NOT_REGISTERED)
            }
            "notification" -> return pressed(number("number").toInt(), with["what"])
            "openLink" -> return deskAnswered(phone.desk.openLink(number("number").toInt()), "There is no such link.")
            "sheetPin" -> return asked(phone.sheet.pin())
            "sheetCancel" -> return asked(phone.sheet.cancel())
        }
        val (words, act) = switch(what, isOn, ::number)
        told(words) { onMain(act) }
        return null
    }

    private fun switch(what: String, isOn: Boolean, number: (String) -> Float): Pair<String, () -> Unit> = when (what) {
        "open" -> "opens the app" to phone::opensApp
        "home" -> "home" to phone::home
        "back" -> "back" to phone::back
        "off" -> (if (isOn) "screen off" else "screen on") to { phone.turnScreen(isOn) }
        "restart" -> "restarted" to phone::restart
        "skip" -> {
            val ms = number("ms").toLong()
            require(ms > 0) { "time does not go back" }
            "${ms / 1_000} s pass" to { phone.skip(ms) }
        }
        "permit" -> (if (isOn) "permission given" else "permission refused") to { phone.permission.answer(isOn) }
        "addFinger" -> "a finger was added" to { phone.fakes.person.enrolsAnother() }
        "removeFingers" -> "all fingers were removed" to { phone.fakes.person.removesAll() }
        "dark" -> (if (isOn) "dark" else "light") to { phone.configure(phone.configuration.copy(isDark = isOn)) }
        "chinese" -> (if (isOn) "speaks Chinese" else "speaks English") to {
            phone.configure(phone.configuration.copy(isChinese = isOn))
        }
        "font" -> {
            val scale = number("scale")
            "font size $scale" to { phone.configure(phone.configuration.copy(fontScale = scale)) }
        }
        "turn" -> (if (isOn) "turned" else "upright") to { phone.configure(phone.configuration.copy(isTurned = isOn)) }
        "small" -> (if (isOn) "small window" else "whole screen") to { phone.configure(phone.configuration.copy(isSmall = isOn)) }
        "cover" -> (if (isOn) "another app's window lies above" else "nothing lies above") to {
            phone.screen.isCovered = isOn
            phone.input.areCovered = isOn
        }
        "offline" -> (if (isOn) "the phone is offline" else "the phone is connected") to { phone.desk.isReachable = !isOn }
        "lose" -> (if (isOn) "the post loses words" else "the post loses nothing") to { phone.desk.post.isLosing = isOn }
        "withhold" -> (if (isOn) "the post withholds orders" else "the post withholds nothing") to {
            phone.desk.post.isWithholdingOrders = isOn
        }
        "repeat" -> (if (isOn) "the post repeats words" else "the post repeats nothing") to { phone.desk.post.isRepeating = isOn }
        "forge" -> (if (isOn) "the post forges words" else "the post forges nothing") to { phone.desk.post.isForging = isOn }
        "busy" -> (if (isOn) "the keystore is busy" else "the keystore answers") to {
            phone.fakes.deviceKey.failure = if (isOn) DeviceKeyException(DeviceKeyFault.BUSY) else null
        }
        else -> throw IllegalArgumentException("there is no switch $what")
    }

    private fun deskAnswered(didIt: Boolean, otherwise: String): String? = if (didIt) null else otherwise

    private fun <T> told(words: String, act: () -> T): T {
        phone.journal.phone(words)
        return act()
    }

    private fun pressed(number: Int, action: String?): String? {
        val isThere = told("a notification is pressed") { phone.mainLoop.onMain { phone.notifications.press(number, action) } }
        return if (isThere) null else "That notification is gone."
    }

    private fun onMain(act: () -> Unit): String? {
        phone.mainLoop.onMain(act)
        return null
    }

    private fun asked(wasAsked: Boolean): String? = if (wasAsked) null else "Nothing asks for a finger now."

    private companion object {
        const val NOT_REGISTERED = "No phone is registered yet."
        val ORDERS = setOf("lost", "unusual", "order", "freeze", "wipe")
    }
}
