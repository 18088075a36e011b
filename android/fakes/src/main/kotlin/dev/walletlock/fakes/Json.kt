package dev.walletlock.fakes

/**
 * Reads JSON (RFC 8259) as far as a request has it: objects, arrays, strings and whole numbers. Strict: it refuses spaces, a member
 * that comes twice, and whatever follows the value.
 */
internal class Json private constructor(private val text: String) {
    private var at = 0

    private fun value(): Any = when (peek()) {
        '{' -> members()
        '[' -> elements()
        '"' -> string()
        else -> number()
    }

    private fun members(): Map<String, Any> {
        val members = linkedMapOf<String, Any>()
        list('{', '}') {
            val name = string()
            take(':')
            require(members.put(name, value()) == null) { "a member comes twice" }
        }
        return members
    }

    private fun elements(): List<Any> = buildList { list('[', ']') { add(value()) } }

    private fun list(first: Char, last: Char, element: () -> Unit) {
        take(first)
        if (peek() != last) {
            element()
            while (peek() == ',') {
                take(',')
                element()
            }
        }
        take(last)
    }

    private fun string(): String {
        take('"')
        return buildString {
            while (peek() != '"') append(if (peek() == '\\') escaped() else next())
            take('"')
        }
    }

    private fun escaped(): Char {
        take('\\')
        return when (val escape = next()) {
            'u' -> String(CharArray(UNICODE_DIGITS) { next() }).toInt(radix = 16).toChar()
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'b' -> '\b'
            'f' -> '\u000c'
            '"', '\\', '/' -> escape
            else -> throw IllegalArgumentException("no such escape")
        }
    }

    private fun number(): Long {
        val digits = text.drop(at).takeWhile { it in '0'..'9' }
        require(digits == "0" || digits.isNotEmpty() && digits[0] != '0') { "no number" }
        at += digits.length
        return digits.toLong()
    }

    private fun peek(): Char = text.getOrElse(at) { throw IllegalArgumentException("it ends too soon") }

    private fun next(): Char = peek().also { at++ }

    private fun take(expected: Char) = require(next() == expected) { "another character is here" }

    companion object {
        private const val UNICODE_DIGITS = 4

        /** @throws IllegalArgumentException if it is not such an object. */
        fun read(text: String): Map<String, Any> {
            val json = Json(text)
            return json.members().also { require(json.at == text.length) { "something follows" } }
        }

        fun quoted(text: String): String = buildString {
            append('"')
            for (char in text) {
                when {
                    char == '"' || char == '\\' -> append('\\').append(char)
                    char < ' ' -> append("\\u%04x".format(char.code))
                    else -> append(char)
                }
            }
            append('"')
        }
    }
}
