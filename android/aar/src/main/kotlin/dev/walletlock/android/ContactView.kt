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

/** Shows whom the person can turn to: a button if the phone can do it, words if only the person can. */
internal class ContactView(context: Context, private val colours: Colours, contact: Contact, private val isFirst: Boolean) :
    LinearLayout(context) {
    /** Whether there is a button that opens another app. */
    val hasButton: Boolean get() = getChildAt(0)?.isClickable == true

    init {
        orientation = VERTICAL
        when (contact) {
            is Contact.Phone -> addCall(contact.number)
            is Contact.Form -> addLink(contact.address, R.string.walletlock_form)
            is Contact.Social -> addLink(contact.account, R.string.walletlock_social)
            is Contact.Police -> addView(
                adviceCard(context, colours, resources.getString(R.string.walletlock_police, resources.isolated(contact.advice))),
            )
        }
    }

    /** Opens the dialler with the number in it. The person decides whether to call. */
    private fun addCall(number: String) {
        val dial = Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", number, null))
        addOpening(resources.getString(R.string.walletlock_call, resources.isolatedNumber(number)), number, dial)
    }

    /** Only an `https` address gets a button that opens it. Any other address can be copied. */
    private fun addLink(address: String, label: Int) {
        val uri = Uri.parse(address)
        val host = uri.host
        if (!uri.scheme.equals("https", ignoreCase = true) || host.isNullOrEmpty()) {
            addView(copyable(resources.getString(label, resources.isolatedNumber(address)), address))
        } else {
            addOpening(resources.getString(label, resources.isolatedNumber(host)), address, Intent(Intent.ACTION_VIEW, uri))
        }
    }

    private fun addOpening(text: String, value: String, intent: Intent) {
        val button = wideButton(context, colours, text, isFirst)
        button.setOnClickListener {
            if (open(intent)) return@setOnClickListener
            removeAllViews()
            addView(copyable(text, value))
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
        return card(context, colours, cardWords(context, colours, text), copy)
    }
}

/** Words in a frame: something that only the person can do. */
internal fun adviceCard(context: Context, colours: Colours, text: String, sizeSp: Float = CARD_SP): View =
    card(context, colours, cardWords(context, colours, text).apply { textSize = sizeSp })

private fun cardWords(context: Context, colours: Colours, text: String) =
    TextView(context).apply { dressInCard(colours, text) }

/** Makes this the words of a [card]. */
internal fun TextView.dressInCard(colours: Colours, text: String) {
    this.text = text
    textSize = CARD_SP
    setTextColor(colours.text)
    gravity = Gravity.CENTER_VERTICAL
    layoutParams = LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f)
}

private const val CARD_SP = 16f
