package dev.walletlock

import dev.walletlock.fakes.FakePhone
import java.io.File
import java.net.URLClassLoader
import java.util.function.Function
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/**
 * The facade twice in one JVM, as with plugins: two class loaders, and one native library. The first one must go over JNI,
 * because uniffi keeps one table of callbacks for the library, and the facade that starts JNA last replaces it.
 */
@Tag("jni")
class SecondClassLoaderTest : LockTest() {
    @Test
    fun `the second one goes over uniffi and shares the lock of a file`() = runBlocking {
        WalletLock.open(file, phone.platform, STRICT).use { lock ->
            // This starts JNA in this class loader, before the second one starts it.
            lock.enrol()
            val classPath = System.getProperty("java.class.path").split(File.pathSeparator)
            val urls = classPath.map { File(it).toURI().toURL() }.toTypedArray()
            URLClassLoader(urls, ClassLoader.getPlatformClassLoader()).use { loader ->
                val second = loader.loadClass("dev.walletlock.SecondFacade")
                assertNotSame(SecondFacade::class.java, second)
                @Suppress("UNCHECKED_CAST")
                val facade = second.getDeclaredConstructor().newInstance() as Function<String, List<String>>
                val said = listOf(
                    "own file over uniffi",
                    // The phone and the policy are those of the lock that opened the file first.
                    "shared file with its own phone: false",
                    "Wrong(triesLeft=3, cooldownMs=0, repeated=false)",
                )
                assertEquals(said, facade.apply(file.path))
            }
            // The first facade sees what the second one did.
            assertEquals(LockStatus.Ready(triesLeft = 3), lock.status.value)
            lock.unlock().use { session ->
                session.vault.write("card-token", byteArrayOf(7))
                assertEquals(7, session.vault.read("card-token")?.single())
            }
        }
    }
}

/** What the second class loader runs. */
class SecondFacade : Function<String, List<String>> {
    override fun apply(path: String): List<String> = runBlocking {
        val callers = mutableSetOf<String>()
        val phone = FakePhone()
        val clock = Clock {
            callers += Throwable().stackTrace.map { it.className }
            phone.clock.now()
        }
        val said = mutableListOf<String>()
        WalletLock.open(File("$path.second"), Platform(clock, phone.deviceKey)).use { it.enrol() }
        val backend = if ("dev.walletlock.Phone" in callers) "JNI" else "uniffi"
        said += "own file over $backend"
        callers.clear()
        WalletLock.open(File(path), Platform(clock, phone.deviceKey)).use { lock ->
            lock.refresh()
            said += "shared file with its own phone: ${callers.isNotEmpty()}"
            said += lock.verify("264830").toString()
        }
        said
    }
}
