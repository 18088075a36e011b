package dev.walletlock.demo

import dev.walletlock.PinEntry
import java.io.Console

/** Where the person types. */
internal interface Keyboard {
    /** Reads a line of text. Null at the end of the input. */
    fun line(prompt: String): String?

    /**
     * Reads digits into [entry]. False if something else was typed among the digits, or if [entry] is full. Null at the
     * end of the input.
     */
    fun digits(prompt: String, entry: PinEntry): Boolean?

    /** Whether the person has pressed Enter since the last line. */
    fun hasPressedEnter(): Boolean
}

/** A terminal. It does not echo digits. */
internal class ConsoleKeyboard(private val console: Console) : Keyboard {
    override fun line(prompt: String): String? = console.readLine("%s", prompt)

    /**
     * A terminal hands over a whole line, so all digits are in an array for a moment; this method wipes the array. That
     * is a limit of the demo: a phone's keypad pushes each digit as it is pressed, and has no such array.
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
