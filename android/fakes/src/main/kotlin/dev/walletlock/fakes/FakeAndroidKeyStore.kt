package dev.walletlock.fakes

import java.security.ProviderException
import java.security.Security
import java.util.Collections
import java.util.EnumMap
import java.util.IdentityHashMap
import java.util.TreeMap
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.Cipher

/**
 * A fake of Android's keystore, reached through Java's security classes under the name `AndroidKeyStore`. For tests that have
 * Android's classes, as from Robolectric; tests without them use [FakeDeviceKey]. Only one can be installed at a time:
 *
 * ```
 * FakeAndroidKeyStore().install().use { keystore -> … }
 * ```
 *
 * Strict: it refuses what a phone refuses, with the same exceptions. It also refuses what a lock never does: replacing a key,
 * reading its bytes, or using it for anything but HMAC-SHA256, AES-GCM or ECDSA over P-256 with SHA-256.
 *
 * A real keystore also fails, and sometimes answers wrongly without an error. A test can make this one throw any exception
 * at any call ([fail]), or answer a call as if nothing were stored ([lie]).
 */
public class FakeAndroidKeyStore : AutoCloseable {
    /**
     * What a key was made with.
     *
     * @property algorithm `HmacSHA256`, `AES` or `EC`.
     * @property bits length of the key, in bits.
     * @property isInStrongBox whether a StrongBox, a separate chip, keeps the key.
     * @property isUnlockedDeviceRequired whether the key cannot be used while the phone is locked.
     * @property isUserAuthenticationRequired whether each use needs a strong biometric.
     * @property isInvalidatedByBiometricEnrollment whether a new enrolment destroys the key.
     */
    public data class KeySpec(
        public val algorithm: String,
        public val bits: Int,
        public val isInStrongBox: Boolean,
        public val isUnlockedDeviceRequired: Boolean,
        public val isUserAuthenticationRequired: Boolean,
        public val isInvalidatedByBiometricEnrollment: Boolean,
    )

    /** A copy of all keys at one moment, like a copy of the keystore's files. See [restore]. */
    public class Snapshot internal constructor(internal val keys: Map<String, HardwareKey>)

    /** The calls that Java's classes make to the keystore. Each of them can [fail]. */
    public enum class Call {
        /** `KeyStore.load`. */
        LOAD,

        /** `KeyStore.aliases`. */
        ALIASES,

        /** `KeyStore.containsAlias`. */
        CONTAINS_ALIAS,

        /** `KeyStore.getKey`. */
        GET_KEY,

        /** `KeyStore.getCertificate`. */
        GET_CERTIFICATE,

        /** `KeyStore.deleteEntry`. */
        DELETE_ENTRY,

        /** `KeyGenerator.generateKey`. */
        GENERATE_KEY,

        /** `KeyPairGenerator.generateKeyPair`. */
        GENERATE_KEY_PAIR,

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

        /** `Signature.initSign`. */
        SIGNATURE_INIT,

        /** `Signature.sign`. */
        SIGNATURE_SIGN,
    }

    /** A wrong answer that a phone's keystore gives instead of an error: see AOSP's AndroidKeyStoreSpi. See [lie]. */
    public enum class Lie(internal val call: Call) {
        /** The list of aliases is empty. */
        NO_ALIASES(Call.ALIASES),

        /** The list of aliases is null. */
        NULL_ALIASES(Call.ALIASES),

        /** It says that an alias does not exist. */
        NO_SUCH_ALIAS(Call.CONTAINS_ALIAS),

        /** It returns null instead of the key. */
        NULL_KEY(Call.GET_KEY),
    }

    /** Moves the clock that the lock measures with, `SystemClock.elapsedRealtime`, for instance Robolectric's. */
    public fun interface Stopwatch {
        /** Lets [ms] milliseconds pass. */
        public fun pass(ms: Long)
    }

    /** Whether the phone has a StrongBox. It never runs full. */
    @Volatile
    public var hasStrongBox: Boolean = false

