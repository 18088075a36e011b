package dev.walletlock.fakes

import dev.walletlock.fakes.FakeProvider.Refusal
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The fake provider sends codes, judges them, and tells the owner what is about to change. */
class FakeChannelsTest {
    private val clock = FakeClock()
    private val provider = FakeProvider(clock)
    private val phone = SigningPhone()
    private val account by lazy { provider.accounts.single() }

    init {
        assertNull(provider.answer(phone.register()).refusal)
    }

    private fun refusal(request: String) = provider.answer(request).refusal

    private fun send(channel: String, what: String? = null): FakeMessage {
        assertNull(refusal(phone.about("send_code", channel, what = what)))
        return account.messages.last()
    }

    private fun confirm(channel: String, address: String) {
        val code = send(channel, address).code
        assertNull(refusal(phone.about("confirm", channel, code)))
    }

    private fun proofs(request: String): String {
        val claims = String(fromBase64url(provider.answer(request).word.split('.')[1]))
        assertTrue("\"act\":\"proof\"" in claims, claims)
        return Regex("\"(method|place)\":\"([a-z]+)\"").findAll(claims).joinToString(" ") { it.groupValues[2] }
    }

    @Test
    fun `a code goes to the address under which the channel was set up`() {
        val sms = send(SMS, NUMBER)
        assertEquals(FakeChannel.Kind.SMS to NUMBER, sms.kind to sms.to)
        val text = "Your Wallet code is ${sms.code}. It is valid for 10 minutes. Nobody from Wallet will ever ask for it."
        assertEquals(text, sms.text)
        assertNull(sms.link)
        val mail = send(BACKUP, ADDRESS)
        assertEquals(FakeChannel.Kind.BACKUP_MAIL to ADDRESS, mail.kind to mail.to)
        assertTrue(mail.code!! in mail.text && mail.link!! in mail.text && "30 minutes" in mail.text)
        assertEquals(NUMBER, send(SMS).to)
        assertEquals(listOf(FakeChannel.State.NEW, FakeChannel.State.NEW), account.channels.map { it.state })
        assertEquals(listOf("FakeMessage(SMS)", "FakeChannel($SMS)"), listOf(sms.toString(), account.channels[0].toString()))
        assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.about("send_code", MAIL)))
        assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.about("send_code", SMS, what = "+8613900000000")), "known")
        assertEquals(emptyList<FakePost.Parcel>(), provider.post.collect(account.wallet).drop(1), "nothing answers")
        assertThrows<IllegalStateException> { provider.answer(phone.about("send_code", SMS)).word }
    }

    @Test
    fun `a right code proves what its channel proves, once`() {
        confirm(SMS, NUMBER)
        confirm(MAIL, ADDRESS)
        for (kind in listOf("prove", "cancel", "second_factor")) {
            val code = send(SMS).code
            assertEquals("sms phone", proofs(phone.about(kind, SMS, code)), kind)
            assertEquals(Refusal.NOT_PROVEN, refusal(phone.about(kind, SMS, code)), "$kind: used up")
        }
        assertEquals("mail phone", proofs(phone.about("prove", MAIL, send(MAIL).code)))
        assertEquals("mail phone", proofs(phone.about("confirm", MAIL, send(MAIL).code)), "fresh again")
        val (first, second) = send(SMS) to send(SMS)
        assertNotEquals(first.code, second.code)
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", SMS, first.code)), "a newer one was sent")
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", MAIL, second.code)), "of another channel")
        assertEquals("sms phone", proofs(phone.about("prove", SMS, second.code)))
    }

    @Test
    fun `an opened link is a proof without a code, until a newer mail is sent`() {
        confirm(MAIL, ADDRESS)
        val first = send(MAIL)
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", MAIL)), "nobody opened it")
        account.openLink(first)
        assertEquals("link phone", proofs(phone.about("prove", MAIL)))
        account.openLink(first)
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", MAIL)), "used up")
        val second = send(MAIL)
        send(MAIL)
        account.openLink(second)
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", MAIL)), "a newer one was sent")
        val sms = send(SMS, NUMBER)
        assertThrows<IllegalArgumentException> { account.openLink(sms) }
    }

    @Test
    fun `a code ends with its time and with its fifth wrong submission`() {
        confirm(SMS, NUMBER)
        confirm(MAIL, ADDRESS)
        for ((channel, validMs) in listOf(SMS to 600_000L, MAIL to 1_800_000L)) {
            val late = send(channel).code
            clock.advanceMs(validMs)
            assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", channel, late)), channel)
            val timely = send(channel).code
            clock.advanceMs(validMs - 1)
            assertNull(refusal(phone.about("prove", channel, timely)), channel)
        }
        for ((wrong, expected) in listOf(4 to null, 5 to Refusal.NOT_PROVEN)) {
            val code = send(SMS).code!!
            repeat(wrong) { assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", SMS, wrongFor(code)))) }
            assertEquals(expected, refusal(phone.about("prove", SMS, code)), "$wrong")
        }
    }

    @Test
    fun `a channel that was not confirmed proves only itself`() {
        val code = send(SMS, NUMBER).code!!
        for (kind in listOf("prove", "cancel", "second_factor")) {
            assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.about(kind, SMS, code)), kind)
        }
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("confirm", SMS, wrongFor(code))))
        assertEquals("sms phone", proofs(phone.about("confirm", SMS, code)))
        assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.about("confirm", MAIL, code)))
        assertEquals("sms phone", proofs(phone.about("prove", SMS, send(SMS).code)))
    }

    @Test
    fun `a person vouches for one request`() {
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", "person")))
        for (kind in listOf("prove", "cancel")) {
            account.vouch()
            assertEquals("person elsewhere", proofs(phone.about(kind, "person", what = "case 7")), kind)
            assertEquals(Refusal.NOT_PROVEN, refusal(phone.about(kind, "person")), kind)
        }
        confirm(SMS, NUMBER)
        account.vouch()
        assertEquals(Refusal.NOT_PROVEN, refusal(phone.about("prove", SMS, wrongFor(send(SMS).code!!))), "a code needs no person")
        assertEquals("person elsewhere", proofs(phone.about("prove", "person")), "still vouched for")
    }

    @Test
    fun `what begins to wait is announced once, on the channels that were in force`() {
        confirm(SMS, NUMBER)
        confirm(MAIL, ADDRESS)
        val before = account.messages.size
        val news = { account.messages.drop(before).map { it.to to it.text } }
        assertNull(refusal(phone.report(SMS to "in_force", MAIL to "waiting", pending = mapOf(MAIL to 86_400), factor = "sms")))
        assertEquals("sms", account.secondFactor)
        assertEquals(listOf(FakeChannel.State.IN_FORCE, FakeChannel.State.WAITING), account.channels.map { it.state })
        val mail = NUMBER to "Somebody asked to change the mail address of your wallet. It counts in 24 hours. $CANCEL"
        assertEquals(listOf(mail), news(), "not to the address that is new")
        val report = { leftS: Int -> phone.report(SMS to "in_force", MAIL to "in_force", pending = mapOf("recovery" to leftS)) }
        val text = "Somebody asked for a new PIN for your wallet. It counts in 72 hours. $CANCEL"
        for (leftS in listOf(259_200, 259_200, 200_000)) assertNull(refusal(report(leftS)))
        assertEquals(listOf(mail, NUMBER to text, ADDRESS to text), news())
        assertNull(account.secondFactor)
        assertNull(refusal(report(259_200)))
        assertEquals(5, news().size, "it was cancelled, and asked for again")
        assertTrue(account.messages.last().run { code == null && link == null })
        assertNull(refusal(phone.report(MAIL to "in_force", pending = mapOf("code" to 3_000))))
        assertTrue("in 1 hour." in account.messages.last().text)
        assertEquals(listOf(NUMBER, ADDRESS), news().takeLast(2).map { it.first }, "also where it was in force until now")
        assertEquals(listOf(ADDRESS), account.channels.map { it.address })
        assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.about("send_code", SMS)), "it was removed")
    }

    @Test
    fun `a report names channels that the provider has confirmed`() {
        send(SMS, NUMBER)
        assertNull(refusal(phone.report(SMS to "new")))
        for (state in listOf("waiting", "in_force")) assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.report(SMS to state)))
        assertEquals(Refusal.UNKNOWN_CHANNEL, refusal(phone.report(SMS to "new", MAIL to "new")))
        assertEquals(listOf(FakeChannel.State.NEW), account.channels.map { it.state }, "a refused report changes nothing")
    }

    @Test
    fun `a request that is not exactly as documented is refused`() {
        confirm(SMS, NUMBER)
        confirm(MAIL, ADDRESS)
        val said = { members: String -> ""","report":{$members}""" }
        val channels = """"channels":[{"channel":"$SMS","state":"in_force"}]"""
        val good = phone.request("report", said("""$channels,"pending":[]"""))
        assertNull(refusal(good), "the control")
        for (request in listOf(
            phone.request("prove"),
            phone.about("prove", "sms"),
            phone.about("prove", "fax:0123456789abcdef", "123456"),
            phone.about("prove", SMS.uppercase(), "123456"),
            phone.about("prove", "$SMS ", "123456"),
            phone.about("prove", SMS),
            phone.about("prove", SMS, "12345x"),
            phone.about("prove", SMS, "123456", what = "more"),
            phone.about("prove", "person", "123456"),
            phone.about("confirm", "person"),
            phone.about("second_factor", "person"),
            phone.about("second_factor", MAIL, "123456"),
            phone.about("second_factor", SMS),
            phone.about("send_code", "person"),
            phone.about("send_code", SMS, "123456"),
            phone.about("send_code", OTHER_SMS, what = ADDRESS),
            phone.about("send_code", OTHER_SMS, what = "+86 138"),
            phone.about("send_code", BACKUP, what = NUMBER),
            phone.request("send_code", ""","channel":7"""),
            phone.request("heartbeat", said("""$channels,"pending":[]""")),
            phone.request("report"),
            phone.request("report", ""","report":[]"""),
            phone.request("report", said(channels)),
            phone.request("report", said("""$channels,"pending":[],"more":1""")),
            phone.request("report", said(""""channels":[{"channel":"$SMS","state":"gone"}],"pending":[]""")),
            phone.request("report", said(""""channels":[{"channel":"$SMS"}],"pending":[]""")),
            phone.report(SMS to "in_force", SMS to "new"),
            phone.report("person" to "in_force"),
            phone.report(SMS to "in_force", factor = "mail"),
            phone.report(SMS to "in_force", pending = mapOf("pin" to 1)),
            phone.report(SMS to "in_force", pending = mapOf(MAIL to 1)),
            phone.report(SMS to "in_force", pending = mapOf("code" to 0)),
        )) {
            assertEquals(Refusal.NOT_A_REQUEST, refusal(request), String(fromBase64url(request.split('.')[1])))
        }
        assertFalse(account.channels.any { it.id == OTHER_SMS.substringAfter(':') })
    }

    private fun wrongFor(code: String) = if (code == "000000") "000001" else "000000"

    private companion object {
        const val SMS = "sms:abababababababab"
        const val OTHER_SMS = "sms:0101010101010101"
        const val MAIL = "mail:cdcdcdcdcdcdcdcd"
        const val BACKUP = "backup_mail:efefefefefefefef"
        const val NUMBER = "+8613812345678"
        const val ADDRESS = "zhang@mi.com"
        const val CANCEL = "If that was not you, open your wallet and cancel it."
    }
}
