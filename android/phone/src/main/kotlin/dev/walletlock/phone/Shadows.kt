package dev.walletlock.phone

import android.graphics.Canvas
import android.graphics.drawable.RippleDrawable
import dev.walletlock.Biometrics
import dev.walletlock.Platform
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowDrawable
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** Replaces `Platform.android` by this phone's fakes: so the app runs unchanged, and time can be skipped for all clocks. */
@Implements(className = "dev.walletlock.Platform\$Companion", isInAndroidSdk = false)
class PhonePlatform {
    @Implementation
    @Suppress("UNUSED_PARAMETER")
    fun android(context: Any, biometrics: Biometrics?): Platform = platform

    companion object {
        lateinit var platform: Platform
    }
}

/** Draws ripples in the solid style: the patterned one, Android's default since 12, draws nothing under Robolectric. */
@Implements(RippleDrawable::class)
class PlainRipple : ShadowDrawable() {
    @RealObject
    private lateinit var real: RippleDrawable

    @Implementation
    fun draw(canvas: Canvas) {
        ReflectionHelpers.setField(ReflectionHelpers.getField<Any>(real, "mState"), "mRippleStyle", STYLE_SOLID)
        Shadow.directlyOn<Any?, RippleDrawable>(real, RippleDrawable::class.java, "draw", ClassParameter.from(Canvas::class.java, canvas))
    }

    private companion object {
        const val STYLE_SOLID = 0
    }
}
