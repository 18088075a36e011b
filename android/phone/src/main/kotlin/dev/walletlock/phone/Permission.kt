package dev.walletlock.phone

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.content.pm.PackageManager
import org.robolectric.Shadows.shadowOf

/** Android's question whether the app may do something, such as show notifications. For the main thread only. */
class Permission(private val application: Application) {
    private class Question(val asker: Activity, val intent: Intent, val requestCode: Int)

    private var question: Question? = null

    /** Whether the person is asked. */
    val isAsked: Boolean get() = question != null

    /** Asks what [asker] has started [intent] for. */
    fun ask(asker: Activity, intent: Intent, requestCode: Int) {
        question = Question(asker, intent, requestCode)
    }

    /** The app's process has ended. */
    fun forget() {
        question = null
    }

    /** The person answers. */
    fun answer(isGranted: Boolean) {
        val answered = question ?: return
        question = null
        val names = answered.intent.getStringArrayExtra(EXTRA_NAMES).orEmpty()
        if (isGranted) shadowOf(application).grantPermissions(*names)
        val result = if (isGranted) PackageManager.PERMISSION_GRANTED else PackageManager.PERMISSION_DENIED
        val data = Intent().putExtra(EXTRA_NAMES, names).putExtra(EXTRA_RESULTS, IntArray(names.size) { result })
        shadowOf(answered.asker).internalCallDispatchActivityResult(TO, answered.requestCode, Activity.RESULT_OK, data)
    }

    companion object {
        // Hidden constants of PackageManager, and the prefix by which an Activity knows the answer.
        const val ACTION = "android.content.pm.action.REQUEST_PERMISSIONS"
        private const val EXTRA_NAMES = "android.content.pm.extra.REQUEST_PERMISSIONS_NAMES"
        private const val EXTRA_RESULTS = "android.content.pm.extra.REQUEST_PERMISSIONS_RESULTS"
        private const val TO = "@android:requestPermissions:"
    }
}
