package dev.walletlock.android

import android.os.Looper
import android.view.View
import android.view.ViewGroup
import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import java.util.UUID
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.runBlocking
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

/** The real lock on a phone of fakes. Its work is done at once, or is held until the test lets it go on. */
class TestWallet(policy: String = POLICY) : AutoCloseable {
    val phone = FakePhone()
    private val work = Work()
    private var misses = 0
    private val file = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "${UUID.randomUUID()}.db")
    val lock: WalletLock = runBlocking { WalletLock.open(file, phone.platform, Policy.json(policy), work) }

    fun enrol(pin: String = RIGHT): TestWallet = apply {
        runBlocking { pinOf(pin).use { (lock.enrol(it) as Enrolment.Enrolled).session.close() } }
    }

    /** Misses it so many times, each time with another PIN. */
    fun miss(times: Int): TestWallet = apply {
        repeat(times) { runBlocking { pinOf("0384${misses++ + 10}").use { lock.verifyPin(it) } } }
        settle()
    }

    /** Misses it until no PIN is taken any more. */
    fun lockOut(): TestWallet = apply {
        repeat(5) {
            miss(1)
            letPass(252_000)
        }
    }

    fun letPass(ms: Long): LockStatus {
        phone.clock.advanceMs(ms)
        return runBlocking { lock.refresh() }.also { settle() }
    }

    fun hold() {
        work.isHeld = true
    }

    fun letGo() {
        work.letGo()
        settle()
    }

    override fun close(): Unit = lock.close()

    /** Runs what is given to it where it stands. */
    private class Work : CoroutineDispatcher() {
        var isHeld = false
        private val held = ArrayDeque<Runnable>()

        override fun dispatch(context: CoroutineContext, block: Runnable) {
            if (isHeld) held.add(block) else block.run()
        }

        fun letGo() {
            isHeld = false
            while (held.isNotEmpty()) held.removeFirst().run()
        }
    }

    companion object {
        const val RIGHT = "835179"
        const val WRONG = "264830"

        /** Two free tries, two with a wait before the next, and the fifth is the last. */
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

        fun settle(): Unit = shadowOf(Looper.getMainLooper()).idle()
    }
}

fun View.all(): List<View> =
    listOf(this) + ((this as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { group.getChildAt(it).all() } }.orEmpty())

fun View.labelled(label: String): View = all().first { it.contentDescription?.toString() == label }

/** As a finger does, but for its place. */
fun View.enter(digits: String) {
    digits.forEach { labelled(it.toString()).performClick() }
    TestWallet.settle()
}

fun View.done() {
    labelled(resources.getString(R.string.walletlock_done)).performClick()
    TestWallet.settle()
}

/** The part of this id, which must be there. */
inline fun <reified V : View> View.part(id: Int): V = checkNotNull(findViewById<V>(id))
