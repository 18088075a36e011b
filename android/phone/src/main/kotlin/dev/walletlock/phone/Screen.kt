package dev.walletlock.phone

import android.graphics.Bitmap
import android.graphics.Bitmap.CompressFormat
import android.graphics.Canvas
import android.graphics.Color
import android.os.SystemClock
import android.view.View
import android.view.WindowManager.LayoutParams
import java.io.ByteArrayOutputStream

/** Draws the windows, and publishes a picture when something changed: a JPEG during movement, an exact PNG at rest. */
class Screen {
    /** Whether another app's window is drawn over everything, as by an app that makes the colours warmer. */
    var isCovered = false
    val pictures = Latest<Picture>()
    private var shown: Bitmap? = null
    private var spare: Bitmap? = null
    private var roughSinceMs: Long? = null

    class Picture(val type: String, val bytes: ByteArray)

    /** Draws once. [behind]: what is seen through the lowest window. Returns after how many milliseconds to draw again. */
    fun draw(behind: View?): Long {
        val size = Windows.size
        val next = spare?.takeIf { it.width == size.x && it.height == size.y }
            ?: Bitmap.createBitmap(size.x, size.y, Bitmap.Config.ARGB_8888)
        drawWindows(Canvas(next), behind)
        val before = shown
        if (before?.sameAs(next) == true) {
            spare = next
            return sharpen(before)
        }
        shown = next
        spare = before
        publish(next, CompressFormat.JPEG)
        roughSinceMs = SystemClock.uptimeMillis()
        return REST_MS
    }

    private fun sharpen(picture: Bitmap): Long {
        val since = roughSinceMs ?: return STAYS_MS
        val leftMs = since + REST_MS - SystemClock.uptimeMillis()
        if (leftMs > 0) return leftMs
        publish(picture, CompressFormat.PNG)
        roughSinceMs = null
        return STAYS_MS
    }

    private fun publish(picture: Bitmap, format: CompressFormat) {
        picture.setHasAlpha(false)
        val bytes = ByteArrayOutputStream(1 shl 16)
        picture.compress(format, QUALITY, bytes)
        pictures.set(Picture("image/${format.name.lowercase()}", bytes.toByteArray()))
    }

    private fun drawWindows(canvas: Canvas, behind: View?) {
        canvas.drawColor(Color.BLACK)
        behind?.draw(canvas)
        for (window in Windows.shown()) {
            val parameters = window.parameters()
            if (window.has(LayoutParams.FLAG_DIM_BEHIND)) canvas.drawColor(Color.argb(parameters.dimAmount, 0f, 0f, 0f))
            val place = Windows.place(window)
            canvas.save()
            canvas.translate(place.left.toFloat(), place.top.toFloat())
            window.draw(canvas)
            canvas.restore()
        }
        if (isCovered) canvas.drawColor(WARM)
    }

    private companion object {
        const val QUALITY = 88
        const val REST_MS = 160L
        const val STAYS_MS = 1_000L
        const val WARM = 0x50F0A030
    }
}
