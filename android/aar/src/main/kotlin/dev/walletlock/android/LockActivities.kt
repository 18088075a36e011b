package dev.walletlock.android

import android.app.Activity
import android.app.Application
import java.util.WeakHashMap

/**
 * The lock screens that exist. Two in one task, as after a double tap on a button, share one [LockScreenState]: the screen on top
 * shows the biometric prompt, and one unlocking finishes both.
 */
internal object LockActivities {
    private val there = WeakHashMap<Application, MutableList<LockActivity>>()

    fun add(screen: LockActivity) {
        there.getOrPut(screen.application) { mutableListOf() } += screen
    }

    fun remove(screen: LockActivity) {
        there[screen.application]?.remove(screen)
    }

    /** The lock screens in the task of [screen] that are not finishing; [screen] itself too, if it was added. */
    fun beside(screen: Activity): List<LockActivity> =
        there[screen.application].orEmpty().filter { it.taskId == screen.taskId && !it.isFinishing }
}
