package dev.walletlock.android

import dev.walletlock.BiometricPurpose
import dev.walletlock.Money
import java.util.Currency
import java.util.Locale
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** The prompt shows exactly the amount and the payee that the person confirms. */
@RunWith(RobolectricTestRunner::class)
class PromptWordsTest {
    @Test
    fun `an amount is shown to its last unit, as people write it there`() {
        fun shown(minor: Long, currency: String, locale: String) =
            Money(minor, currency).inWords(Locale.forLanguageTag(locale)).replace("\u00a0", "")
        assertEquals("€0.01", shown(1, "EUR", "en-US"))
        assertEquals("1.234,56€", shown(123_456, "EUR", "de-DE"))
        assertEquals("¥1,235", shown(1_235, "JPY", "en-US"))
        assertEquals("KWD1.235", shown(1_235, "KWD", "en-US"))
        assertEquals("CA$1.00", shown(100, "CAD", "en-US"))
        assertEquals("¥80.50", shown(8_050, "CNY", "zh-CN"))
        // More digits than a floating point number can hold.
        assertEquals("€92,233,720,368,547,758.07", shown(Long.MAX_VALUE, "EUR", "en-US"))
        assertEquals("€90,071,992,547,409.93", shown(9_007_199_254_740_993, "EUR", "en-US"))
    }

    /** The JVM's own table, which this test asks, is that of ISO 4217. Android's is not. */
    @Test
    fun `minor units are those of ISO 4217`() {
        val differ = Currency.getAvailableCurrencies().filter { currency ->
            val here = try {
                minorDigits(currency.currencyCode)
            } catch (_: IllegalArgumentException) {
                -1
            }
            here != currency.defaultFractionDigits
        }
        assertEquals(WITHDRAWN, differ.map { it.currencyCode }.toSortedSet())
        assertEquals("Java does not know it yet", 4, minorDigits("UYW"))
    }

    @Test
    fun `nothing that is not seen is left in a name`() {
        assertEquals("To Bakery", payee("Ba\u202ek\u200bery\n\u0000 "))
        assertEquals("To 面包店 🍞", payee("面包店 🍞"))
        assertThrows(IllegalArgumentException::class.java) { payee("\u200f\t") }
    }

    @Test
    @Config(qualifiers = "ar")
    fun `a name that is written the other way turns nothing else around`() {
        // The name stands between Unicode marks that set its direction.
        assertEquals("To \u200f\u202aBakery\u202c\u200f", payee("Bakery"))
    }

    private fun payee(name: String) =
        RuntimeEnvironment.getApplication().promptWords(BiometricPurpose.Pay(Money(1, "EUR"), name)).body

    private companion object {
        /** These are no longer in ISO 4217, but Java keeps them. */
        val WITHDRAWN = sortedSetOf(
            "ADP", "BEF", "BYB", "BYR", "ESP", "GRD", "ITL", "LUF", "MGF", "PTE", "ROL", "TPE", "TRL", "XFO", "XFU",
        )
    }
}
