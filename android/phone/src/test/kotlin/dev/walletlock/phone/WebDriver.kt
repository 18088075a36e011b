package dev.walletlock.phone

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.util.Base64
import org.json.JSONArray
import org.json.JSONObject

/** A headless Chromium, driven over the W3C WebDriver protocol. */
class WebDriver(width: Int, height: Int) : AutoCloseable {
    private val process = ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true).start()
    private val client = HttpClient.newHttpClient()
    private val base = "http://127.0.0.1:${port()}/session"
    private val session: String

    init {
        // Chromium's sandbox needs kernel features that containers forbid. It is not needed: the page is our own.
        val arguments = listOf("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=$width,$height")
        val options = JSONObject().put("args", JSONArray(arguments))
        val wanted = JSONObject().put("browserName", "chrome").put("goog:chromeOptions", options)
        val answer = post(base, JSONObject().put("capabilities", JSONObject().put("alwaysMatch", wanted)))
        session = "$base/${(answer as JSONObject).getString("sessionId")}"
        resize(width, height)
    }

    fun open(address: String) = post("$session/url", JSONObject().put("url", address))

    /** Sets the size of the page itself, without the window around it. */
    fun resize(width: Int, height: Int) {
        val metrics = JSONObject().put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", false)
        post("$session/goog/cdp/execute", JSONObject().put("cmd", "Emulation.setDeviceMetricsOverride").put("params", metrics))
    }

    /** Runs [text] as JavaScript and returns its result. */
    fun script(text: String): Any? = post("$session/execute/sync", JSONObject().put("script", text).put("args", JSONArray()))

    /** Clicks the mouse at a place in pixels of the page. */
    fun click(x: Int, y: Int) {
        val there = JSONObject().put("type", "pointerMove").put("duration", 0).put("x", x).put("y", y)
        val presses = listOf("pointerDown", "pointerUp").map { JSONObject().put("type", it).put("button", 0) }
        actions(JSONObject().put("type", "pointer").put("id", "mouse").put("actions", JSONArray(listOf(there) + presses)))
    }

    fun type(text: String) {
        val keys = text.flatMap { key -> listOf("keyDown", "keyUp").map { JSONObject().put("type", it).put("value", "$key") } }
        actions(JSONObject().put("type", "key").put("id", "keyboard").put("actions", JSONArray(keys)))
    }

    fun screenshot(): ByteArray = Base64.getDecoder().decode(call("$session/screenshot", "GET", null) as String)

    override fun close() {
        try {
            call(session, "DELETE", null)
        } finally {
            process.destroy()
        }
    }

    private fun actions(source: JSONObject) = post("$session/actions", JSONObject().put("actions", JSONArray(listOf(source))))

    private fun post(address: String, body: JSONObject) = call(address, "POST", body)

    private fun call(address: String, method: String, body: JSONObject?): Any? {
        val publisher = body?.let { BodyPublishers.ofString(it.toString()) } ?: BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(address)).method(method, publisher).header("Content-Type", "application/json").build()
        val answer = client.send(request, BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$method $address: ${answer.body()}" }
        return JSONObject(answer.body()).opt("value").takeUnless { it == JSONObject.NULL }
    }

    private fun port(): Int {
        val lines = process.inputStream.bufferedReader()
        while (true) {
            val line = checkNotNull(lines.readLine()) { "chromedriver did not start" }
            Regex("started successfully on port (\\d+)").find(line)?.let { return it.groupValues[1].toInt() }
        }
    }
}
