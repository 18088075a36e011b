package dev.walletlock.android

import android.content.Context
import android.graphics.Canvas
import android.os.Build
import android.view.View
import dev.walletlock.RecoveryCode
import kotlin.math.max
import kotlin.math.min

/**
 * Shows a secret as a QR code. The screen around it holds [SecureWindow]. The code is wiped when the view leaves its window: show
 * it again after that.
 */
internal class QrView(context: Context) : View(context) {
    private var drawing: QrDrawing? = null

    init {
        id = R.id.walletlock_qr
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_YES
        keepToPeople()
        // Android would make a dark code of it.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) isForceDarkAllowed = false
    }

    /** Shows the address that an authenticator app scans (`otpauth:`), and overwrites [address] with zeros. */
    fun showAuthenticator(address: ByteArray): Unit = show(QrDrawing.ofText(address), R.string.walletlock_qr_authenticator)

    /** Shows the digits of [code]. */
    fun showCode(code: RecoveryCode): Unit = show(QrDrawing.ofCode(code::digit), R.string.walletlock_qr_code)

    private fun show(made: QrDrawing, description: Int) {
        clear()
        drawing = made
        contentDescription = resources.getString(description)
        requestLayout()
    }

    /** Wipes the code. Then nothing is drawn. */
    fun clear() {
        drawing?.wipe()
        drawing = null
        contentDescription = null
        invalidate()
    }

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        clear()
    }

    /** A square of whole modules, as large as there is room for, up to [LARGEST_DP]. */
    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val modules = drawing?.modules ?: return setMeasuredDimension(resolveSize(0, widthMeasureSpec), resolveSize(0, heightMeasureSpec))
        val side = moduleWithin(room(widthMeasureSpec), room(heightMeasureSpec)) * modules
        setMeasuredDimension(resolveSize(side, widthMeasureSpec), resolveSize(side, heightMeasureSpec))
    }

    private fun room(spec: Int) = if (MeasureSpec.getMode(spec) == MeasureSpec.UNSPECIFIED) dp(LARGEST_DP) else MeasureSpec.getSize(spec)

    private fun moduleWithin(width: Int, height: Int): Int {
        val modules = drawing?.modules ?: return 0
        return max(1, min(min(width, height), dp(LARGEST_DP)) / modules)
    }

    override fun onDraw(canvas: Canvas) {
        val shown = drawing ?: return
        val module = moduleWithin(width, height)
        val side = module * shown.modules
        shown.draw(canvas, (width - side) / 2, (height - side) / 2, module)
    }

    private companion object {
        /** Our own choice: a camera a hand's breadth away sees it whole. */
        const val LARGEST_DP = 320
    }
}
