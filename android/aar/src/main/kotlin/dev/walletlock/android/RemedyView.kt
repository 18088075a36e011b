package dev.walletlock.android

import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.ClipboardManager
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.Remedy
import dev.walletlock.RemedyState

/** Whether the person can use it, now or later. A phone that is not registered yet can still ask its provider. */
internal val Remedy.isOfUse: Boolean
    get() = when (this) {
        is Remedy.RecoveryCode -> state is RemedyState.Available || state is RemedyState.Waiting
        is Remedy.AskProvider -> state !is RemedyState.UsedUp
        is Remedy.Connect -> state !is RemedyState.UsedUp
        is Remedy.AskEscrow -> state !is RemedyState.UsedUp
        else -> true
    }

/** Shows what the person can do: a button if the phone can do it, words if only the person can. */
internal class RemedyView(
    context: Context,
    private val colours: Colours,
    private val onRecoveryCode: Runnable?,
) : LinearLayout(context) {
    init {
        orientation = VERTICAL
    }

    /** Adds [remedy]. [isFirst]: it stands out. */
    fun add(remedy: Remedy, isFirst: Boolean) {
        when (remedy) {
            // LockedView shows these itself: as the countdown, and as the button that checks again.
            is Remedy.Wait, is Remedy.CheckAgain -> return
            is Remedy.RecoveryCode -> addRecoveryCode(remedy.state, isFirst)
            is Remedy.Restart -> addAdvice(resources.getString(R.string.walletlock_restart))
            is Remedy.EnterPin -> addAdvice(resources.getString(R.string.walletlock_ready_body))
            is Remedy.AskProvider -> addAdvice(remedy.state, R.string.walletlock_ask_provider)
            is Remedy.Connect -> addAdvice(remedy.state, R.string.walletlock_connect)
            is Remedy.AskEscrow -> addAdvice(remedy.state, R.string.walletlock_ask_escrow)
            is Remedy.Ask -> when (val contact = remedy.contact) {
                is Contact.Phone -> addCall(contact.number, isFirst)
                is Contact.Form -> addLink(contact.address, R.string.walletlock_form, isFirst)
                is Contact.Social -> addLink(contact.account, R.string.walletlock_social, isFirst)
                is Contact.Police -> addAdvice(resources.getString(R.string.walletlock_police, resources.isolated(contact.advice)))
            }
        }
    }

    fun addAdvice(text: String): Unit = addView(card(context, colours, words(text)))

    /** Says when it can be done, if not now. */
    private fun addAdvice(state: RemedyState, text: Int) {
        val advice = resources.getString(text)
        if (state !is RemedyState.Waiting) return addAdvice(advice)
        addAdvice(resources.getString(R.string.walletlock_later, resources.inWords(state.leftMs), advice))
    }

    /** A button, if the code can be entered now and somebody shows the screen for it. */
    private fun addRecoveryCode(state: RemedyState, isFirst: Boolean) {
        val onPress = onRecoveryCode
        if (onPress == null || state !is RemedyState.Available) return addAdvice(state, R.string.walletlock_code_enter)
        val text = resources.getString(R.string.walletlock_code_enter)
        addView(wideButton(context, colours, text, isFirst).apply { setOnClickListener { onPress.run() } })
    }

    /** Opens the dialler with the number in it. The person decides whether to call. */
    private fun addCall(number: String, isFirst: Boolean) {
        val dial = Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", number, null))
        addOpening(resources.getString(R.string.walletlock_call, resources.isolatedNumber(number)), number, dial, isFirst)
    }

    /** Only an `https` address gets a button that opens it. Any other address can be copied. */
    private fun addLink(address: String, label: Int, isFirst: Boolean) {
        val uri = Uri.parse(address)
        val host = uri.host
        if (!uri.scheme.equals("https", ignoreCase = true) || host.isNullOrEmpty()) {
            addView(copyable(resources.getString(label, resources.isolatedNumber(address)), address))
        } else {
            addOpening(resources.getString(label, resources.isolatedNumber(host)), address, Intent(Intent.ACTION_VIEW, uri), isFirst)
        }
    }

    private fun addOpening(text: String, value: String, intent: Intent, isFirst: Boolean) {
        val button = wideButton(context, colours, text, isFirst)
        button.setOnClickListener {
            if (open(intent)) return@setOnClickListener
            val place = indexOfChild(button)
            removeView(button)
            addView(copyable(text, value), place)
        }
        addView(button)
    }

    /** False if no app on this phone can open it. To ask beforehand, this app would need a permission to see other apps. */
    private fun open(intent: Intent): Boolean = try {
        context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        true
    } catch (_: ActivityNotFoundException) {
        false
    } catch (_: SecurityException) {
        false
    }

    private fun copyable(text: String, value: String): View {
        val copy = textButton(context, colours, resources.getString(R.string.walletlock_copy))
        copy.contentDescription = resources.getString(R.string.walletlock_copy_this, resources.isolatedNumber(value))
        copy.setOnClickListener {
            val clipboard = context.getSystemService(ClipboardManager::class.java) ?: return@setOnClickListener
            clipboard.setPrimaryClip(ClipData.newPlainText(value, value))
            copy.setText(R.string.walletlock_copied)
            copy.contentDescription = copy.text
        }
        return card(context, colours, words(text), copy)
    }

    private fun words(text: String) = TextView(context).apply {
        this.text = text
        textSize = TEXT_SP
        setTextColor(colours.text)
        gravity = Gravity.CENTER_VERTICAL
        layoutParams = LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f)
    }

    private companion object {
        const val TEXT_SP = 16f
    }
}
