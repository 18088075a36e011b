package dev.walletlock.bionic

import android.content.ContentResolver
import android.content.Context
import dev.walletlock.Phone
import java.nio.ByteBuffer

/** An app on a phone, from its start to its end: it makes the calls of the Kotlin facade, one by one. */
class App(val abi: Abi, val phone: ModelledPhone) : AutoCloseable {
    val process = AppProcess(abi, phone)
    val vm = JavaVm(process::thread)
    val native = Jni(process, vm)
    val uniffi = Uniffi(process)

    /** Receives what Rust tells the app's listener. */
    val listener = Phone(Context(ContentResolver { mapOf("boot_count" to phone.bootCount) }))

    private var lock = 0L
    private var session = 0L

    /**
     * Opens the lock over JNI. Returns its status, or the fault. This preset waits after the first wrong PIN already, so the tests
     * need fewer tries, each of which costs an Argon2id.
     */
    fun open(policy: String = "trezor"): String {
        val answer = native.bytes("open", "${phone.appFolder}/wallet.db", policy, listener)
        if (answer[0] != VALUE) return said(answer) { error("no value") }
        lock = ByteBuffer.wrap(answer, 1, 8).getLong()
        return status()
    }

    /** Frees the lock, as `WalletLock.close` does. */
    fun release() {
        native.call("freeLock", lock)
        vm.leaveNative()
    }

    fun status(): String = said(native.bytes("status", lock), Answers::status)

    fun checkPolicy(policy: String) = said(native.bytes("checkPolicy", policy), Answers::string)

    fun prepare() = done("prepare")

    fun releaseMemory() = done("releaseMemory")

    fun lockNow() = done("lockNow")

    fun screenWentOff() = done("screenWentOff")

    fun openSessions() = said(native.bytes("openSessions", lock), Answers::openSessions)

    fun verify(pin: String): String = withEntry(pin) { entry -> said(native.bytes("verifyPin", lock, entry), Answers::outcome) }

    /** Sets the PIN over uniffi, with handles that JNI shares. */
    fun enrol(pin: String): String = withEntry(pin) { entry ->
        val of = native.long("shareLock", lock)
        said(uniffi.callForBuffer("method_walletlock_enrol", of, shared(entry), *uniffi.list()), Answers::enrolment)
    }

    /** Changes the PIN over uniffi, in the session that JNI returned. */
    fun change(from: String, to: String): String = withEntry(from) { current ->
        withEntry(to) { new ->
            val of = handle("access")
            val keepsBiometrics = 1
            val arguments = arrayOf(of, shared(current), shared(new), *uniffi.list(), keepsBiometrics)
            said(uniffi.callForBuffer("method_access_change_pin", *arguments), Answers::change)
        }
    }

    fun read(item: String): String? {
        val ended = uniffi.callForBuffer("method_vault_read", handle("vault"), *uniffi.text(item))
        return if (ended.code == 0) Answers(ended.bytes).item()?.decodeToString() else Answers(ended.bytes).fault()
    }

    fun write(item: String, bytes: ByteArray): Int =
        uniffi.call("method_vault_write", handle("vault"), *uniffi.text(item), *uniffi.borrowed(bytes)).code

    /** Deletes an item over uniffi. Returns whether the item was there. */
    fun delete(item: String): String {
        val ended = uniffi.call("method_vault_delete", handle("vault"), *uniffi.text(item))
        return if (ended.code == 0) (ended.value and 0xff != 0L).toString() else Answers(ended.bytes).fault()
    }

    /** Asks over uniffi where the PIN's key is kept. */
    fun securityLevel(): String {
        val of = native.long("shareLock", lock)
        return said(uniffi.callForBuffer("method_walletlock_security_level", of), Answers::securityLevel)
    }

    /** Asks over uniffi whether an older copy of the files is detected. */
    fun rollbackProtection(): String {
        val of = native.long("shareLock", lock)
        return said(uniffi.callForBuffer("method_walletlock_rollback_protection", of), Answers::rollbackProtection)
    }

    /** Makes a request to the provider, over uniffi: 1 to register, 2 to unlock. Returns its text. */
    fun request(kind: Int): String {
        val of = native.long("shareLock", lock)
        val nothing = arrayOf(*uniffi.none(), *uniffi.none(), *uniffi.none())
        return said(uniffi.callForBuffer("method_walletlock_provider_request", of, *uniffi.constant(kind), *nothing), Answers::text)
    }

    fun redeem(grant: String): String = take(1, grant)

    fun accept(order: String): String = take(2, order)

    private fun take(kind: Int, word: String): String {
        // Lets the thread make the next seal key first. Otherwise the call may have to wait for it.
        process.runThreads()
        val of = native.long("shareLock", lock)
        val arguments = arrayOf(*uniffi.constant(kind), *uniffi.text(word), *uniffi.list())
        return said(uniffi.callForBuffer("method_walletlock_take_word", of, *arguments), Answers::word)
    }

    /** Wipes the wallet over uniffi. */
    fun wipe(): String = said(uniffi.call("method_walletlock_wipe", native.long("shareLock", lock))) { "done" }

    fun isSessionLive() = native.int("isLive", session) == 1

    override fun close() = process.close()

    private fun done(method: String) = said(native.bytes(method, lock)) { "done" }

    /** Makes a uniffi handle from the session that JNI returned. The call that takes the handle frees it. */
    private fun handle(kind: String): Long = uniffi.call("method_session_$kind", native.long("shareSession", session)).value

    private fun shared(entry: Long) = native.long("shareEntry", entry)

    private fun <T> withEntry(digits: String, act: (Long) -> T): T {
        val entry = native.long("newEntry")
        for (digit in digits) check(native.int("push", entry, digit.digitToInt()) == 1)
        check(native.int("length", entry) == digits.length)
        return act(entry).also { _ ->
            native.call("freeEntry", entry)
            vm.leaveNative()
        }
    }

    /** Reads an answer of JNI. Its first byte says what follows. */
    private fun said(answer: ByteArray, value: Answers.() -> String): String {
        val following = Answers(ByteBuffer.wrap(answer, 1, answer.size - 1).slice())
        return when (answer[0]) {
            VALUE -> keepSession(following, value)
            FAULT -> following.fault()
            else -> "nothing"
        }
    }

    private fun said(ended: Uniffi.Ended, value: Answers.() -> String): String = when (ended.code) {
        0 -> keepSession(Answers(ended.bytes), value)
        1 -> Answers(ended.bytes).fault()
        else -> "panicked"
    }

    private fun keepSession(answer: Answers, value: Answers.() -> String): String {
        val said = answer.value()
        if (answer.session != 0L) session = answer.session
        return said
    }
}

private const val VALUE: Byte = 0
private const val FAULT: Byte = 1
