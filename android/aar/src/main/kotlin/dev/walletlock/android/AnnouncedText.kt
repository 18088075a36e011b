package dev.walletlock.android

import android.content.Context
import android.os.SystemClock
import android.text.Layout
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.widget.TextView

/**
 * A line that screen readers read when it changes. A countdown is read at most once a minute, because each second would
 * disturb the person. Touching the line reads what it says now.
 */
internal class AnnouncedText(context: Context) : TextView(context) {
    private var spokenAt: Long? = null

    init {
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        breakStrategy = Layout.BREAK_STRATEGY_BALANCED
    }

    /** Shows [text], and has it (or [spoken]) read, even just after another reading. [isUrgent]: it interrupts other speech. */
    fun say(text: CharSequence, isUrgent: Boolean = false, spoken: CharSequence? = null) {
        if (text.toString() == this.text.toString()) return
        spokenAt = null
        contentDescription = spoken
        accessibilityLiveRegion =
            if (isUrgent) View.ACCESSIBILITY_LIVE_REGION_ASSERTIVE else View.ACCESSIBILITY_LIVE_REGION_POLITE
        this.text = text
    }

    /** Shows [text], and has it (or [spoken]) read if the last reading was at least [SILENT_MS] ago. */
    fun update(text: CharSequence, spoken: CharSequence? = null) {
        if (spoken?.toString() != contentDescription?.toString()) contentDescription = spoken
        if (text.toString() != this.text.toString()) this.text = text
    }

    override fun sendAccessibilityEventUnchecked(event: AccessibilityEvent) {
        if (event.eventType == AccessibilityEvent.TYPE_WINDOW_CONTENT_CHANGED) {
            val now = SystemClock.elapsedRealtime()
            spokenAt?.let { if (now - it < SILENT_MS) return }
            spokenAt = now
        }
        super.sendAccessibilityEventUnchecked(event)
    }

    private companion object {
        const val SILENT_MS = 60_000
    }
}