    /** While not null, making a StrongBox key throws what this returns. A full or busy StrongBox throws `ProviderException`. */
    @Volatile
    public var strongBoxFailure: (() -> Exception)? = null

    /** How long the StrongBox takes to compute with a key, in milliseconds of the [stopwatch]. */
    @Volatile
    public var strongBoxTakesMs: Long = 0

    /** How long each [Call] takes, in milliseconds of the [stopwatch]. */
    @Volatile
    public var takesMs: Long = 0

    /** Told how long each call takes. The keystore itself never sleeps. */
    @Volatile
    public var stopwatch: Stopwatch = Stopwatch {}

    /** Whether the screen is locked. Keys that ask for an unlocked phone cannot be used then. */
    @Volatile
    public var isPhoneLocked: Boolean = false

    /** The [KeySpec] of every key that exists, by alias. */
    public val keys: Map<String, KeySpec> @Synchronized get() = stored.mapValues { it.value.spec }

    /** How many operations were begun and neither finished nor abandoned. A phone allows only a few at a time. */
    public val openOperations: Int @Synchronized get() = operations.size

    /** The threads that have called the keystore, and so waited for it. */
    public val callerThreads: Set<Thread> get() = callers

    private val callers = ConcurrentHashMap.newKeySet<Thread>()
    private val provider = KeystoreProvider(this)
    private val stored = TreeMap<String, HardwareKey>()
    private val operations: MutableSet<Operation> = Collections.newSetFromMap(IdentityHashMap())

    private class InjectedFault(var times: Int, val lie: Lie?, val thrown: () -> Exception)

    private val injectedFaults = EnumMap<Call, InjectedFault>(Call::class.java)

    /** Number of the present enrolment. A key made under another number, and invalidated by enrolment, cannot be used. */
    private var enrolment = 1
    private var isAnyoneEnrolled = true

    /**
     * Makes this the `AndroidKeyStore` of this JVM, until it is closed.
     *
     * @throws IllegalStateException if one is installed already.
     */
    public fun install(): FakeAndroidKeyStore = apply {
        // Before the providers that do not know such keys, as on Android: Java asks the providers in order.
        check(Security.insertProviderAt(provider, 1) == 1) { "an AndroidKeyStore is already installed" }
    }

    /** Uninstalls it: this JVM has no `AndroidKeyStore` then. The keys stay, for another [install]. */
    override fun close(): Unit = Security.removeProvider(provider.name)

    /**
     * Makes the next [times] calls of this kind throw what [thrown] returns, a checked or unchecked exception, and do nothing
     * else. This replaces an earlier [fail] or [lie] for the same kind of call.
     *
     * @throws IllegalArgumentException if [times] is below 1.
     */
    @JvmOverloads
    @Synchronized
    public fun fail(call: Call, times: Int = UNTIL_TOLD, thrown: () -> Exception) {
        require(times > 0) { "times must be at least 1" }
        injectedFaults[call] = InjectedFault(times, null, thrown)
    }

    /**
     * Makes the next [times] calls that [lie] is about give that wrong answer. This replaces an earlier [fail] or [lie] for the
     * same kind of call.
     *
     * @throws IllegalArgumentException if [times] is below 1.
     */
    @JvmOverloads
    @Synchronized
    public fun lie(lie: Lie, times: Int = UNTIL_TOLD) {
        require(times > 0) { "times must be at least 1" }
        injectedFaults[lie.call] = InjectedFault(times, lie) { error("a lie throws nothing") }
    }

    /** Ends every [fail] and [lie]: all calls work again. */
    @Synchronized
    public fun recover(): Unit = injectedFaults.clear()

    /** Deletes all keys, as a factory reset does. */
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
     * Makes one key permanently unusable, and leaves its alias listed, as removing the screen lock does.
     *
     * @throws IllegalArgumentException if there is none.
     */
    @Synchronized
    public fun invalidate(alias: String) {
        requireNotNull(stored[alias]) { "there is no key $alias" }.isInvalidated = true
    }

