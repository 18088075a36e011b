package dev.walletlock.fakes

import java.security.Security
import java.util.Collections
import java.util.IdentityHashMap
import java.util.TreeMap
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.Cipher

/**
 * A phone's keystore, behind the classes that Java reaches it by: `AndroidKeyStore`. For tests that have Android's
 * classes, as Robolectric brings them; those without use [FakeDeviceKey]. There is one at a time, the phone's:
 *
 * ```
 * FakeAndroidKeyStore().install().use { keystore -> … }
 * ```
 *
 * Strict: what a phone refuses it refuses, in the exceptions of the phone's. So it does with what a lock never asks
 * of one: to replace a key, to read it, or to use it in another way than as HMAC-SHA256 or AES-GCM.
 */
public class FakeAndroidKeyStore : AutoCloseable {
    /**
     * What a key was made with.
     *
     * @property algorithm `HmacSHA256` or `AES`.
     * @property bits how long the key is.
     * @property isInStrongBox whether a chip of its own keeps it.
     * @property isUnlockedDeviceRequired whether it is of no use while the phone is locked.
     * @property isUserAuthenticationRequired whether each use needs a strong biometric.
     * @property isInvalidatedByBiometricEnrollment whether a new enrolment destroys it.
     */
    public data class KeySpec(
        public val algorithm: String,
        public val bits: Int,
        public val isInStrongBox: Boolean,
        public val isUnlockedDeviceRequired: Boolean,
        public val isUserAuthenticationRequired: Boolean,
        public val isInvalidatedByBiometricEnrollment: Boolean,
    )

    /** All keys as they were at one time: what someone has who copied the keystore's files. See [restore]. */
    public class Picture internal constructor(internal val keys: Map<String, HardwareKey>)

    /** Whether there is a StrongBox. One has room enough. */
    @Volatile
    public var hasStrongBox: Boolean = false

    /** How long the StrongBox computes, in milliseconds. */
    @Volatile
    public var strongBoxTakesMs: Long = 0

    /** Whether the screen is locked. Keys that ask for an unlocked phone cannot be used then. */
    @Volatile
    public var isPhoneLocked: Boolean = false

    /**
     * Whether it fails without a word, as Android's does when its service does not answer: it lists no aliases, contains none,
     * and gives no key. Making and deleting keys works all the same.
     */
    @Volatile
    public var isSilentlyEmpty: Boolean = false

    /** What the keys that exist were made with, by alias. */
    public val keys: Map<String, KeySpec> @Synchronized get() = stored.mapValues { it.value.spec }

    /** Operations that were begun, and neither finished nor given up: a phone has few at a time. */
    public val openOperations: Int @Synchronized get() = operations.size

    /** Who reached into it, and so waited for it. */
    public val users: Set<Thread> get() = reached

    private val reached = ConcurrentHashMap.newKeySet<Thread>()
    private val provider = KeystoreProvider(this)
    private val stored = TreeMap<String, HardwareKey>()
    private val operations: MutableSet<Operation> = Collections.newSetFromMap(IdentityHashMap())

    /** Counts who is enrolled: keys of another one are gone. */
    private var enrolment = 1
    private var isAnyoneEnrolled = true

    /**
     * From now on it is this JVM's `AndroidKeyStore`, until it is closed.
     *
     * @throws IllegalStateException if there is one already.
     */
    public fun install(): FakeAndroidKeyStore = apply {
        // Where Android has it: before the providers that know nothing of such keys, and would speak first.
        check(Security.insertProviderAt(provider, 1) == 1) { "there is one already" }
    }

    /** As on a phone that has none. The keys stay, for another [install]. */
    override fun close(): Unit = Security.removeProvider(provider.name)

    /** A factory reset. */
    @Synchronized
    public fun loseAll(): Unit = stored.clear()

    /**
     * Deletes one key, behind the app's back.
     *
     * @throws IllegalArgumentException if there is none.
     */
    @Synchronized
    public fun lose(alias: String) {
        requireNotNull(stored.remove(alias)) { "there is no key $alias" }
    }

