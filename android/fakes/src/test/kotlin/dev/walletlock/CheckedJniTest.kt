package dev.walletlock

import dev.walletlock.fakes.FakeClock
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** With `-Xcheck:jni` the VM reports leaked local references, and JNI calls that are made while an exception is pending. */
@Tag("jni")
class CheckedJniTest : LockTest() {
    @TempDir
    lateinit var empty: File

    @Test
    fun `thousands of calls and every fault leave nothing behind`() = runBlocking {
        val keys = NamedKeys()
        WalletLock.open(file, Platform(phone.clock, keys), STRICT).use { it.enrol() }
        val arguments = arrayOf(file.path, *keys.all.toTypedArray())
        val options = OwnJvm.withoutJna(empty) + "-Xcheck:jni"
        assertEquals(listOf("keys left: 2", "done"), OwnJvm(CheckedCalls, *arguments, options = options).output())
    }

    @Test
    fun `the VM does look`() {
        // JNA makes JNI calls without checking whether the call before has thrown.
        val said = OwnJvm(JnaCalls, options = listOf("-Xcheck:jni", "-Dwalletlock.unlock=uniffi")).output()
        assertTrue(said.any { it.startsWith("WARNING in native method") }, said.joinToString("\n"))
    }
}

/** Opens the wallet that the first argument names, with the keys that the others name, and makes thousands of calls. */
object CheckedCalls {
    private const val TIMES = 10_000

    private var throwing: Throwable? = null
    private val clock = FakeClock()

    private fun keys(aliases: List<String>): NamedKeys {
        val pin = aliases.single { "/pin/" in it }.substringBeforeLast('/')
        return NamedKeys(aliases + List(TIMES) { "$pin/${it + 1_000}" })
    }

    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val keys = keys(arguments.drop(1))
        val platform = Platform(
            clock = { throwing?.let { throw it } ?: clock.now() },
            deviceKey = HookedDeviceKey(keys).apply { onHmac = { throwing?.let { throw it } } },
        )
        // Opening lists and deletes the additional keys in one native call, because no wallet uses them.
        WalletLock.open(File(arguments.first()), platform, LockTest.STRICT).use { lock ->
            println("keys left: ${keys.all.size}")
            repeat(TIMES) { lock.refresh() }
            pinOf("83517").use { entry ->
                repeat(TIMES) {
                    check(entry.push(it % 10))
                    check(entry.pop())
                }
            }
            for (fault in listOf(IllegalStateException(), StackOverflowError(), DeviceKeyException(DeviceKeyFault.BUSY))) {
                throwing = fault
                repeat(20) { check(lock.verify("835179") is PinOutcome.NoVerdict) }
                throwing = null
                repeat(20) { lock.unlock().use { check(it.isLive) } }
            }
            check(lock.verify("264830") is PinOutcome.Wrong)
        }
        println("done")
    }
}

/** Starts JNA. */
object JnaCalls {
    @JvmStatic
    fun main(@Suppress("UNUSED_PARAMETER") arguments: Array<String>) {
        println(Policy.DEFAULT.json)
    }
}
