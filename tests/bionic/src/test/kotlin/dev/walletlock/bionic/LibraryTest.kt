package dev.walletlock.bionic

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class Arm64Test : LibraryTest(Abi.ARM64)

class Arm32Test : LibraryTest(Abi.ARM32)

/** The shipped library on bionic, through the calls that Kotlin makes, at the real cost of Argon2id. */
abstract class LibraryTest(abi: Abi) : OnPhones(abi) {
    @Test
    fun `before JNI_OnLoad every native method says that there is nothing`() {
        App(abi, phone()).use { app ->
            assertNothingIsThere(app)
            app.vm.missing += "dev/walletlock/DeviceKeyException"
            assertEquals(-1, app.native.load())
            assertNothingIsThere(app)
        }
        val line = phones.last().log.single()
        assertEquals(LOG_ERROR, line.priority)
        assertTrue("shrunk" in line.text, line.text)
    }

    @Test
    fun `JNI_OnLoad says which version it is`() {
        on(phone()) {
            val line = phone.log.single()
            assertEquals(LOG_INFO, line.priority)
            assertEquals("walletlock_jni::load: walletlock 0.1.0", line.text)
        }
    }

    @Test
    fun `digits are taken one by one`() {
        on(phone()) {
            val entry = native.long("newEntry")
            repeat(12) { assertEquals(1, native.int("push", entry, it % 10)) }
            assertEquals(0, native.int("push", entry, 3), "full")
            assertEquals(-1, native.int("push", entry, 10), "not a digit")
            assertEquals(1, native.int("pop", entry))
            assertEquals(11, native.int("length", entry))
            assertEquals(0, native.int("clear", entry))
            assertEquals(0, native.int("pop", entry), "none left")
            native.call("freeEntry", entry)
        }
    }

    @Test
    fun `a policy is checked without a lock`() {
        on(phone()) {
            assertTrue(checkPolicy("nist_800_63b").startsWith("{\"name\":\"nist_800_63b\""))
            assertEquals("Policy(preset)", checkPolicy("none"))
        }
    }

