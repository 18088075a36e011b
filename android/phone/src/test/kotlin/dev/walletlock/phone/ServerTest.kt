package dev.walletlock.phone

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** Uses the phone over HTTP, as the page does. */
class ServerTest : OnPhone() {
    private val client = HttpClient.newHttpClient()

    @Test
    fun `a touch comes in and a picture goes out, for who knows the address`() {
        phone.opensApp()
        Server(phone, 0).use { server ->
            elsewhere { usesThe(server.address) }
            elsewhere { isRefused(server.address) }
        }
    }

    private fun usesThe(address: String) {
        assertTrue("page.js" in get(address).body().decodeToString())
        val first = get("${address}frame?after=0")
        assertTrue(first.headers().firstValue("Content-Type").get() in setOf("image/jpeg", "image/png"))
        touch(address, key(address, "Choose a PIN"))
        types(address)
        places(address) { it.getString("label") == "Type it once more" }
        types(address)
        touch(address, key(address, "Not now"))
        touch(address, key(address, "Later"))
        places(address) { "4821" in it.getString("label") }
        val seen = first.headers().firstValue("X-Number").get().toLong()
        assertTrue(get("${address}frame?after=$seen").headers().firstValue("X-Number").get().toLong() > seen)
        assertEquals("Wallet", JSONObject(get("${address}state?after=0").body().decodeToString()).getString("app"))
        assertEquals(BAD_REQUEST, post("${address}do/fly").statusCode())
        assertEquals(NOT_FOUND, get("${address}do/home").statusCode())
    }

    private fun isRefused(address: String) {
        val own = URI(address)
        val root = "http://127.0.0.1:${own.port}"
        for (wrong in listOf("$root/", "$root/frame", "$root/nonsense/frame", "$root${own.path.dropLast(1)}x/", root + own.path.dropLast(1))) {
            assertEquals(wrong, FORBIDDEN, get(wrong).statusCode())
        }
        val evil = HttpRequest.newBuilder(own).header("Host", "evil.example").GET()
        assertEquals(FORBIDDEN, send(evil).statusCode())
        assertEquals(FORBIDDEN, send(HttpRequest.newBuilder(own).header("Host", "127.0.0.1:1").GET()).statusCode())
    }

    private fun types(address: String) {
        key(address, "1")
        assertEquals(OK, post("${address}do/type?text=${FirstDay.PIN}").statusCode())
        touch(address, key(address, "Done"))
    }

    private fun key(address: String, label: String) = places(address) { it.getString("label") == label && it.getBoolean("canTouch") }

    private fun touch(address: String, place: JSONObject) {
        for (action in 0..1) {
            assertEquals(OK, post("${address}do/touch?action=$action&x=${place.getInt("x")}&y=${place.getInt("y")}").statusCode())
        }
    }

    /** Waits for a place that [isWanted], and looks again after each new picture. */
    private fun places(address: String, isWanted: (JSONObject) -> Boolean): JSONObject {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S)
        var seen = 0L
        while (System.nanoTime() < end) {
            val all = JSONArray(get("${address}places").body().decodeToString())
            (0 until all.length()).map(all::getJSONObject).lastOrNull(isWanted)?.let { return it }
            // The header is missing if no new picture came within 20 seconds.
            get("${address}frame?after=$seen").headers().firstValue("X-Number").ifPresent { seen = it.toLong() }
        }
        error("it did not come; there is ${get("${address}places").body().decodeToString()}; crash: ${phone.crash}")
    }

    private fun get(address: String) = send(HttpRequest.newBuilder(URI(address)).GET())

    private fun post(address: String) = send(HttpRequest.newBuilder(URI(address)).POST(HttpRequest.BodyPublishers.noBody()))

    private fun send(request: HttpRequest.Builder) = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray())

    private fun elsewhere(act: () -> Unit) = phone.runUntilDone(CompletableFuture.runAsync(act))

    private companion object {
        const val OK = 200
        const val BAD_REQUEST = 400
        const val FORBIDDEN = 403
        const val NOT_FOUND = 404
    }
}

/** Runs the phone on this thread, the main thread, until [work] on another thread is done. */
fun Phone.runUntilDone(work: CompletableFuture<*>) {
    work.whenComplete { _, _ -> mainLoop.wake() }
    while (!work.isDone) mainLoop.round()
    work.get()
}
