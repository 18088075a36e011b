package dev.walletlock.android

import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt.AuthenticationResult
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.os.Looper
import android.security.KeyStoreException
import android.security.keystore.BackendBusyException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricPrompt
import dev.walletlock.BiometricPurpose
import dev.walletlock.Money
import dev.walletlock.fakes.FakeAndroidKeyStore.Call
import dev.walletlock.fakes.FakeAndroidKeyStore.Lie
import dev.walletlock.fakes.FakePerson
import java.security.InvalidKeyException
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import java.time.Duration
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.spec.SecretKeySpec
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers

/** The phone's own prompt, on Android's classes. [ShadowBiometricPrompt] says which part of it is not real. */
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [ShadowBiometricPrompt::class, ShadowPromptBuilder::class, ShadowSensor::class])
class AndroidBiometricsTest : BiometricsContract() {
    @get:Rule
    val inKeystore = InKeystore()

    @get:Rule
    val android = AndroidVersion()

    private val keystore = inKeystore.keystore
    override val person = FakePerson()
    override val biometrics by lazy { AndroidBiometrics(RuntimeEnvironment.getApplication()) }
    private val shown get() = checkNotNull(ShadowBiometricPrompt.last)

    @Before
    fun begin() {
        person.onEnrolment = FakePerson.EnrolmentListener(keystore::enrolmentChanged)
        ShadowBiometricPrompt.phone = FakedPhone(keystore, person)
        ShadowBiometricPrompt.last = null
    }

    override fun makeKey(alias: String) = makeKey(alias) {}

    private fun makeKey(alias: String, more: KeyGenParameterSpec.Builder.() -> Unit) {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setUserAuthenticationRequired(true)
            .setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
            .setInvalidatedByBiometricEnrollment(true)
            .apply(more)
        made(KeyProperties.KEY_ALGORITHM_AES, spec)
    }

