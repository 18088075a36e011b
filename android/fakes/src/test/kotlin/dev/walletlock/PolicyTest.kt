package dev.walletlock

import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource

class PolicyTest : LockTest() {
    @ParameterizedTest
    @ValueSource(
        strings = [
            "walletlock", "android_gatekeeper", "android_rate_limiter", "nl_wallet", "trezor", "ctap2",
            "nist_800_63b", "mobile_wallet_cn",
        ],
    )
    fun `every preset there is can be had by name`(name: String) {
        assertTrue("\"name\":\"$name\"" in Policy.preset(name).json)
    }

    @Test
    fun `a preset that does not exist is refused with those that do`() {
        val fault = assertThrows<LockException.Policy> { Policy.preset("nl-wallet") }
        assertEquals("preset", fault.field)
        assertTrue("nl_wallet" in fault.problem, fault.problem)
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = [
            """lockout.cooldowns[0].wait_s   | {"lockout": {"cooldowns": [{"from": 2, "wait_s": 0}]}}""",
            """lockout.lock_at               | {"lockout": {"lock_at": "ten"}}""",
            """lockout.lockat                | {"lockout": {"lockat": 10}}""",
            """.                             | nl_wallet""",
            """.                             | {"name": "x"} and more""",
        ],
    )
    fun `what is wrong with a policy is named`(field: String, json: String) {
        val fault = assertThrows<LockException.Policy> { Policy.json(json) }
        assertEquals(field, fault.field)
        assertTrue(fault.problem.isNotEmpty())
        assertEquals("policy: $field: ${fault.problem}", fault.message)
    }

    @Test
    fun `what is left out is as in the preset walletlock`() {
        assertEquals(Policy.DEFAULT.json, Policy.json("{}").json)
        assertEquals(Policy.preset("walletlock").json, Policy.DEFAULT.json)
    }

    @Test
    fun `while a file is open the first one's policy stays`() = runTest {
        open(STRICT).use { first ->
            open(Policy.preset("nl_wallet")).use { assertEquals(first.policy().json, it.policy().json) }
        }
        open(Policy.preset("nl_wallet")).use { assertEquals(Policy.preset("nl_wallet").json, it.policy().json) }
    }
}
