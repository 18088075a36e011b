package dev.walletlock

import dev.walletlock.fakes.FakeClock
import java.io.File
import java.nio.ByteBuffer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A finger opens the wallet where JNA cannot start, while the VM checks the native code with `-Xcheck:jni`. */
@Tag("jni")
class CheckedPromptsTest : LockTest() {
    @TempDir
    lateinit var empty: File

    @Test
    fun `prompts of every end leave nothing behind and need no JNA`() = runBlocking {
        val keys = NamedKeys()
        val prompter = Prompter().apply { onShow = { it.touches() } }
        WalletLock.open(file, Platform(phone.clock, keys, biometrics = prompter), STRICT).use { lock ->
            lock.enrol()
            lock.unlock().use { assertEquals(BiometricChange.Done, it.access.enableBiometrics()) }
        }
        val options = OwnJvm.withoutJna(empty) + "-Xcheck:jni"
        val said = OwnJvm(CheckedPrompts, file.path, *keys.all.toTypedArray(), options = options).output()
        val expected = listOf(
            "live: true",
            "Denied(reason=RISK_RAISED)",
            "Ended(end=TIMED_OUT)",
            "Ended(end=NO_VERDICT)",
            "Ended(end=CANCELLED_BY_SYSTEM)",
            "NotRecognised",
            "JNA itself: java.lang.NoClassDefFoundError",
        )
        assertEquals(expected, said)
    }
}

/** Opens the wallet that the first argument names, with the keys that the others name, and verifies a finger many times. */
object CheckedPrompts {
    private const val TIMES = 40

    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val prompter = Prompter()
        val platform = Platform(FakeClock(), NamedKeys(arguments.drop(1)), biometrics = prompter)
        WalletLock.open(File(arguments.first()), platform, LockTest.STRICT).use { lock ->
            suspend fun verify(how: (Prompter.Shown) -> Unit) = lock.also { prompter.onShow = how }.verifyBiometrics()
            suspend fun ends(how: (Prompter.Shown) -> Unit) = println(List(TIMES) { verify(how) }.toSet().single())
            repeat(TIMES) {
                val outcome = verify { shown ->
                    shown.answer.notRecognised()
                    shown.touches()
                    repeat(3) { shown.touches() }
                }
                val session = (outcome as BiometricOutcome.Unlocked).session
                if (it == 0) println("live: ${session.isLive}")
                session.close()
            }
            println(lock.biometricAvailability(BiometricRequest(riskIsRaised = true)))
            ends { it.answer.ended(BiometricEnd.TIMED_OUT) }
            ends { throw StackOverflowError() }
            ends { lock.cancelBiometrics() }
            println(verify { it.answer.authenticated(ByteBuffer.allocateDirect(32)) })
        }
        val thrown = runCatching { com.sun.jna.Native.getDefaultStringEncoding() }.exceptionOrNull()
        println("JNA itself: ${thrown?.javaClass?.name}")
    }
}
