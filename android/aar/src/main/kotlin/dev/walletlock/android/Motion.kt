package dev.walletlock.android

import android.animation.Animator
import android.animation.AnimatorSet
import android.animation.ObjectAnimator
import android.view.View
import android.view.animation.DecelerateInterpolator
import android.view.animation.OvershootInterpolator

// Animations, for people who have not switched them off (Context.animates). What they say is said in words too.

/** Shrinks a key under the finger, and lets it grow again. */
internal fun View.press(isDown: Boolean) {
    scaleTo(if (isDown) PRESSED_SCALE else 1f, if (isDown) DOWN_MS else UP_MS)
}

/** Lets a view that was just made visible grow to its size. */
internal fun View.appear() {
    if (!context.animates()) return
    scaleX = APPEARING_SCALE
    scaleY = APPEARING_SCALE
    scaleTo(1f, UP_MS)
}

private fun View.scaleTo(scale: Float, ms: Long) {
    if (!context.animates()) {
        animate().cancel()
        scaleX = 1f
        scaleY = 1f
        return
    }
    animate().scaleX(scale).scaleY(scale).setInterpolator(DecelerateInterpolator()).setDuration(ms).start()
}

/** Says no: moves from side to side. Null: animations are switched off. */
internal fun View.startRefusalAnimation(): Animator? {
    if (!context.animates()) return null
    val reach = dp(SHAKE_DP).toFloat()
    val steps = floatArrayOf(0f, -1f, 1f, -0.7f, 0.7f, -0.35f, 0f).map { it * reach }.toFloatArray()
    return ObjectAnimator.ofFloat(this, View.TRANSLATION_X, *steps).setDuration(SHAKE_MS).also { it.start() }
}

/** Says yes: grows and shrinks once. Null: animations are switched off. */
internal fun View.startSuccessAnimation(): Animator? {
    if (!context.animates()) return null
    val parts = listOf(View.SCALE_X, View.SCALE_Y).map { ObjectAnimator.ofFloat(this, it, 1f, LEAP_SCALE, 1f) }
    return AnimatorSet().apply {
        playTogether(parts)
        interpolator = OvershootInterpolator()
        duration = LEAP_MS
        start()
    }
}

private const val PRESSED_SCALE = 0.92f
private const val APPEARING_SCALE = 0.7f
private const val LEAP_SCALE = 1.18f
private const val DOWN_MS = 60L
private const val UP_MS = 160L
private const val SHAKE_DP = 12
private const val SHAKE_MS = 380L
private const val LEAP_MS = 320L