    @Test
    fun `memory is made ready before it is needed`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            assertTrue(process.kernel.largestMapping < 4 * 1024 * 1024)
            assertEquals("done", prepare())
            assertArgon2idAtTheFloor()
            assertEquals("done", releaseMemory())
        }
    }

    @Test
    fun `the right PIN opens, a wrong one does not, and a new one takes the old one's place`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            assertEquals("Wrong(15, 1000 ms)", verify("271828"))
            phone.pass(1_000)
            assertEquals("Ready(15)", status())
            val flushes = process.kernel.flushes
            assertEquals("Right", verify(PIN))
            assertEquals(flushes + 1, process.kernel.flushes, "a try reaches the disk before it is judged, and does no more")
            assertEquals("Ready(16)", status())
            assertEquals("4000 1234", read("card"))
            // Lets the thread make the next seal key first. Otherwise the change may have to wait for it.
            process.runThreads()
            assertEquals("Changed", change(PIN, OTHER_PIN))
            process.runThreads()
            assertEquals("Wrong(15, 1000 ms)", verify(PIN))
        }
        phones.last().restart()
        phones.last().hasGetrandom = false
        on(phones.last()) {
            assertEquals("CoolingDown(1000 ms, 15)", open())
            phone.pass(1_000)
            assertEquals("Right", verify(OTHER_PIN))
            assertEquals("4000 1234", read("card"))
        }
    }

    @Test
    fun `a wait lasts, through a restart too, and ends by the clock that counts from the boot`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            assertEquals("Wrong(15, 1000 ms)", verify("271828"))
            phone.pass(600)
            assertEquals("CoolingDown(400 ms, 15)", status())
        }
        on(phones.last()) { assertEquals("CoolingDown(400 ms, 15)", open()) }
        phones.last().restart()
        on(phones.last()) {
            // The time that had passed was not saved.
            assertEquals("CoolingDown(1000 ms, 15)", open())
            phone.wallMs += 3_600_000
            assertEquals("CoolingDown(1000 ms, 15)", verify(PIN))
            phone.pass(1_000)
            assertEquals("Ready(15)", status())
        }
    }

    @Test
    fun `keys are made in the trusted environment if the StrongBox is slow`() {
        val tried = enrolled.keystore.generated.filter { it.isStrongBoxBacked }
        assertTrue("/pin/" in tried.single().alias, "the PIN's key, once; the seal's never")
        assertTrue(enrolled.keystore.entries.values.none { it.spec.isStrongBoxBacked })
        assertTrue(enrolled.log.any { it.priority == LOG_INFO && "no device key in a StrongBox" in it.text })
    }

    @Test
    fun `nothing opens without the phone's own keys`() {
        val (pinKeys, sealKeys) = enrolled.keystore.entries.values.partition { it.spec.isUnlockedDeviceRequired }
        val withOtherPinKey = phone(enrolled)
        withOtherPinKey.keystore.forge(pinKeys.single().spec.alias)
        on(withOtherPinKey) {
            assertEquals("Ready(16)", open())
            assertEquals("Wrong(15, 1000 ms)", verify(PIN))
        }
        val withOtherSeal = phone(enrolled)
        sealKeys.forEach { withOtherSeal.keystore.forge(it.spec.alias) }
        on(withOtherSeal) {
            assertEquals("Locked(DataDamaged)", open())
            assertEquals("Locked(DataDamaged)", verify(PIN))
        }
    }

    @Test
    fun `while the phone is locked there is no verdict, and nothing is charged`() {
        on(phone(enrolled)) {
            phone.keystore.isPhoneLocked = true
            assertEquals("Ready(16)", open())
            assertEquals("NoVerdict(DeviceKey(Busy))", verify("271828"))
            phone.keystore.isPhoneLocked = false
            assertEquals("Ready(16)", status())
        }
    }

    @Test
    fun `the keystore's key registers the phone, the provider's order locks, and its grant opens again`() {
        val provider = Provider()
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open(provider.policy))
            assertEquals("Right", verify(PIN), "only the PIN adopts a policy that names new keys")
            assertEquals("Done(Registered)", redeem(provider.grant("register", request(1))))
            val order = provider.lock()
            assertEquals("Refused(BadSignature)", accept(order.dropLast(10) + "AAAAAAAAAA"))
            assertEquals("Ready(16)", status())
            assertEquals("Done(Locked)", accept(order))
            assertFalse(isSessionLive())
            assertEquals("Locked(LostOrStolen)", status())
        }
        phones.last().restart()
        on(phones.last()) {
            assertEquals("Locked(LostOrStolen)", open(provider.policy))
            assertEquals("Done(Unlocked)", redeem(provider.grant("unlock", request(2))))
            assertEquals("Right", verify(PIN))
            assertEquals("4000 1234", read("card"))
        }
    }

    @Test
    fun `a second process is refused, and may open once the first has ended`() {
        val phone = phone(enrolled)
        on(phone) {
            assertEquals("Ready(16)", open())
            on(phone) { assertEquals("InUse", open()) }
            assertEquals("Ready(16)", status())
        }
        on(phone) { assertEquals("Ready(16)", open()) }
    }

    @Test
    fun `a panic under uniffi is caught, and the log tells that it happened and nothing else`() {
        on(phone()) {
            val panicked = uniffi.callForBuffer("func_check_policy", *uniffi.impossibleBuffer())
            assertEquals(2, panicked.code)
            assertTrue("non-zero length" in Answers(panicked.bytes).text())
            assertPanicLogged()
            val ended = uniffi.callForBuffer("func_check_policy", *uniffi.buffer("trezor".toByteArray()))
            assertEquals(0, ended.code)
        }
    }

    @Test
    fun `a panic under a native method is caught, and the lock goes on`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            phone.hasMonotonicClock = false
            assertEquals("nothing", verify(PIN))
            assertPanicLogged()
            phone.hasMonotonicClock = true
            assertEquals("Right", verify(PIN))
        }
    }

    @Test
    fun `no wall clock keeps the lock shut`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            phone.hasWallClock = false
            assertEquals("Ready(16)", status())
            phone.hasWallClock = true
            // A 32-bit phone reads such a time after January 2038; on a 64-bit phone it is a time before 1970.
            phone.wallMs = Int.MIN_VALUE * 1000L
            assertEquals("Ready(16)", status())
            assertEquals("Right", verify(PIN))
        }
    }

    @Test
    fun `other threads can make what this one uses`() {
        on(phone()) {
            val (thread, status, answer) = List(3) { process.allocate(32) }
            val start = process.address("uniffi_walletlock_bindings_fn_constructor_pinentry_new")
            assertEquals(0, process.callLibc("pthread_create", thread, null, start, status).toInt())
            assertEquals(0, process.callLibc("pthread_join", thread.getPointer(0), answer).toInt())
            val entry = answer.getPointer(0).peer
            assertEquals(1, native.int("push", entry, 7))
            assertEquals(1, native.int("length", entry))
        }
    }

    @Test
    fun `references to Java objects are given back`() {
        on(phone(enrolled)) {
            // An app may have any number of keys of its own.
            repeat(500) { phone.keystore.forge("another.$it") }
            open()
            release()
            val before = vm.globalCount
            open()
            assertNotEquals(before, vm.globalCount)
            release()
            assertEquals(before, vm.globalCount)
            assertTrue(vm.mostLocals < 64, "${vm.mostLocals} at a time")
        }
    }

    @Test
    fun `what goes wrong beside the library is noticed`() {
        on(phone()) { assertThrows<JavaVm.Misuse> { native.bytes("open", 4711L, 4711L, 4711L) } }
        on(phone()) { assertThrows<Kernel.NotModelled> { process.callLibc("sync") } }
        // On arm64 this access would end the emulator, and the JVM with it.
        if (!abi.is64Bit) on(phone()) { assertThrows<IllegalStateException> { process.callLibc("strlen", null) } }
        on(phone()) { assertThrows<RuntimeException> { process.callLibc("abort") } }
    }

    private fun assertNothingIsThere(app: App) {
        val handles = arrayOf(1L)
        for (method in listOf("status", "prepare", "releaseMemory", "lockNow", "screenWentOff", "openSessions")) {
            assertEquals(listOf<Byte>(2), app.native.bytes(method, *handles).toList(), method)
        }
        assertEquals(listOf<Byte>(2), app.native.bytes("checkPolicy", "walletlock").toList())
        assertEquals(listOf<Byte>(2), app.native.bytes("open", "/data/wallet.db", "walletlock", app.listener).toList())
        assertEquals(listOf<Byte>(2), app.native.bytes("verifyPin", 1L, 1L).toList())
        for (method in listOf("pop", "clear", "length", "isLive", "endSession")) {
            assertEquals(Int.MIN_VALUE, app.native.int(method, *handles), method)
        }
        assertEquals(Int.MIN_VALUE, app.native.int("push", 1L, 1))
        assertEquals(0, app.native.long("newEntry"))
        for (kind in listOf("Lock", "Entry", "Session")) {
            assertEquals(0, app.native.long("share$kind", *handles), kind)
            app.native.call("free$kind", *handles)
            app.vm.leaveNative()
        }
    }

    /** The library for phones is built without the places of its panics (`-Zlocation-detail=none`). */
    private fun App.assertPanicLogged() {
        val line = phone.log.last()
        assertEquals(LOG_ERROR, line.priority)
        assertEquals("walletlock_jni::logging: panicked at <redacted>:0", line.text)
    }
}
