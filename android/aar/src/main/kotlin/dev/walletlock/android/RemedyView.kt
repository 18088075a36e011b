package dev.walletlock.android

import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.ClipboardManager
import android.content.Context
import android.content.Intent
import android.content.res.ColorStateList
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.net.Uri
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.Remedy

/** One thing to do: a button where the phone can do it, words where only the person can. */
internal class RemedyView(context: Context, private val colours: Colours) : LinearLayout(context) {
    init {
        orientation = VERTICAL
    }

    /** [isFirst]: the one to try first stands out. */
    fun show(remedy: Remedy, isFirst: Boolean) {
        when (remedy) {
            // The countdown above.
            is Remedy.Wait -> return
            is Remedy.Restart -> addAdvice(resources.getString(R.string.walletlock_restart))
            is Remedy.Ask -> when (val contact = remedy.contact) {
                is Contact.Phone -> addCall(contact.number, isFirst)
                is Contact.Form -> addLink(contact.address, R.string.walletlock_form, isFirst)
                is Contact.Social -> addLink(contact.account, R.string.walletlock_social, isFirst)
                is Contact.Police -> addAdvice(resources.getString(R.string.walletlock_police, contact.advice))
            }
        }
    }

    /** Opens the dialler with the number in it: the person calls, not we. */
    private fun addCall(number: String, isFirst: Boolean) {
        val dial = Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", number, null))
        addOpening(resources.getString(R.string.walletlock_call, number), number, dial, isFirst)
    }

    /** Only what a browser opens safely; of anything else there is what to copy. */
    private fun addLink(address: String, label: Int, isFirst: Boolean) {
        val uri = Uri.parse(address)
        val host = uri.host
        if (!uri.scheme.equals("https", ignoreCase = true) || host.isNullOrEmpty()) {
            addAdvice(resources.getString(label, address))
            addCopy(address, isFirst)
            return
        }
        addOpening(resources.getString(label, host + uri.path.orEmpty()), address, Intent(Intent.ACTION_VIEW, uri), isFirst)
    }

    private fun addOpening(text: String, value: String, intent: Intent, isFirst: Boolean) {
        val button = button(text, isFirst)
        button.setOnClickListener {
            if (!open(intent)) {
                removeView(button)
                addAdvice(text)
                addCopy(value, isFirst)
            }
        }
        addView(button)
    }

    /** False if no app on this phone can. Asking beforehand would need a permission to see other apps. */
    private fun open(intent: Intent): Boolean = try {
        context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        true
    } catch (_: ActivityNotFoundException) {
        false
    } catch (_: SecurityException) {
        false
    }

    private fun addCopy(value: String, isFirst: Boolean) {
        val button = button(resources.getString(R.string.walletlock_copy, value), isFirst)
        button.setOnClickListener {
            val clipboard = context.getSystemService(ClipboardManager::class.java) ?: return@setOnClickListener
            clipboard.setPrimaryClip(ClipData.newPlainText(value, value))
            button.setText(R.string.walletlock_copied)
        }
        addView(button)
    }

    private fun addAdvice(text: String) {
        val advice = TextView(context)
        advice.text = text
        advice.textSize = TEXT_SP
        advice.setTextColor(colours.text)
        advice.background = rounded(colours.surface)
        advice.setPadding(dp(INSET_DP), dp(EDGE_DP), dp(INSET_DP), dp(EDGE_DP))
        addView(advice, LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = dp(GAP_DP) })
    }

    private fun button(text: String, isFirst: Boolean) = wideButton(context, colours, text, isFirst)

    private companion object {
        const val TEXT_SP = 16f
        const val EDGE_DP = 14
        const val INSET_DP = 20
        const val GAP_DP = 12
    }
}

/** As wide as the column, and as high as its words need. */
internal fun wideButton(context: Context, colours: Colours, text: String, isPrimary: Boolean): Button {
    val button = Button(context)
    button.text = text
    button.isAllCaps = false
    button.textSize = 16f
    button.typeface = MEDIUM
    button.gravity = Gravity.CENTER
    button.stateListAnimator = null
    button.minHeight = context.dp(56)
    button.setTextColor(if (isPrimary) colours.onAccent else colours.text)
    val shape = context.rounded(if (isPrimary) colours.accent else colours.surface)
    button.background = RippleDrawable(ColorStateList.valueOf(colours.pressed), shape, null)
    button.setPadding(context.dp(20), context.dp(12), context.dp(20), context.dp(12))
    button.layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = context.dp(12) }
    return button
}

private fun Context.rounded(colour: Int) = GradientDrawable().apply {
    setColor(colour)
    cornerRadius = dp(28).toFloat()
}

private fun LinearLayout.rounded(colour: Int) = context.rounded(colour).apply { cornerRadius = dp(16).toFloat() }
