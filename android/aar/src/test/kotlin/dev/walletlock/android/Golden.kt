package dev.walletlock.android

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import java.io.File
import kotlin.math.abs
import kotlin.math.max

/** Draws the view in software, without a graphics card: everything except the shadows. */
fun View.drawn(): Bitmap {
    check(width > 0 && height > 0) { "it is not laid out yet" }
    val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
    draw(Canvas(bitmap))
    // A screen is opaque, and the file is smaller without an alpha channel.
    bitmap.setHasAlpha(false)
    return bitmap
}

fun Bitmap.writeTo(file: File) {
    file.parentFile?.mkdirs()
    file.outputStream().use { check(compress(Bitmap.CompressFormat.PNG, 100, it)) }
}

/**
 * Compares what is drawn with the pictures that are kept beside the tests, and writes out what differs.
 *
 * To keep what is drawn now, run `cargo xtask test --pictures`, look at every picture, and commit it.
 */
class Golden(
    private val kept: File = File("src/test/pictures"),
    private val differing: File =
        File(System.getProperty("walletlock.pictures") ?: error("run through Maven, which sets this property")),
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

    /**
     * Like [check], for a picture that is not kept itself: `rough.txt` keeps only how light each part of it is. That shows a
     * part that moved, disappeared, or became lighter or darker. Use it for more variants of a screen of which two pictures
     * are kept. The drawn picture is written out in any case, so that it can be looked at.
     */
    fun checkRoughly(name: String, drawn: Bitmap) {
        drawn.writeTo(File(differing, "$name.png"))
        val file = File(kept, "rough.txt")
        val lines = if (file.exists()) file.readLines().filter { it.isNotEmpty() }.associateBy { it.substringBefore(' ') } else emptyMap()
        val now = "$name ${drawn.width} ${drawn.height} ${drawn.brightnessGrid()}"
        if (keeps) return file.writeText((lines + (name to now)).toSortedMap().values.joinToString("\n", postfix = "\n"))
        val before = lines[name] ?: throw AssertionError("$name: nothing is kept of it")
        val differ = before.zip(now).count { (one, other) -> abs(one.code - other.code) > SHADE_TOLERANCE }
        if (before.length == now.length && differ == 0) return
        throw AssertionError("$name: $differ of ${CELLS_X * CELLS_Y} parts differ. Drawn: ${File(differing, "$name.png").absolutePath}")
    }

    /** How light each part of the picture is, one letter for each part. */
    private fun Bitmap.brightnessGrid(): String {
        val light = LongArray(CELLS_X * CELLS_Y)
        val count = LongArray(CELLS_X * CELLS_Y)
        pixels().forEachIndexed { at, colour ->
            val cell = at % width * CELLS_X / width + at / width * CELLS_Y / height * CELLS_X
            light[cell] += (Color.red(colour) + Color.green(colour) + Color.blue(colour)).toLong()
            count[cell]++
        }
        return light.indices.joinToString("") { ('A' + (light[it] / count[it] / SHADE).toInt()).toString() }
    }

    /** Decodes the file's bytes, because Android's own way to read a file needs internals of Java's classes. */
    private fun read(file: File): Bitmap? =
        if (file.exists()) file.readBytes().let { BitmapFactory.decodeByteArray(it, 0, it.size) } else null

    private fun difference(kept: Bitmap?, drawn: Bitmap): String? {
        if (kept == null) return "no such picture is kept"
        val sizes = listOf(kept, drawn).map { "${it.width} x ${it.height}" }
        if (sizes.distinct().size > 1) return "it was ${sizes[0]}, and is ${sizes[1]}"
        val before = kept.pixels()
        val now = drawn.pixels()
        val differ = before.indices.count { isSeen(before[it], now[it]) }
        return if (differ * PIXELS_PER_ALLOWED_DIFFERENCE <= before.size) null else "$differ of ${before.size} pixels differ"
    }

    private fun Bitmap.pixels() = IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }

    private fun isSeen(one: Int, other: Int): Boolean {
        val colours = max(abs(Color.red(one) - Color.red(other)), abs(Color.green(one) - Color.green(other)))
        val rest = max(abs(Color.blue(one) - Color.blue(other)), abs(Color.alpha(one) - Color.alpha(other)))
        return max(colours, rest) > COLOUR_TOLERANCE
    }

    private companion object {
        const val CELLS_X = 18
        const val CELLS_Y = 36

        /** How much lighter a part is than one with the letter before. A white part has 765: red, green and blue together. */
        const val SHADE = 13

        /** By how many letters a part may differ: another processor may draw it a little lighter or darker. */
        const val SHADE_TOLERANCE = 1

        /** A difference up to this, of 255, is ignored: another processor draws edges of letters a little differently. */
        const val COLOUR_TOLERANCE = 12

        /** One pixel of this many may differ. In a whole screen these are fewer pixels than one digit has. */
        const val PIXELS_PER_ALLOWED_DIFFERENCE = 10_000
    }
}
