package com.example.wallet

import android.app.Activity
import android.content.Intent
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import dev.walletlock.Platform
import dev.walletlock.RecoveryCode
import dev.walletlock.WalletLock
import dev.walletlock.android.shared
import dev.walletlock.fakes.FakePaper
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** Plays Android and the person: keeps the app's Activities in a stack, starts and finishes them, taps and types. */
class Phone {
    val app = RuntimeEnvironment.getApplication() as WalletApp
    private val stack = ArrayDeque<ActivityController<out Activity>>()

    val screen: Activity get() = stack.last().get()

    /** Opens the app's lock on a phone made of fakes. Until this lock is closed, the app gets it too. */
    suspend fun opened(platform: Platform): WalletLock = WalletLock.shared(app, WalletApp.policy, platform = platform)

    fun launch() = show(HomeActivity::class.java)

    fun <A : Activity> show(type: Class<A>, intent: Intent? = null) {
        stack.lastOrNull()?.pause()
        stack.add(Robolectric.buildActivity(type, intent).setup())
        stack.getOrNull(stack.size - 2)?.stop()
        goOn()
    }

    /** Does what the app asked Android for: shows a started Activity, or removes a finished one and delivers its result. */
    fun goOn() {
        shadowOf(Looper.getMainLooper()).idle()
        val top = stack.last()
        if (top.get().isFinishing && stack.size > 1) return goBack(top)
        val next = shadowOf(top.get()).nextStartedActivity ?: return
        // Another app's screen, such as Android's question for a permission: nobody answers it.
        val component = next.component ?: return goOn()
        @Suppress("UNCHECKED_CAST")
        show(Class.forName(component.className) as Class<out Activity>, next)
    }

    private fun goBack(top: ActivityController<out Activity>) {
        val gone = shadowOf(top.get())
        top.pause()
        stack.removeLast()
        // Throws if the Activity below did not start this one for a result.
        runCatching { shadowOf(screen).receiveResult(top.get().intent, gone.resultCode, gone.resultIntent) }
        stack.last().restart().resume()
        top.stop().destroy()
        goOn()
    }

    /** The person leaves the app, and comes back. */
    fun leaveAndComeBack(meanwhile: () -> Unit) {
        stack.last().pause().stop()
        meanwhile()
        stack.last().restart().resume()
        goOn()
    }

    fun idle() = shadowOf(Looper.getMainLooper()).idle()

    /** Types the PIN twice on the lock's screen for it, and taps 'Not now' if a finger is offered. Then a code is offered. */
    fun choosePin(pin: String) {
        enter(pin)
        until("it does not ask once more") { "So that no slip of a finger locks you out." in texts() }
        enter(pin)
        until("the PIN is not set") { button("Later") != null || button("Not now") != null }
        button("Not now")?.performClick()
        until("no code is offered") { button("Later") != null }
    }

    private fun button(text: String): View? =
        screen.window.decorView.all().find { it.isShown && it.isClickable && (it as? TextView)?.text?.toString() == text }

    /** Presses the button with this text, once it is there. */
    fun press(text: String) {
        until("no button '$text'") { button(text)?.isEnabled == true }
        checkNotNull(button(text)).performClick()
        goOn()
    }

    /** Writes down the code on the screen, and types the groups that are asked back. */
    fun writeDownCode(): FakePaper {
        until("no code is shown") { codeView()?.isShown == true }
        val code = shownCode()
        val paper = FakePaper(code)
        val asked = code.askedGroups
        press("I wrote it down")
        asked.forEach { typeGroup(paper.group(it)) }
        return paper
    }

    fun typeGroup(digits: List<Int>) = digits.forEach { digit ->
        until("no pad takes digits") { pad()?.isShown == true && key("$digit")?.isEnabled == true }
        checkNotNull(key("$digit")).performClick()
    }

    private fun codeView(): View? = screen.findViewById(dev.walletlock.android.R.id.walletlock_code)

    /** A person reads the digits on the screen. A test asks the view for them: it is not a part of the library's API. */
    private fun shownCode(): RecoveryCode = codeView()!!.run { javaClass.getMethod("getCode").invoke(this) as RecoveryCode }

    /** Runs what other threads post to the main thread until [condition] holds. After 100 seconds it fails with [what]. */
    fun until(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + 100_000_000_000
        while (true) {
            goOn()
            if (condition()) return
            check(System.nanoTime() < end) { "$what; there is ${screen.javaClass.simpleName}: ${texts()}" }
            Thread.yield()
        }
    }

    inline fun <reified A : Activity> untilShown() = until("no ${A::class.java.simpleName}") { screen is A }

    fun view(id: Int): View = screen.requireView(id)

    fun press(id: Int) {
        view(id).performClick()
        goOn()
    }

    /** Types the PIN on the lock's pad, once it is there. Where a PIN is chosen, 'Done' is disabled until the PIN is judged. */
    fun enter(pin: String) {
        until("no pad takes digits") { pad()?.isShown == true && key("1")?.isEnabled == true }
        pin.forEach { checkNotNull(key(it.toString())).performClick() }
        until("the PIN cannot be ended") { key("Done")?.isEnabled == true }
        checkNotNull(key("Done")).performClick()
    }

    private fun pad(): View? = screen.findViewById(dev.walletlock.android.R.id.walletlock_pad)

    private fun key(label: String): View? = pad()?.all()?.find { it.contentDescription?.toString() == label }

    /** The texts that are shown on the screen. */
    fun texts(): List<String> =
        screen.window.decorView.all().filter { it.isShown }.mapNotNull { (it as? TextView)?.text?.toString() }

    fun isCovered(): Boolean = !view(android.R.id.content).isShown
}

fun View.all(): List<View> =
    listOf(this) + ((this as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { group.getChildAt(it).all() } }.orEmpty())
