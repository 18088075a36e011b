package dev.walletlock.phone

import org.robolectric.RuntimeEnvironment

/**
 * The phone's configuration, as Android calls it: its settings, and how it is held.
 *
 * @property isSmall the app has the upper half of the screen to itself, as in split screen.
 */
data class Configuration(
    val isDark: Boolean = false,
    val isChinese: Boolean = false,
    val fontScale: Float = 1f,
    val isTurned: Boolean = false,
    val isSmall: Boolean = false,
) {
    /** Sets Android's resource qualifiers and font scale. */
    fun apply() {
        val width = if (isTurned) LONG_DP else SHORT_DP
        val height = (if (isTurned) SHORT_DP else LONG_DP).let { if (isSmall) it / 2 else it }
        val language = if (isChinese) "zh-rCN" else "en-rUS"
        val turned = if (width > height) "land" else "port"
        val night = if (isDark) "night" else "notnight"
        RuntimeEnvironment.setQualifiers("+$language-w${width}dp-h${height}dp-$turned-$night-xhdpi")
        RuntimeEnvironment.setFontScale(fontScale)
    }

    companion object {
        private const val SHORT_DP = 360
        private const val LONG_DP = 760

        /** Has Robolectric report a status bar and a navigation bar with three buttons to the app, as window insets. */
        fun showBars() {
            val system = Class.forName("org.robolectric.shadows.SystemUi")
            fun behaviour(name: String) = system.getField(name).apply { isAccessible = true }.get(null)
            val bars = system.getMethod("systemUiForDefaultDisplay").apply { isAccessible = true }.invoke(null)
            val set = system.methods.first { it.name == "setBehavior" }.apply { isAccessible = true }
            set.invoke(bars, behaviour("STANDARD_STATUS_BAR"), behaviour("THREE_BUTTON_NAVIGATION"))
        }
    }
}
