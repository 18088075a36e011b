package dev.walletlock.android

import android.os.Looper
import android.view.View
import android.view.ViewGroup
import dev.walletlock.BiometricChange
import dev.walletlock.RecoveryChange
import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.Policy
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakeEntropy
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import java.util.UUID
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.runBlocking
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowPausedLooper

/** The real lock on a phone made of fakes. Its work is done at once; between [hold] and [release] it waits. */
class TestWallet(policy: String = POLICY, seed: Long = made.incrementAndGet()) : AutoCloseable {
    /**
     * A new seed each time: two phones with the same randomness would have the same wallet, which only one lock may open. A test
     * that draws a code gives a seed, so that the code is the same in each run.
     */
    val phone = FakePhone(entropy = FakeEntropy(seed))
    private val work = Work()
    private var misses = 0
    private val file = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "${UUID.randomUUID()}.db")
    private val asked = Policy.json(policy)
    var lock: WalletLock = open()
        private set

    private fun open(): WalletLock = runBlocking { WalletLock.open(file, phone.platform, asked, work) }

    fun enrol(pin: String = RIGHT): TestWallet = apply {
        runBlocking { pinOf(pin).use { (lock.enrol(it) as Enrolment.Enrolled).session.close() } }
    }

    /** Sets the PIN and makes a recovery code, which counts at once. Returns the sheet. */
    fun enrolWithCode(): FakePaper = runBlocking {
        pinOf(RIGHT).use { (lock.enrol(it) as Enrolment.Enrolled).session }.use { session ->
            session.vault.write("card", byteArrayOf(7))
            session.access.createRecoveryCode().use { code ->
                val paper = FakePaper(code)
                paper.confirm(code)
                check(session.access.setRecoveryCode(code) == RecoveryChange.InForce)
                paper
            }
        }
    }

    /** Switches biometrics on, with a touch of the person. */
    fun withBiometrics(): TestWallet = apply {
        phone.person.willDo { touches() }
        runBlocking { unlocked().use { check(it.access.enableBiometrics() == BiometricChange.Done) } }
    }

    fun unlocked(): Session = runBlocking { (lock.verify(RIGHT) as PinOutcome.Right).session }

    /** Enters a wrong PIN [times] times, each time another one. */
    fun enterWrongPin(times: Int): TestWallet = apply {
        repeat(times) { runBlocking { pinOf("0384${misses++ + 10}").use { lock.verifyPin(it) } } }
        settle()
    }

    /** Enters wrong PINs until the wallet is locked and takes no PIN any more. */
    fun lockOut(): TestWallet = apply {
        repeat(5) {
            enterWrongPin(1)
            letPass(252_000)
        }
    }

    fun letPass(ms: Long): LockStatus {
        phone.clock.advanceMs(ms)
        return runBlocking { lock.refresh() }.also { settle() }
    }

    /** The keystore loses every key, and the wallet is opened again: it is damaged. */
    fun damage() {
        lock.close()
        phone.deviceKey.loseAll()
        lock = open()
        settle()
    }

    fun hold() {
        work.isHeld = true
    }

    fun release() {
        work.release()
        settle()
    }

    override fun close(): Unit = lock.close()

    /** Runs a block at once on the caller's thread, or keeps it while [isHeld]. */
    private class Work : CoroutineDispatcher() {
        var isHeld = false
        private val held = ArrayDeque<Runnable>()

        override fun dispatch(context: CoroutineContext, block: Runnable) {
            if (isHeld) held.add(block) else block.run()
        }

        fun release() {
            isHeld = false
            while (held.isNotEmpty()) held.removeFirst().run()
        }
    }

    companion object {
        private val made = AtomicLong()

        const val RIGHT = "835179"
        const val WRONG = "264830"

        /** After the second, third and fourth failure there is a wait of 252 seconds. The fifth locks the wallet. */
        const val POLICY = """{
            "name": "test",
            "lockout": { "cooldowns": [{ "from": 2, "to": 4, "wait_s": 252 }], "lock_at": 5 },
            "contacts": [
                { "kind": "phone", "value": "+1 555 0100" },
                { "kind": "form", "value": "https://wallet.example/locked" },
                { "kind": "social", "value": "@wallet" },
                { "kind": "police", "value": "ask for a case number." }
            ]
        }"""

        /** The third wrong PIN erases everything. */
        const val ERASES = """{ "name": "test", "lockout": { "cooldowns": [], "lock_at": null, "wipe_at": 3 } }"""

        fun settle(): Unit = shadowOf(Looper.getMainLooper()).idle()
    }
}

fun View.all(): List<View> =
    listOf(this) + ((this as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { group.getChildAt(it).all() } }.orEmpty())

fun View.labelled(label: String): View = all().first { it.contentDescription?.toString() == label }

/** Runs what other threads post to the main thread until [condition] holds. After 60 seconds it fails with [what]. */
fun settleUntil(what: String, condition: () -> Boolean) {
    val main = Shadow.extract<ShadowPausedLooper>(Looper.getMainLooper())
    val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
    TestWallet.settle()
    while (!condition()) {
        check(System.nanoTime() < end) { what }
        main.poll(POLL_MS)
        TestWallet.settle()
    }
}

/** How long to wait for a message before [settleUntil] looks again: some conditions change without one. */
private const val POLL_MS = 20L

/** Clicks the keys of these digits, as a finger does, but without a place on the screen. */
fun View.enter(digits: String) {
    digits.forEach { labelled(it.toString()).performClick() }
    TestWallet.settle()
}

fun View.done() {
    labelled(resources.getString(R.string.walletlock_done)).performClick()
    TestWallet.settle()
}

/** The view with this id, which must exist. */
inline fun <reified V : View> View.part(id: Int): V = checkNotNull(findViewById<V>(id))
