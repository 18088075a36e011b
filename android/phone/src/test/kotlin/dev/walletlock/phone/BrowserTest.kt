package dev.walletlock.phone

import java.io.File
import java.util.concurrent.CompletableFuture
import org.json.JSONArray
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** The whole program as a person sees it: the page in Chromium. Run by `cargo xtask test-browser`. */
class BrowserTest : OnPhone() {
    @Test
    fun `a first day, from the first PIN to a changed one, in a browser`() = inBrowser(::isLived)

    @Test
    fun `a phone that was lost, and the provider's desk beside it, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val lost = LostDay(mouse, day)
        day.setsAPin()
        lost.isReportedLost()
        keep(browser, mouse, "finder")
        lost.ownerAsks()
        keep(browser, mouse, "desk")
        lost.clerkAgrees()
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `a forgotten PIN, by SMS and a person at the provider, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val forgotten = ForgottenPinDay(mouse, day, LostDay(mouse, day))
        forgotten.isPrepared()
        keep(browser, mouse, "messages")
        forgotten.isLockedOut()
        keep(browser, mouse, "locked-out")
        forgotten.getsBackByTwo()
        forgotten.setsAllAnew()
        keep(browser, mouse, "in-order")
        forgotten.putsThingsInOrder()
    }

    @Test
    fun `a forgotten PIN, by the recovery code, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val forgotten = ForgottenPinDay(mouse, day, LostDay(mouse, day))
        val paper = forgotten.isPrepared()
        forgotten.isLockedOut()
        forgotten.getsBackByTheCode(paper)
        keep(browser, mouse, "by-code")
        forgotten.setsAllAnew()
    }

    @Test
    fun `a forgotten PIN, by SMS, mail and three days, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val forgotten = ForgottenPinDay(mouse, day, LostDay(mouse, day))
        forgotten.isPrepared()
        forgotten.isLockedOut()
        forgotten.provesOnThePhoneOnly()
        keep(browser, mouse, "three-days")
        forgotten.waitsThreeDays()
        forgotten.setsAllAnew()
    }

    @Test
    fun `one pays at a counter, and gets back what the shop declines, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val paying = PayDay(mouse, day)
        day.setsAPin()
        LostDay(mouse, day).isRegistered()
        paying.isAskedFor("48.00", "ALL")
        keep(browser, mouse, "counter")
        paying.opensTheSheet("48.00")
        keep(browser, mouse, "pay")
        day.enters(FirstDay.PIN)
        paying.isTold("Paid: €48.00 to Bookshop.", atTheCounter = "Charged")
        keep(browser, mouse, "paid")
        assertEquals(PayDay.A_DAY - 4_800, paying.leftToday())
        paying.pays("60.00", "NOTHING")
        paying.isTold("Not charged: €60.00 to Bookshop.", atTheCounter = "Declined: nothing is charged")
        keep(browser, mouse, "declined")
        assertEquals(PayDay.A_DAY - 4_800, paying.leftToday())
    }

    @Test
    fun `a payment is shown as a notification, which opens its line, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val alerted = AlertDay(mouse, day, PayDay(mouse, day))
        mouse.givesPermissions = false
        day.setsAPin()
        LostDay(mouse, day).isRegistered()
        mouse.until("the app asks") { mouse.phone.mainLoop.onMain { mouse.phone.permission.isAsked } }
        keep(browser, mouse, "permission")
        mouse.givesPermissions = true
        alerted.pays()
        mouse.press("home")
        mouse.until("the payment is shown") { browser.script("return document.getElementById('shade').textContent.includes('A payment was charged')") == true }
        keep(browser, mouse, "notifications")
        alerted.opensTheLine()
        alerted.lowersALimit()
    }

    @Test
    fun `last month's payment is found and disputed, and the verifier reads the evidence, in a browser`() = inBrowser { browser, mouse ->
        val day = FirstDay(mouse)
        val disputing = DisputeDay(mouse, day, PayDay(mouse, day))
        day.setsAPin()
        LostDay(mouse, day).isRegistered()
        disputing.paysAndAMonthPasses()
        disputing.findsLastMonthsPayment()
        keep(browser, mouse, "found")
        disputing.disputesIt()
        keep(browser, mouse, "disputed")
        val evidence = disputing.handsTheEvidenceOver()
        keep(browser, mouse, "evidence")
        val (isRight, said) = verifies(evidence)
        assertTrue(said, isRight && "dispute 1 of payment" in said && "shown when it was approved: 48.00" in said)
        val (isStillRight, refused) = verifies(evidence.replace("not mine", "not here"))
        assertTrue(refused, !isStillRight && refused.startsWith("refused"))
    }

    /** What the command-line verifier says about a file, and whether it is right. */
    private fun verifies(evidence: String): Pair<Boolean, String> {
        val file = File.createTempFile("dispute", ".jsonl")
        try {
            file.writeText(evidence)
            val verifier = ProcessBuilder(System.getProperty("walletlock.verifier"), file.path).redirectErrorStream(true).start()
            val said = verifier.inputStream.bufferedReader().readText()
            return (verifier.waitFor() == 0) to said
        } finally {
            file.delete()
        }
    }

    private fun inBrowser(live: (WebDriver, Mouse) -> Unit) {
        phone.opensApp()
        Server(phone, 0).use { server ->
            val living = CompletableFuture.runAsync {
                WebDriver(WIDTH, HEIGHT).use { browser ->
                    browser.open(server.address)
                    val mouse = Mouse(phone, browser)
                    mouse.until("a picture is drawn") { browser.script("return document.body.dataset.frame != null") == true }
                    live(browser, mouse)
                }
            }
            phone.runUntilDone(living)
        }
    }

    private fun isLived(browser: WebDriver, mouse: Mouse) {
        val day = FirstDay(mouse)
        keep(browser, mouse, "first-run")
        day.choosesAPin()
        mouse.tap("Switch it on")
        mouse.isAsked()
        mouse.until("the sheet is shown") { browser.script("return !document.getElementById('sheet').hidden") == true }
        keep(browser, mouse, "sheet")
        mouse.press("finger", "on" to "true")
        day.wantsNoCode()
        day.seesTheWallet()
        keep(browser, mouse, "wallet")
        day.opensItWithAFinger()
        day.getsItWrongUntilItCoolsDown()
        day.changesThePin()
        mouse.press("dark", "on" to "true")
        mouse.press("turn", "on" to "true")
        mouse.until("the page knows") { browser.script(IS_TURNED) == true }
        keep(browser, mouse, "turned")
        mouse.press("turn", "on" to "false")
        mouse.press("home")
        mouse.until("the home screen is shown") { browser.script("return !document.getElementById('launcher').hidden") == true }
        keep(browser, mouse, "home")
        assertEquals(0L, (browser.script("return window.scrollX + 0") as Number).toLong())
        browser.resize(390, 844)
        keep(browser, mouse, "narrow")
        val isTooWide = browser.script("return document.documentElement.scrollWidth > innerWidth")
        assertEquals("nothing hangs over the edge of a narrow page", false, isTooWide)
    }

    /** Saves a screenshot, for a person to look at, once the screen is at rest and the page shows that. */
    private fun keep(browser: WebDriver, mouse: Mouse, name: String) {
        mouse.until("the page shows the screen at rest") {
            val newest = phone.mainLoop.onMain { phone.screen.pictures.after(seen = 0, ms = 0) }
            // Nothing is drawn while the home screen is in front.
            phone.stack.isAway || newest?.value?.type == "image/png" && browser.script("return document.body.dataset.frame") == "${newest.number}"
        }
        val folder = File(System.getProperty("walletlock.screenshots")).apply { mkdirs() }
        File(folder, "$name.png").writeBytes(browser.screenshot())
    }

    private companion object {
        const val WIDTH = 1360
        const val HEIGHT = 800

        /** Whether picture and page are both turned: the page gets the picture and the state by two requests. */
        const val IS_TURNED =
            "return document.getElementById('screen').width > 1000 && document.getElementById('glass').classList.contains('isTurned')"
    }
}

