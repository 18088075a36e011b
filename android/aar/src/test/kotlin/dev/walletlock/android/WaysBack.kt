package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.View
import android.widget.EditText
import android.widget.TextView
import dev.walletlock.Enrolment
import dev.walletlock.NewAuthenticator
import dev.walletlock.RequestKind
import dev.walletlock.Session
import dev.walletlock.fakes.pinOf
import java.nio.ByteBuffer
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlinx.coroutines.runBlocking
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

// What a person, the app and the provider do on the settings' screens about the ways back in.

/** An authenticator app (RFC 6238), with the secret that the person has added. */
class TestAuthenticator(new: NewAuthenticator, private val wallet: TestWallet) {
    private val secret = (0 until NewAuthenticator.LETTERS).joinToString("") { place ->
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(new.letter(place)).toString(radix = 2).padStart(5, '0')
    }.chunked(Byte.SIZE_BITS).map { it.toInt(radix = 2).toByte() }.toByteArray()

    /** The code that it shows next: each counts once. */
    fun nextCode(): String {
        wallet.phone.clock.advanceMs(STEP_MS)
        val mac = Mac.getInstance("HmacSHA1").apply { init(SecretKeySpec(secret, "HmacSHA1")) }
        val step = wallet.phone.clock.now().wallMs / STEP_MS
        val hash = mac.doFinal(ByteBuffer.allocate(Long.SIZE_BYTES).putLong(step).array())
        val number = ByteBuffer.wrap(hash).getInt(hash.last().toInt() and 0xf) and Int.MAX_VALUE
        return "%06d".format(number % 1_000_000)
    }

    private companion object {
        const val STEP_MS = 30_000L
    }
}

/** Sets the PIN, registers the phone, and returns the session in which the wallet was set up: there changes count at once. */
internal fun ProvidedWallet.firstSession(): Session = runBlocking {
    val session = pinOf(TestWallet.RIGHT).use { (wallet.lock.enrol(it) as Enrolment.Enrolled).session }
    provider.register(wallet)
    session
}

/** Carries requests as an app does. */
internal fun ProvidedWallet.carryWaysBack() {
    LockScreens.useLock { wallet.lock }
    LockScreens.useProofs { _, request ->
        val answer = provider.answer(request.text)
        when {
            !request.isAnswered -> ProofReply.NotGranted.LATER
            answer.refusal == null -> ProofReply.Granted(answer.word)
            else -> ProofReply.NotGranted.REFUSED
        }
    }
    LockScreens.useProvider { lock, call ->
        check(call == ProviderCall.REPORT)
        check(provider.answer(lock.provider.request(RequestKind.REPORT)).refusal == null)
        ProviderReply.TAKEN
    }
}

internal fun carryNothing() {
    LockScreens.useProofs(null)
    LockScreens.useProvider(null)
}

/** Sets up a phone number in the first session: it is in force. */
internal fun ProvidedWallet.addNumber(session: Session, address: String = "+1 555 010 5678") = runBlocking {
    val new = session.access.addChannel(dev.walletlock.ChannelKind.SMS, address)
    val asked = new.request as dev.walletlock.CodeRequest.Asked
    check(provider.answer(asked.request).refusal == null)
    confirm(session, new.id)
}

internal fun ProvidedWallet.confirm(session: Session, id: String) = runBlocking {
    val code = checkNotNull(account.messages.last().code)
    val request = pinOf(code).use { session.access.confirmChannel(id, it) } as dev.walletlock.CodeRequest.Asked
    wallet.lock.provider.redeem(provider.answer(request.request).word)
}

/** Sets up an authenticator in [session]. */
internal fun TestWallet.addAuthenticator(session: Session): TestAuthenticator = runBlocking {
    session.access.makeAuthenticator().use { new ->
        val app = TestAuthenticator(new, this@addAuthenticator)
        check(pinOf(app.nextCode()).use { session.access.confirmAuthenticator(new, it) })
        session.access.setAuthenticator(new)
        app
    }
}

internal fun <A : Activity> started(activity: Class<A>, intent: Intent): ActivityController<A> =
    Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }

/** The screen that this one has started for a result. */
internal fun ActivityController<out Activity>.launched(): Intent =
    checkNotNull(shadowOf(get()).nextStartedActivityForResult) { "nothing was started" }.intent

internal fun ActivityController<out Activity>.returns(asked: Intent, result: Int, data: Intent?) {
    shadowOf(get()).receiveResult(asked, result, data)
    TestWallet.settle()
}

/** Answers the second factor that is asked for, on its own screen, with a code of [app]. */
internal fun ActivityController<out Activity>.proves(app: TestAuthenticator) {
    val asked = launched()
    check(asked.component!!.className == EnterSecondFactorActivity::class.java.name)
    val factor = started(EnterSecondFactorActivity::class.java, asked)
    factor.pad().enter(app.nextCode())
    TestWallet.settle()
    returns(asked, shadowOf(factor.get()).resultCode, shadowOf(factor.get()).resultIntent)
}

internal fun ActivityController<out Activity>.typeAddress(text: String) {
    get().window.decorView.part<EditText>(R.id.walletlock_address).setText(text)
    TestWallet.settle()
}

internal fun ActivityController<out Activity>.shownTexts(): List<String> =
    get().window.decorView.all().filterIsInstance<TextView>().filter(View::isShown).map { it.text.toString() }
