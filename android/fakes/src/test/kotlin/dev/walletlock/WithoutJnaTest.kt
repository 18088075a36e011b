package dev.walletlock

import dev.walletlock.fakes.FakeClock
import dev.walletlock.fakes.pinOf
import java.io.File
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir

/** A person can open the wallet without JNA: before JNA has started, and where it cannot start. */
@Tag("jni")
class WithoutJnaTest : LockTest() {
    @TempDir
    lateinit var empty: File

    private val keys = NamedKeys()

    private suspend fun leaveWallet() = WalletLock.open(file, Platform(phone.clock, keys), STRICT).use { lock ->
        lock.enrol()
        lock.unlock().use { it.vault.write("card-token", byteArrayOf(7)) }
    }

    /**
     * What [Unlocker] prints. It gets a fresh copy of the wallet each time: a process that uses the wallet rotates the seal
     * key, and the new key is lost when the process ends.
     */
    private fun said(options: List<String>): List<String> {
        val copy = file.copyTo(File(folder, "copy/${file.name}"), overwrite = true)
        return OwnJvm(Unlocker, copy.path, *keys.all.toTypedArray(), options = options).output()
    }

    @Test
    fun `where it cannot start a PIN opens the wallet, and what needs it says so`() = runBlocking {
        leaveWallet()
        val unlocked = listOf(
            "Ready(triesLeft=4)",
            "Wrong(triesLeft=3, cooldownMs=0, repeated=false)",
            "Wrong(triesLeft=2, cooldownMs=60000, repeated=false)",
            "CoolingDown(remainingMs=60000)",
            "live: true",
            "live after locking: false",
            "read: [7]",
            "compare: true",
        )
        val withoutIt = listOf(
            "judge: JNA could not be started: java.lang.UnsatisfiedLinkError",
            "JNA itself: java.lang.NoClassDefFoundError",
        )
        assertEquals(unlocked + withoutIt, said(OwnJvm.withoutJna(empty)))
        val withIt = listOf("judge: true", "JNA itself: it runs")
        assertEquals(unlocked + withIt, said(listOf(OwnJvm.OVER_JNI)), "the same where it can")
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    fun `it is not loaded before a lock was opened, and then by itself`() {
        val overJni = OwnJvm(Waiter, file.path, options = listOf(OwnJvm.OVER_JNI))
        assertEquals(listOf("typed: false", "opened: true"), overJni.output())
        val overUniffi = OwnJvm(Waiter, file.path, options = listOf("-Dwalletlock.unlock=uniffi"))
        assertEquals(listOf("typed: true", "opened: true"), overUniffi.output(), "this way nothing goes without it")
    }
}

/** Unlocks the wallet that the first argument names, with the keys that the others name, and prints what it sees. */
object Unlocker {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val clock = FakeClock()
        val platform = Platform(clock, NamedKeys(arguments.drop(1)))
        WalletLock.open(File(arguments.first()), platform, LockTest.STRICT).use { lock ->
            println(lock.status.value)
            println(lock.verify("264830"))
            println(lock.verify("119922"))
            println("CoolingDown(remainingMs=${(lock.status.value as LockStatus.CoolingDown).remainingMs})")
            clock.advanceMs(60_000)
            lock.prepare()
            val session = lock.unlock()
            lock.releaseMemory()
            println("live: ${session.isLive}")
            lock.lockNow()
            println("live after locking: ${session.isLive}")
            session.close()
            lock.unlock().use { println("read: ${said { it.vault.read("card-token").contentToString() }}") }
            println("compare: ${said { pinOf("1").use { one -> pinOf("1").use(one::matches) } }}")
            println("judge: ${said { pinOf("835179").use { lock.judgePin(it).allowed } }}")
        }
        println("JNA itself: ${said { "it runs".also { com.sun.jna.Native.getDefaultStringEncoding() } }}")
    }

    private suspend fun said(call: suspend () -> Any?): Any? =
        try {
            call()
        } catch (fault: LockException.Jna) {
            "${fault.message}: ${fault.cause?.javaClass?.name}"
        } catch (refused: LinkageError) {
            refused.javaClass.name
        }
}

/** Prints whether JNA's native library is loaded: after digits were typed, and after a lock was opened and all work is done. */
object Waiter {
    @JvmStatic
    fun main(arguments: Array<String>) {
        pinOf("835179").close()
        println("typed: ${isJnaThere()}")
        val background = Executors.newSingleThreadExecutor()
        runBlocking {
            val phone = dev.walletlock.fakes.FakePhone()
            WalletLock.open(File(arguments.single()), phone.platform, dispatcher = background.asCoroutineDispatcher())
        }
        background.shutdown()
        check(background.awaitTermination(1, TimeUnit.MINUTES))
        println("opened: ${isJnaThere()}")
    }

    /** JNA unpacks its native library to a file of such a name. */
    private fun isJnaThere() = Regex("/jna[^/]*\\.tmp") in File("/proc/self/maps").readText()
}
