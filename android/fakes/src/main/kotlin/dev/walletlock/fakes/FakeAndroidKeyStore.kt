package dev.walletlock.fakes

import java.security.Security
import java.util.Collections
import java.util.EnumMap
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
 *
 * A real one also fails, and lies: told to, this one throws anything at any call ([fail]), or answers a call as if nothing
 * were there ([lie]).
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

    /** What Java's classes ask of the keystore, each of which can [fail]. */
    public enum class Call {
        /** `KeyStore.load`. */
        LOAD,

        /** `KeyStore.aliases`. */
        ALIASES,

        /** `KeyStore.containsAlias`. */
        CONTAINS_ALIAS,

        /** `KeyStore.getKey`. */
        GET_KEY,

        /** `KeyStore.deleteEntry`. */
        DELETE_ENTRY,

        /** `KeyGenerator.generateKey`. */
        GENERATE_KEY,

        /** `SecretKeyFactory.getKeySpec`. */
        KEY_INFO,

        /** `Mac.init`. */
        MAC_INIT,

        /** `Mac.doFinal`. */
        MAC_FINAL,

        /** `Cipher.init`. */
        CIPHER_INIT,

        /** `Cipher.doFinal`. */
        CIPHER_FINAL,
    }

    /** What a phone's keystore answers without a word where it failed: see AOSP's AndroidKeyStoreSpi. See [lie]. */
    public enum class Lie(internal val call: Call) {
        /** It lists no key. */
        NO_ALIASES(Call.ALIASES),

        /** It gives no list. */
        NULL_ALIASES(Call.ALIASES),

        /** It says of an alias that there is none. */
        NO_SUCH_ALIAS(Call.CONTAINS_ALIAS),

        /** It gives no key. */
        NULL_KEY(Call.GET_KEY),
    }

    /** Moves the clock that the lock measures by, `SystemClock.elapsedRealtime`: such as Robolectric's. */
    public fun interface Stopwatch {
        /** [ms] milliseconds pass. */
        public fun pass(ms: Long)
    }

    /** Whether there is a StrongBox. One has room enough. */
    @Volatile
    public var hasStrongBox: Boolean = false

    /** While not null, the StrongBox makes no key and throws what this gives: a full or busy one says no more than `ProviderException`. */
    @Volatile
    public var strongBoxFailure: (() -> Exception)? = null

    /** How long the StrongBox computes, in milliseconds of the [stopwatch]. */
    @Volatile
    public var strongBoxTakesMs: Long = 0

    /** How long each [Call] takes, in milliseconds of the [stopwatch]. */
    @Volatile
    public var takesMs: Long = 0

    /** Nothing waits: what takes time is told here. */
    @Volatile
    public var stopwatch: Stopwatch = Stopwatch {}

    /** Whether the screen is locked. Keys that ask for an unlocked phone cannot be used then. */
    @Volatile
    public var isPhoneLocked: Boolean = false

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

    private class Trouble(var times: Int, val lie: Lie?, val thrown: () -> Exception)

    private val troubles = EnumMap<Call, Trouble>(Call::class.java)

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

    /**
     * The next [times] calls of this kind throw what [thrown] gives, checked or not, and do nothing. What was told of such
     * calls before is forgotten.
     *
     * @throws IllegalArgumentException unless it is at least once.
     */
    @JvmOverloads
    @Synchronized
    public fun fail(call: Call, times: Int = UNTIL_TOLD, thrown: () -> Exception) {
        require(times > 0) { "not even once" }
        troubles[call] = Trouble(times, null, thrown)
    }

    /**
     * The next [times] calls that it is about answer with [lie]. What was told of such calls before is forgotten.
     *
     * @throws IllegalArgumentException unless it is at least once.
     */
    @JvmOverloads
    @Synchronized
    public fun lie(lie: Lie, times: Int = UNTIL_TOLD) {
        require(times > 0) { "not even once" }
        troubles[lie.call] = Trouble(times, lie) { error("it lies") }
    }

    /** From now on it neither fails nor lies. */
    @Synchronized
    public fun recover(): Unit = troubles.clear()

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

    /** Before each call. What it is to be answered with, if not the truth. */
    @Synchronized
    internal fun asked(call: Call): Lie? {
        reached += Thread.currentThread()
        stopwatch.pass(takesMs)
        val trouble = troubles[call] ?: return null
        if (trouble.times != UNTIL_TOLD && --trouble.times == 0) troubles.remove(call)
        return trouble.lie ?: throw trouble.thrown()
    }

    @Synchronized
    internal fun aliases(): List<String> = stored.keys.toList()

    @Synchronized
    internal fun key(alias: String): HardwareKey? = stored[alias]

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
        if (spec.isInStrongBox) strongBoxFailure?.let { throw it() }
        // A phone replaces the key of that alias, without a word.
        check(asked.alias !in stored) { "the key ${asked.alias} would be lost" }
        return HardwareKey(asked, spec, enrolment).also { stored[asked.alias] = it }
    }

    /** A use of a key begins, or is refused. */
    @Synchronized
    internal fun begin(key: HardwareKey, call: Call): Operation {
        asked(call)
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
        if (key.spec.isInStrongBox) stopwatch.pass(strongBoxTakesMs)
    }

    /** For how often. */
    public companion object {
        /** Every time, until [recover]. */
        public const val UNTIL_TOLD: Int = Int.MAX_VALUE
    }
}