    /**
     * Makes one key useless for good, and leaves it listed: as taking away the screen lock does.
     *
     * @throws IllegalArgumentException if there is none.
     */
    @Synchronized
    public fun invalidate(alias: String) {
        requireNotNull(stored[alias]) { "there is no key $alias" }.isInvalidated = true
    }

    /**
     * A finger or face was enrolled, or all were removed: keys that ask for that are useless from now on. A restored
     * [Picture] does not bring them back, because who is enrolled is not in the keystore's files.
     *
     * See [FakePerson.onEnrolment].
     */
    @JvmOverloads
    @Synchronized
    public fun enrolmentChanged(isAnyoneEnrolled: Boolean = true) {
        enrolment++
        this.isAnyoneEnrolled = isAnyoneEnrolled
    }

    /**
     * The sensor recognised someone for what this cipher has begun: so it may be finished, once. For a stand-in of the
     * biometric prompt.
     *
     * @throws IllegalArgumentException if the cipher is none of the keystore's, as the prompt's `CryptoObject` does.
     */
    @Synchronized
    public fun authenticate(cipher: Cipher): Unit = operationOf(cipher).authenticate()

    /**
     * Whether a prompt could be bound to what this cipher has begun.
     *
     * @throws IllegalArgumentException if the cipher is none of the keystore's.
     */
    @Synchronized
    public fun requireBegun(cipher: Cipher) {
        operationOf(cipher)
    }

    /** Copies the keystore, for a later [restore]. */
    @Synchronized
    public fun picture(): Picture = Picture(stored.toMap())

    /** Sets the keystore back: keys that were deleted since are there again, those made since are gone. */
    @Synchronized
    public fun restore(picture: Picture) {
        stored.clear()
        stored.putAll(picture.keys)
    }

    /** A cipher tells nobody what is in it; but each IV that it gives out is an array of its own. */
    private fun operationOf(cipher: Cipher): Operation {
        val iv = cipher.iv
        return requireNotNull(operations.find { it.gaveOut(iv) }) { "not a cipher of the keystore's that was begun" }
    }

    internal fun used() {
        reached += Thread.currentThread()
    }

    @Synchronized
    internal fun aliases(): List<String> = if (isSilentlyEmpty) emptyList() else stored.keys.toList()

    @Synchronized
    internal fun key(alias: String): HardwareKey? = if (isSilentlyEmpty) null else stored[alias]

    @Synchronized
    internal fun delete(alias: String) {
        stored.remove(alias)
    }

    @Synchronized
    internal fun requireSomeoneEnrolled() {
        check(isAnyoneEnrolled) { "at least one biometric must be enrolled to make keys that need one for every use" }
    }

    @Synchronized
    internal fun make(asked: AskedSpec, spec: KeySpec): HardwareKey {
        if (spec.isInStrongBox && !hasStrongBox) throw asked.exception("StrongBoxUnavailableException")
        // A phone replaces the key of that alias, without a word.
        check(asked.alias !in stored) { "the key ${asked.alias} would be lost" }
        return HardwareKey(asked, spec, enrolment).also { stored[asked.alias] = it }
    }

    /** A use of a key begins, or is refused. */
    @Synchronized
    internal fun begin(key: HardwareKey): Operation {
        used()
        val isOfAnother = key.spec.isInvalidatedByBiometricEnrollment && key.enrolment != enrolment
        if (key.isInvalidated || isOfAnother || stored[key.asked.alias] !== key) {
            throw key.asked.exception("KeyPermanentlyInvalidatedException")
        }
        // As the real one tells it: by AOSP's KeyStoreCryptoOperationUtils.
        if (key.spec.isUnlockedDeviceRequired && isPhoneLocked) {
            throw key.asked.exception("UserNotAuthenticatedException")
        }
        return Operation(key).also { operations += it }
    }

    @Synchronized
    internal fun end(operation: Operation) {
        operations -= operation
    }

    internal fun computes(key: HardwareKey) {
        if (!key.spec.isInStrongBox) return
        val end = System.nanoTime() + strongBoxTakesMs * NANOS_PER_MS
        while (System.nanoTime() < end) Thread.onSpinWait()
    }
}

private const val NANOS_PER_MS = 1_000_000
