package dev.walletlock.android

import android.content.Context
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import dev.walletlock.PinEntry

/**
 * What a [SentCodeView] shows. The times are those of the moment when the page was read.
 *
 * @property body where the code was sent, or where the person finds it.
 * @property validForMs how long a sent code is valid. Null: that is not said.
 * @property triesLeft how many codes may still be typed. Null: that is not said.
 * @property isBusy a code is being checked, or sent.
 * @property takesDigits false: there is nothing to type now, for example because no code was sent.
 * @property resendAfterMs after how long another code may be sent; 0: now. Null: no code is sent.
 * @property send the text of the button that sends a code.
 * @property waitMs after how long a code may be typed. Null: now.
 * @property offersLink whether the person may open a link in place of typing the code.
 */
internal class CodePage(
    val title: String,
    val body: String,
    val validForMs: Long? = null,
    val triesLeft: Int? = null,
    val isBusy: Boolean = false,
    val takesDigits: Boolean = true,
    val resendAfterMs: Long? = null,
    val send: Int = R.string.walletlock_sent_another,
    val offersLink: Boolean = false,
    val waitMs: Long? = null,
)

/**
 * Asks for a code of 6 digits: one that was sent to the owner, or one of an authenticator app. The last digit ends it. Below the
 * keys are what else the person can do: have another code sent, say that the link was opened, or take another way.
 */
internal class SentCodeView(context: Context, colours: Colours) : LinearLayout(context) {
    val pad = PinPadView(context)
    private val actions = LinearLayout(context)
    private val link = textButton(context, colours, resources.getString(R.string.walletlock_sent_link))
    private val resend = textButton(context, colours, "")
    private val other = textButton(context, colours, resources.getString(R.string.walletlock_other_way))
    private var page: CodePage? = null
    private val ticking = Ticking(this, ::tick)

    /** Called with the 6 digits. The listener takes them out of the entry, or clears it. */
    var onCode: (PinEntry) -> Unit = PinEntry::clear

    /** Called when a countdown has come to its end: what can be done now has changed. */
    var onDue: () -> Unit = {}

    init {
        orientation = VERTICAL
        pad.pinLength = CODE_DIGITS
        pad.setOnPinEntered { onCode(it) }
        addView(pad, LayoutParams(MATCH_PARENT, 0, 1f))
        actions.gravity = Gravity.CENTER
        actions.setPadding(dp(EDGE_DP), 0, dp(EDGE_DP), dp(EDGE_DP))
        // Three buttons are too wide for one row.
        val row = LinearLayout(context)
        row.orientation = if (resources.configuration.fontScale >= LARGE_LETTERS) VERTICAL else HORIZONTAL
        row.gravity = Gravity.CENTER
        listOf(resend, other).forEach { row.addView(it, LayoutParams(WRAP_CONTENT, WRAP_CONTENT)) }
        actions.orientation = VERTICAL
        listOf(link, row).forEach { actions.addView(it, LayoutParams(WRAP_CONTENT, WRAP_CONTENT)) }
        addView(actions, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        listOf(link, resend).forEach { it.visibility = GONE }
    }

    /** Calls [listener] when the person wants another code. It is called only if one may be sent. */
    fun setOnResend(listener: () -> Unit): Unit = resend.setOnClickListener { listener() }

    /** Calls [listener] when the person has opened the link in the mail. */
    fun setOnLink(listener: () -> Unit): Unit = link.setOnClickListener { listener() }

    /** Calls [listener] when the person wants to take another way. [text] says which. */
    fun setOnOther(text: Int = R.string.walletlock_other_way, listener: () -> Unit) {
        other.setText(text)
        other.setOnClickListener { listener() }
    }

    fun show(page: CodePage) {
        val isOther = this.page?.title != page.title
        this.page = page
        pad.title = if (page.isBusy) resources.getString(R.string.walletlock_checking) else page.title
        pad.isEnabled = page.takesDigits && !page.isBusy
        if (isOther) {
            pad.clear()
            tellStep(page.title)
        }
        link.visibility = if (page.offersLink) VISIBLE else GONE
        listOf(link, other).forEach { it.setUsable(!page.isBusy) }
        ticking.restart(runs = page.validForMs != null || page.waitMs != null || (page.resendAfterMs ?: 0) > 0)
        pad.behaviour.showHint(said(page))
        showResend(page)
    }

    /** Says why the code did not help. The digits are gone. */
    fun reject(text: String): Unit = pad.reject(text)

    /** Says [text] below the dots, until the next digit. */
    fun tell(text: String): Unit = pad.showMessage(text)

    private fun tick() {
        val shown = page ?: return
        pad.behaviour.showHint(said(shown))
        showResend(shown)
        val waits = listOfNotNull(shown.validForMs, shown.waitMs, shown.resendAfterMs?.takeIf { it > 0 })
        if (waits.any { ticking.left(it) == 0L }) onDue()
    }

    private fun said(page: CodePage): String {
        // In the last minute it says 'in 1 minute': a text that changed each second would be read out each second.
        val valid = ticking.left(page.validForMs)?.let {
            resources.getString(R.string.walletlock_sent_valid, resources.inWords(it.coerceAtLeast(MINUTE_MS)))
        }
        val tries = page.triesLeft?.takeIf { it <= FEW_TRIES }?.let {
            resources.getQuantityString(R.plurals.walletlock_sent_tries, it, it)
        }
        val later = ticking.left(page.waitMs)?.let {
            resources.getString(R.string.walletlock_back_wait, resources.inWords(it.coerceAtLeast(MINUTE_MS)))
        }
        return resources.sentences(page.body, later, valid, tries)
    }

    private fun showResend(page: CodePage) {
        val left = ticking.left(page.resendAfterMs)
        resend.visibility = if (left == null) GONE else VISIBLE
        if (left == null) return
        val words = resources.getString(page.send)
        val time = clock(left)?.takeIf { left > 0 }
        resend.text = if (time == null) words else resources.getString(R.string.walletlock_sent_another_in, words, time)
        // Screen readers say a time in words, and not each second of it.
        resend.contentDescription = if (left == 0L) words else words + " " + resources.inWords(left)
        resend.setUsable(left == 0L && !page.isBusy)
    }

    private fun Button.setUsable(isUsable: Boolean) {
        isEnabled = isUsable
        alpha = if (isUsable) 1f else DISABLED_ALPHA
    }

    private companion object {
        const val CODE_DIGITS = 6
        const val EDGE_DP = 12
        const val LARGE_LETTERS = 1.3f
        const val MINUTE_MS = 60_000L
        const val FEW_TRIES = 3
        const val DISABLED_ALPHA = 0.6f
    }
}