    /**
     * A finger or face was enrolled, or all were removed: keys that are invalidated by enrolment cannot be used from now on. A
     * restored [Snapshot] does not make them usable again, because the keystore's files do not hold the enrolments.
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
     * The sensor recognised the person for the operation that this cipher has begun: the operation may now be finished, once.
     * For fakes of the biometric prompt.
     *
     * @throws IllegalArgumentException if the cipher has begun no operation of this keystore, as the prompt's `CryptoObject`
     *   does for a foreign cipher.
     */
    @Synchronized
    public fun authenticate(cipher: Cipher): Unit = operationOf(cipher).authenticate()

    /**
     * Checks that a prompt can be bound to the operation that this cipher has begun.
     *
     * @throws IllegalArgumentException if the cipher has begun no operation of this keystore.
     */
    @Synchronized
    public fun requireBegun(cipher: Cipher) {
        operationOf(cipher)
    }

    /** Copies the keystore, for a later [restore]. */
    @Synchronized
    public fun snapshot(): Snapshot = Snapshot(stored.toMap())

    /** Rolls the keystore back to [snapshot]: keys deleted since then are back, keys made since then are gone. */
    @Synchronized
    public fun restore(snapshot: Snapshot) {
        stored.clear()
        stored.putAll(snapshot.keys)
    }

    /** A `Cipher` does not show its operation. But each IV that it returns is a separate array, which identifies it. */
    private fun operationOf(cipher: Cipher): Operation {
        val iv = cipher.iv
        return requireNotNull(operations.find { it.gaveOut(iv) }) { "not a cipher of the keystore's that was begun" }
    }

    /** Comes before each call. Returns the wrong answer to give, or null for the true one; throws if the call is to fail. */
    @Synchronized
    internal fun beforeCall(call: Call): Lie? {
        callers += Thread.currentThread()
        stopwatch.pass(takesMs)
        val fault = injectedFaults[call] ?: return null
        if (fault.times != UNTIL_TOLD && --fault.times == 0) injectedFaults.remove(call)
        return fault.lie ?: throw fault.thrown()
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
    internal fun <K : HardwareKey> make(request: KeyRequest, spec: KeySpec, making: (KeyRequest, KeySpec, Int) -> K): K {
        if (spec.isInStrongBox && !hasStrongBox) {
            throw request.exception("StrongBoxUnavailableException") { ProviderException(it) }
        }
        if (spec.isInStrongBox) strongBoxFailure?.let { throw it() }
        // A phone silently replaces the key of that alias.
        check(request.alias !in stored) { "the alias ${request.alias} exists; its key would be replaced" }
        return making(request, spec, enrolment).also { stored[request.alias] = it }
    }

    /** Begins one use of a key, or throws. */
    @Synchronized
    internal fun begin(key: HardwareKey, call: Call): Operation {
        beforeCall(call)
        val isOfAnother = key.spec.isInvalidatedByBiometricEnrollment && key.enrolment != enrolment
        if (key.isInvalidated || isOfAnother || stored[key.request.alias] !== key) {
            throw key.request.exception("KeyPermanentlyInvalidatedException")
        }
        // The exception that AOSP's KeyStoreCryptoOperationUtils gives for a locked phone.
        if (key.spec.isUnlockedDeviceRequired && isPhoneLocked) {
            throw key.request.exception("UserNotAuthenticatedException")
        }
        return Operation(key).also { operations += it }
    }

    @Synchronized
    internal fun end(operation: Operation) {
        operations -= operation
    }

    internal fun spendComputeTime(key: HardwareKey) {
        if (key.spec.isInStrongBox) stopwatch.pass(strongBoxTakesMs)
    }

    /** For the `times` of [fail] and [lie]. */
    public companion object {
        /** Every call, until [recover]. */
        public const val UNTIL_TOLD: Int = Int.MAX_VALUE
    }
}
