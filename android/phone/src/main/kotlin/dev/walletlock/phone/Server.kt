package dev.walletlock.phone

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URLDecoder
import java.security.SecureRandom
import java.util.Base64
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeoutException
import org.json.JSONArray
import org.json.JSONObject

/**
 * Serves the phone's page, to this computer only. Any page in a browser here can send requests to 127.0.0.1. So the address
 * contains a secret token, and a request with another `Host` header is refused (DNS rebinding).
 */
class Server(private val phone: Phone, port: Int) : AutoCloseable {
    private val http = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)
    private val token = Base64.getUrlEncoder().withoutPadding().encodeToString(ByteArray(TOKEN_BYTES).also(SecureRandom()::nextBytes))
    private val hosts = listOf("127.0.0.1", "localhost").map { "$it:${http.address.port}" }
    private val threads = Executors.newCachedThreadPool { Thread(it, "phone page").apply { isDaemon = true } }
    val address = "http://127.0.0.1:${http.address.port}/$token/"

    init {
        http.executor = threads
        http.createContext("/") { exchange ->
            try {
                answer(exchange)
            } finally {
                exchange.close()
            }
        }
        http.start()
    }

    override fun close() {
        http.stop(0)
        threads.shutdownNow()
    }

    private fun answer(exchange: HttpExchange) {
        val path = exchange.requestURI.path
        val isOurs = exchange.requestHeaders["Host"]?.singleOrNull() in hosts && path.startsWith("/$token/")
        if (!isOurs) return exchange.send(FORBIDDEN, "text/plain", "Open the address that was printed.".toByteArray())
        try {
            serve(exchange, path.removePrefix("/$token/"))
        } catch (wrong: IllegalArgumentException) {
            exchange.send(BAD_REQUEST, "text/plain", wrong.message.orEmpty().toByteArray())
        } catch (failed: ExecutionException) {
            // The app's code failed; the page shows that crash.
            exchange.send(FAILED, "text/plain", "${failed.cause}".toByteArray())
        } catch (_: TimeoutException) {
            exchange.send(FAILED, "text/plain", "The phone does not answer.".toByteArray())
        }
    }

    private fun serve(exchange: HttpExchange, name: String) {
        val query = exchange.query()
        val seen = query["after"]?.toLongOrNull() ?: 0
        when {
            name == "frame" -> exchange.sendNewer(phone.screen.pictures.after(seen, WAIT_MS)) { it.type to it.bytes }
            name == "state" -> exchange.sendNewer(phone.state.after(seen, WAIT_MS)) { "application/json" to it.toByteArray() }
            name == "places" -> exchange.send(OK, "application/json", places().toByteArray())
            name.startsWith("do/") && exchange.requestMethod == "POST" -> {
                val told = phone.act(name.removePrefix("do/"), query)
                exchange.send(OK, "text/plain; charset=utf-8", told.orEmpty().toByteArray())
            }
            name == "evidence" && phone.desk.evidence != null ->
                exchange.send(OK, "application/jsonl", phone.desk.evidence.orEmpty().toByteArray())
            name in FILES || name.isEmpty() -> {
                val file = name.ifEmpty { "page.html" }
                exchange.send(OK, FILES.getValue(file), checkNotNull(javaClass.getResourceAsStream("/phone/$file")).readBytes())
            }
            else -> exchange.send(NOT_FOUND, "text/plain", "There is nothing of that name.".toByteArray())
        }
    }

    private fun places(): String = JSONArray(
        phone.places().map { JSONObject().put("label", it.label).put("x", it.x).put("y", it.y).put("canTouch", it.canTouch) },
    ).toString()

    private fun HttpExchange.query(): Map<String, String> =
        requestURI.rawQuery.orEmpty().split('&').filter { '=' in it }.associate { part ->
            part.substringBefore('=') to URLDecoder.decode(part.substringAfter('='), Charsets.UTF_8)
        }

    private fun <T : Any> HttpExchange.sendNewer(newer: Latest.Numbered<T>?, body: (T) -> Pair<String, ByteArray>) {
        if (newer == null) return send(NO_CONTENT, "text/plain", ByteArray(0))
        responseHeaders.set("X-Number", "${newer.number}")
        val (type, bytes) = body(newer.value)
        send(OK, type, bytes)
    }

    private fun HttpExchange.send(code: Int, type: String, body: ByteArray) {
        HEADERS.forEach { (name, value) -> responseHeaders.set(name, value) }
        responseHeaders.set("Content-Type", type)
        sendResponseHeaders(code, if (body.isEmpty()) -1L else body.size.toLong())
        responseBody.write(body)
    }

    private companion object {
        const val TOKEN_BYTES = 16
        const val WAIT_MS = 20_000L
        const val OK = 200
        const val NO_CONTENT = 204
        const val BAD_REQUEST = 400
        const val FORBIDDEN = 403
        const val NOT_FOUND = 404
        const val FAILED = 500
        val FILES = mapOf(
            "page.html" to "text/html; charset=utf-8",
            "page.css" to "text/css; charset=utf-8",
            "page.js" to "text/javascript; charset=utf-8",
        )

        /** No other site can put the page into a frame or learn its address, and the page loads nothing from other sites. */
        val HEADERS = mapOf(
            "Cache-Control" to "no-store",
            "Content-Security-Policy" to "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'",
            "Referrer-Policy" to "no-referrer",
            "X-Content-Type-Options" to "nosniff",
        )
    }
}
