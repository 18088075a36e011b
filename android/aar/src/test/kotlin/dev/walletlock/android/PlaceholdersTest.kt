package dev.walletlock.android

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element

/** Of the texts as they are written: what is filled in is the same in every language, or a screen would crash in one. */
class PlaceholdersTest {
    private val english = placeholders(File("src/main/res/values/strings.xml").readText())

    @Test
    fun `each text has the same places to fill in Chinese`() {
        assertTrue(english.values.any { it.isNotEmpty() })
        assertEquals(english, placeholders(File("src/main/res/values-zh-rCN/strings.xml").readText()))
    }

    @Test
    fun `one that differs is seen`() {
        fun of(text: String) = placeholders("<resources><string name=\"a\">$text</string></resources>")
        assertTrue(of("%1\$s of %2\$d") == of("%2\$d/%1\$s"))
        assertTrue(of("%1\$s") != of("%1\$d"))
        assertTrue(of("%1\$s") != of("none"))
    }

    private fun placeholders(xml: String): Map<String, Set<String>> {
        val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml.byteInputStream())
        return listOf("string", "plurals").flatMap { kind ->
            val found = document.getElementsByTagName(kind)
            (0 until found.length).map { found.item(it) as Element }
        }.associate { it.getAttribute("name") to PLACE.findAll(it.textContent).map(MatchResult::value).toSet() }
    }

    private companion object {
        val PLACE = Regex("""%(\d\$)?[a-z]""")
    }
}