/** A person at the page, with a mouse and a keyboard. */
private class Mouse(phone: Phone, private val browser: WebDriver) : Driver(phone) {
    private var seen = 0L

    override fun places() = phone.places()

    override fun touch(place: Place) {
        var spot: JSONArray? = null
        // The page may be a moment behind the phone. An element above the screen would take the click: wait until it is gone.
        until("nothing of the page lies above ${place.label}") {
            spot = browser.script("$SPOT return spot(${place.x}, ${place.y})") as JSONArray?
            spot != null
        }
        browser.click(spot!!.getInt(0), spot!!.getInt(1))
    }

    override fun type(text: String) = browser.type(text)

    override fun press(what: String, vararg with: Pair<String, String>) {
        val selector = "[data-do=$what]" + with.joinToString("") { (name, value) -> "[data-$name=\"$value\"]" }
        val toggle = "document.querySelector(':is(.panel, .desk) [data-do=$what][data-toggle]')"
        val switches = "document.querySelector('.panel $selector') ?? document.querySelector('.desk $selector')"
        val button = "($switches ?? $toggle ?? document.querySelector('$selector'))"
        // The page may be a moment behind the phone.
        until("$what is on the page") { browser.script("return $button != null") == true }
        browser.script("$button.click()")
    }

    override fun asksAtTheCounter(amount: String, charging: String) {
        for ((field, value) in listOf("payee" to "Bookshop", "amount" to amount, "charging" to charging)) {
            browser.script("document.getElementById('$field').value = '$value'")
        }
        press("ask")
    }

    override fun newestReceipt() =
        browser.script("return document.querySelector('#receipt:not([data-is=asking]) li:last-child')?.textContent") as String?

    override fun newestEvidence() = browser.script(
        """
        const link = document.querySelector('#evidence:not([hidden]) a')
        if (!link) return null
        const request = new XMLHttpRequest()
        request.open('GET', link.href, false)
        request.send()
        return request.responseText""",
    ) as String?

    override fun newestMessage() = browser.script("return document.querySelector('#messages p')?.textContent") as String?

    override fun codeOf(letters: String): String {
        browser.script("const field = document.getElementById('secret'); field.value = '$letters'; field.oninput()")
        var code = ""
        until("the app shows a code") {
            code = (browser.script("return document.getElementById('totp').textContent") as String).filter(Char::isDigit)
            code.length == CODE_DIGITS
        }
        return code
    }

    override fun reportLost() = press("order", "what" to "lost")

    override fun waits() {
        seen = phone.state.after(seen, MOMENT_MS)?.number ?: seen
    }

    private companion object {
        const val MOMENT_MS = 100L
        const val CODE_DIGITS = 6

        /** Where a pixel of the phone's screen is on the page. Null if another element lies above it. */
        const val SPOT = """
            function spot(x, y) {
                const screen = document.getElementById('screen'), box = screen.getBoundingClientRect(), scale = box.width / screen.width
                const at = [Math.round(box.left + x * scale), Math.round(box.top + y * scale)]
                return document.elementFromPoint(...at) === screen ? at : null
            }"""
    }
}
