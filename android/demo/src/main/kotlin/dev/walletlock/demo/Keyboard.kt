package dev.walletlock.demo

import dev.walletlock.PinEntry
import java.io.Console

/** Where the person types. */
internal interface Keyboard {
    /** A line of text. Null when there will be no more. */
    fun line(prompt: String): String?

    /** Digits, into [entry]. False when something else was typed among them. Null when there will be no more. */
    fun digits(prompt: String, entry: PinEntry): Boolean?

    /** Whether the person has pressed Enter since the last line. */
    fun hasPressedEnter(): Boolean
}

/** A terminal, without echo for digits. */
internal class ConsoleKeyboard(private val console: Console) : Keyboard {
    override fun line(prompt: String): String? = console.readLine("%s", prompt)

    /**
     * A terminal hands over a line at once, so for a moment all digits stand in an array, wiped here: that is the
     * demo's limit. A phone's keypad pushes each digit as it is pressed, and has no such array.
     */
    override fun digits(prompt: String, entry: PinEntry): Boolean? {
        val typed = console.readPassword("%s", prompt) ?: return null
        var isAllDigits = true
        for (i in typed.indices) {
            val digit = Character.digit(typed[i], 10)
            typed[i] = ' '
            isAllDigits = isAllDigits && digit >= 0 && entry.push(digit)
        }
        return isAllDigits
    }

    override fun hasPressedEnter(): Boolean {
        if (System.`in`.available() == 0) return false
        console.readLine()
        return true
    }
}
