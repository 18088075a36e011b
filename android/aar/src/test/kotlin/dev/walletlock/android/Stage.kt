package dev.walletlock.android

import android.app.Activity
import android.content.Context
import android.os.Bundle
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityManager
import android.widget.FrameLayout
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowInstrumentation

/** A screen of an app, with our theme, for one view. */
class Stage : Activity() {
    private lateinit var root: Root

    /** The events that accessibility services got, as text. */
    val told: List<String> get() = root.told

    override fun onCreate(state: Bundle?) {
        setTheme(R.style.WalletLock_Theme)
        super.onCreate(state)
        root = Root(this)
        setContentView(root)
    }

    fun <V : View> show(view: V): V {
        root.removeAllViews()
        root.addView(view)
        TestWallet.settle()
        return view
    }

    private class Root(context: Context) : FrameLayout(context) {
        val told = mutableListOf<String>()

        override fun onRequestSendAccessibilityEvent(child: View, event: AccessibilityEvent): Boolean {
            told += "${AccessibilityEvent.eventTypeToString(event.eventType)} ${event.contentDescription} ${event.text}"
            return super.onRequestSendAccessibilityEvent(child, event)
        }
    }

    companion object {
        /** Leaves touch mode, as a keyboard does: only then do the pad's keys take the focus. */
        fun useKeyboard(): Unit = ShadowInstrumentation.getInstrumentation().setInTouchMode(false)

        /** Makes Android report that TalkBack is running. */
        fun listen() {
            val manager = RuntimeEnvironment.getApplication().getSystemService(AccessibilityManager::class.java)!!
            shadowOf(manager).setEnabled(true)
            shadowOf(manager).setTouchExplorationEnabled(true)
        }

        fun controller(): ActivityController<Stage> = Robolectric.buildActivity(Stage::class.java).setup()

        fun shown(): Stage = controller().get()
    }
}
