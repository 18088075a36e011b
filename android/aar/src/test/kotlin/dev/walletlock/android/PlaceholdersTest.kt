package dev.walletlock.android

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element

/** In the text files each text has the same placeholders in every language. Otherwise a screen would crash in one language. */
class PlaceholdersTest {
    private val english = texts("values")

    @Test
    fun `each text has the same places to fill in Chinese`() {
        assertTrue(english.values.any { it.isNotEmpty() })
        assertEquals(english, texts("values-zh-rCN"))
    }

    private fun texts(folder: String): Map<String, Set<String>> =
        checkNotNull(File("src/main/res/$folder").listFiles { file -> file.name.startsWith("strings") })
            .map { placeholders(it.readText()) }
            .reduce { all, more -> all + more }

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
