package dev.walletlock

import java.io.File
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.Assertions.assertTrue

/** A JVM of its own that runs the `main` of [program], with the classes of this one. */
class OwnJvm(program: Any, vararg arguments: String, options: List<String> = unlockPath()) {
    private val process = ProcessBuilder(
        listOf(File(System.getProperty("java.home"), "bin/java").path) + options +
            listOf("-classpath", System.getProperty("java.class.path"), program.javaClass.name) + arguments,
    ).redirectErrorStream(true).start()

    /** What it printed, when it has ended. */
    fun said(): List<String> {
        val lines = process.inputStream.bufferedReader().readLines()
        assertTrue(process.waitFor(1, TimeUnit.MINUTES))
        return lines
    }

    companion object {
        const val OVER_JNI = "-Dwalletlock.unlock=jni"

        /** In which JNA cannot start: it finds its native half nowhere. */
        fun withoutJna(empty: File) =
            listOf("-Djna.nosys=true", "-Djna.noclasspath=true", "-Djna.boot.library.path=${empty.path}", OVER_JNI)

        /** That of this JVM. */
        private fun unlockPath() = listOfNotNull(System.getProperty("walletlock.unlock")?.let { "-Dwalletlock.unlock=$it" })
    }
}