    override fun makeOtherKey(alias: String) =
        made(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN))

    private fun made(algorithm: String, spec: KeyGenParameterSpec.Builder) {
        KeyGenerator.getInstance(algorithm, "AndroidKeyStore").apply { init(spec.build()) }.generateKey()
    }

    override fun letPass(ms: Long) {
        person.seesPrompt()
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(ms - 1))
        assertTrue(person.isPromptShown)
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(1))
    }

    override fun becomeOldAndroid() = android.becomes(27)

    /** The most important case: someone hooks Android's code, so that it reports a success. */
    @Test
    fun `a success that the keystore does not know of opens nothing`() {
        makeKey(ALIAS)
        val wrapped = wrapped()
        for (operation in listOf(WRAP, UNWRAP)) {
            val answers = show(operation, if (operation == WRAP) SLOT_KEY else wrapped)
            person.seesPrompt()
            shown.callback.onAuthenticationSucceeded(AuthenticationResult(shown.crypto, BY_BIOMETRIC))
            assertEquals(BiometricEnd.NO_VERDICT, answers.next())
            answers.expectNothing()
            assertFalse(person.isPromptShown)
        }
    }

    @Test
    fun `a success for another cipher, or for none, opens nothing`() {
        makeKey(ALIAS)
        makeKey("$ALIAS/2")
        val wrapped = wrapped()
        val theirs = Cipher.getInstance("AES/GCM/NoPadding")
        theirs.init(Cipher.ENCRYPT_MODE, SecretKeySpec(ByteArray(32), "AES"))
        val results = listOf(
            AuthenticationResult(CryptoObject(theirs), BY_BIOMETRIC),
            AuthenticationResult(null, BY_BIOMETRIC),
            null,
        )
        for (result in results) {
            val answers = show(UNWRAP, wrapped)
            person.seesPrompt()
            // The sensor has recognised the person for the shown prompt's cipher, but `result` does not carry that cipher.
            keystore.authenticate(shown.cipher)
            shown.callback.onAuthenticationSucceeded(result)
            assertEquals(BiometricEnd.NO_VERDICT, answers.next())
            answers.expectNothing()
        }
    }

    @Test
    fun `what comes late, or twice, is not heard`() {
        makeKey(ALIAS)
        val ways = listOf<() -> Unit>({ person.touches() }, { person.cancels() }, { letPass(TIMEOUT_MS) })
        for (way in ways) {
            val answers = show(WRAP)
            person.seesPrompt()
            val first = shown
            way()
            answers.next()
            callEveryCallback(first)
            answers.expectNothing()
        }
        val dismissed = show(WRAP)
        person.seesPrompt()
        val first = shown
        biometrics.dismiss()
        assertTrue(first.cancel.isCanceled)
        val next = show(WRAP)
        person.seesPrompt()
        callEveryCallback(first)
        dismissed.expectNothing()
        person.touches()
        assertTrue("the next prompt hears nothing of it", next.next() is Output)
    }

    @Test
    fun `time that is over takes the prompt off the screen`() {
        makeKey(ALIAS)
        val answers = show(WRAP)
        letPass(TIMEOUT_MS)
        answers.next()
        assertTrue(shown.cancel.isCanceled)
        wrapped()
        assertTrue("nothing is left to wait for", shadowOf(Looper.getMainLooper()).isIdle)
    }

    @Test
    fun `turning the phone changes nothing`() {
        makeKey(ALIAS)
        val screen = Sample.controller()
        val turned = AndroidBiometrics(screen.get())
        val answers = Answers {}
        turned.show(BiometricPrompt(ALIAS, BiometricPurpose.Unlock, WRAP, SLOT_KEY, TIMEOUT_MS), answers)
        person.seesPrompt()
        val context = ReflectionHelpers.getField<Any>(shown.prompt, "mContext")
        assertSame("no screen is held", RuntimeEnvironment.getApplication(), context)
        screen.recreate()
        assertTrue(person.isPromptShown)
        person.touches()
        assertTrue(answers.next() is Output)
    }

    @Test
    fun `the main thread waits for no key`() {
        makeKey(ALIAS)
        val before = keystore.callerThreads.toSet()
        unwrapped(wrapped())
        assertTrue((keystore.callerThreads - before).isNotEmpty())
        assertFalse(Looper.getMainLooper().thread in keystore.callerThreads - before)
    }

    @Test
    fun `a keystore that does not answer gives no verdict, and nobody is asked`() {
        makeKey(ALIAS) { setUnlockedDeviceRequired(true) }
        keystore.isPhoneLocked = true
        assertEquals(BiometricEnd.NO_VERDICT, show(WRAP).next())
        keystore.close()
        assertEquals(BiometricEnd.NO_VERDICT, show(WRAP).next())
        assertEquals(null, ShadowBiometricPrompt.last)
        keystore.install()
        keystore.isPhoneLocked = false
        wrapped()
    }

    @Test
    fun `whatever the keystore throws, only a key that is invalidated for certain is told as gone`() {
        makeKey(ALIAS)
        val passing = listOf(
            ProviderException("Keystore operation failed"),
            IllegalStateException(),
            NullPointerException(),
            UnrecoverableKeyException("Key permanently invalidated"),
            InvalidKeyException("Keystore operation failed"),
            UserNotAuthenticatedException(),
            BackendBusyException(0),
        ) + INNER_CODES.map { ProviderException(KeyStoreException(it, "Keystore operation failed")) }
        for (thrown in passing) {
            for (call in listOf(Call.LOAD, Call.GET_KEY, Call.CIPHER_INIT)) {
                keystore.fail(call) { thrown }
                assertEquals("$call $thrown", BiometricEnd.NO_VERDICT, show(WRAP).next())
                keystore.recover()
            }
            keystore.fail(Call.CIPHER_FINAL) { thrown }
            val answers = show(WRAP)
            person.touches()
            assertEquals("$thrown", BiometricEnd.NO_VERDICT, answers.next())
            keystore.recover()
        }
        keystore.fail(Call.CIPHER_INIT) { KeyPermanentlyInvalidatedException() }
        assertEquals(BiometricEnd.KEY_INVALIDATED, show(WRAP).next())
        keystore.recover()
        wrapped()
    }

    @Test
    fun `a key that is not given is gone only where it is missing by name, twice, among others`() {
        makeKey(ALIAS)
        makeKey("$ALIAS/2")
        for (lies in listOf(listOf(Lie.NULL_KEY), listOf(Lie.NULL_KEY, Lie.NO_SUCH_ALIAS, Lie.NO_ALIASES))) {
            lies.forEach { keystore.lie(it) }
            assertEquals("$lies", BiometricEnd.NO_VERDICT, show(WRAP).next())
            keystore.recover()
        }
        keystore.lie(Lie.NULL_KEY, times = 1)
        keystore.lie(Lie.NO_SUCH_ALIAS, times = 1)
        wrapped()
        keystore.lie(Lie.NULL_KEY, times = 2)
        keystore.lie(Lie.NO_SUCH_ALIAS, times = 2)
        assertEquals(BiometricEnd.KEY_INVALIDATED, show(WRAP).next())
    }

    @Test
    fun `it asks for a strong biometric, and never for the phone's own PIN`() {
        makeKey(ALIAS)
        for ((sdk, authenticators) in listOf(28 to 0, 29 to 0, 30 to STRONG, 35 to STRONG)) {
            android.becomes(sdk)
            wrapped()
            assertEquals("API $sdk", authenticators, shown.prompt.allowedAuthenticators)
            assertEquals("Use PIN", shown.prompt.negativeButtonText)
        }
    }

    @Test
    fun `opening takes a look, what turns something on or pays takes a touch`() {
        makeKey(ALIAS)
        val pay = BiometricPurpose.Pay(Money(1, "EUR"), "Bakery")
        val expected = mapOf(BiometricPurpose.Unlock to false, BiometricPurpose.Enable to true, pay to true)
        for ((purpose, needed) in expected) {
            ended(purpose)
            assertEquals(purpose.toString(), needed, shown.prompt.isConfirmationRequired)
        }
    }

    @Test
    fun `the words are those of the purpose`() {
        makeKey(ALIAS)
        ended(BiometricPurpose.Pay(Money(123_456, "EUR"), "Café Zuid"))
        assertEquals("Pay €1,234.56" to "To Café Zuid", shown.prompt.title to shown.prompt.description)
        ended(BiometricPurpose.Unlock)
        assertEquals("Open your wallet" to "Show that it is you.", shown.prompt.title to shown.prompt.description)
        ended(BiometricPurpose.Enable)
        assertEquals("Open your wallet without the PIN" to "Not now", shown.prompt.title to shown.prompt.negativeButtonText)
    }

    @Test
    @Config(qualifiers = "zh-rCN")
    fun `the words are in the person's language`() {
        makeKey(ALIAS)
        ended(BiometricPurpose.Pay(Money(8_050, "CNY"), "面包店"))
        assertEquals("支付 ¥80.50" to "收款方：面包店", shown.prompt.title to shown.prompt.description)
        assertEquals("使用 PIN 码", shown.prompt.negativeButtonText)
    }

    @Test
    fun `what cannot be shown as it is, is not asked for`() {
        makeKey(ALIAS)
        val unclear = listOf(
            BiometricPurpose.Pay(Money(1, "XAU"), "Bakery"),
            BiometricPurpose.Pay(Money(1, "ZZZ"), "Bakery"),
            BiometricPurpose.Pay(Money(1, "eur"), "Bakery"),
            BiometricPurpose.Pay(Money(1, "EUR"), " \u202e\n"),
        )
        for (purpose in unclear) {
            assertEquals(purpose.toString(), BiometricEnd.NO_VERDICT, show(WRAP, purpose = purpose).next())
        }
        assertEquals(null, ShadowBiometricPrompt.last)
    }

    private fun ended(purpose: BiometricPurpose) {
        val answers = show(WRAP, purpose = purpose)
        person.touches()
        assertTrue(answers.next() is Output)
    }

    private fun callEveryCallback(prompt: ShadowBiometricPrompt.ShownPrompt) {
        prompt.callback.onAuthenticationFailed()
        prompt.callback.onAuthenticationError(7, null)
        prompt.callback.onAuthenticationSucceeded(AuthenticationResult(prompt.crypto, BY_BIOMETRIC))
    }

    private companion object {
        /**
         * Internal error codes of KeyMint and keystore2 (AOSP). Together they produce every public code of `KeyStoreException`,
         * except those about attestation.
         */
        val INNER_CODES = listOf(-1000, -67, -62, -52, -33, -31, -30, -29, -28, -26, -24, -4, -3, -1, 2, 3, 4, 6, 7, 8, 17, 27)
        const val BY_BIOMETRIC = 2
        const val STRONG = Authenticators.BIOMETRIC_STRONG
    }
}
