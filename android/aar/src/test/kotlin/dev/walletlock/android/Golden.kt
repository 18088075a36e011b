package dev.walletlock.android

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import java.io.File
import kotlin.math.abs
import kotlin.math.max

/** What is on the screen, drawn without a graphics card: all but the shadows. */
fun View.drawn(): Bitmap {
    check(width > 0 && height > 0) { "it is not laid out yet" }
    val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
    draw(Canvas(bitmap))
    // A screen has nothing behind it. The file is smaller for it.
    bitmap.setHasAlpha(false)
    return bitmap
}

fun Bitmap.writeTo(file: File) {
    file.parentFile?.mkdirs()
    file.outputStream().use { check(compress(Bitmap.CompressFormat.PNG, 100, it)) }
}

/**
 * Pictures that are kept beside the tests, and what was drawn instead where it differs.
 *
 * To keep what is drawn now: `cargo xtask test --pictures`, look at every picture, and commit it.
 */
class Golden(
    private val kept: File = File("src/test/pictures"),
    private val differing: File = File(System.getProperty("walletlock.pictures") ?: error("Maven says where")),
    private val keeps: Boolean = System.getProperty("walletlock.pictures.keep") == "true",
) {
    fun check(name: String, drawn: Bitmap) {
        val file = File(kept, "$name.png")
        if (keeps) return drawn.writeTo(file)
        val difference = difference(read(file), drawn) ?: return
        val shown = File(differing, "$name.png")
        drawn.writeTo(shown)
        throw AssertionError("$name: $difference. Kept: ${file.absolutePath}; drawn: ${shown.absolutePath}")
    }

    /** By its bytes: how Android reads a file asks for the insides of Java's. */
    private fun read(file: File): Bitmap? =
        if (file.exists()) file.readBytes().let { BitmapFactory.decodeByteArray(it, 0, it.size) } else null

    private fun difference(kept: Bitmap?, drawn: Bitmap): String? {
        if (kept == null) return "no such picture is kept"
        val sizes = listOf(kept, drawn).map { "${it.width} x ${it.height}" }
        if (sizes.distinct().size > 1) return "it was ${sizes[0]}, and is ${sizes[1]}"
        val before = kept.pixels()
        val now = drawn.pixels()
        val differ = before.indices.count { isSeen(before[it], now[it]) }
        return if (differ * PIXELS_TO_ONE <= before.size) null else "$differ of ${before.size} pixels differ"
    }

    private fun Bitmap.pixels() = IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }

    private fun isSeen(one: Int, other: Int): Boolean {
        val colours = max(abs(Color.red(one) - Color.red(other)), abs(Color.green(one) - Color.green(other)))
        val rest = max(abs(Color.blue(one) - Color.blue(other)), abs(Color.alpha(one) - Color.alpha(other)))
        return max(colours, rest) > STEPS_UNSEEN
    }

    private companion object {
        /** Of 255. Edges of letters come out a little different on another processor. */
        const val STEPS_UNSEEN = 12

        /** So many may have one among them that differs: fewer than one digit has. */
        const val PIXELS_TO_ONE = 10_000
    }
}
