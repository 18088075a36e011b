package dev.walletlock

import java.io.File
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.Assertions.assertTrue

/** A separate JVM that runs the `main` of [program], with the class path of this JVM. */
class OwnJvm(program: Any, vararg arguments: String, options: List<String> = unlockPath()) {
    private val process = ProcessBuilder(
        listOf(File(System.getProperty("java.home"), "bin/java").path) + options +
            listOf("-classpath", System.getProperty("java.class.path"), program.javaClass.name) + arguments,
    ).redirectErrorStream(true).start()

    /** Waits until the JVM has ended, and returns the lines that it printed. */
    fun output(): List<String> {
        val lines = process.inputStream.bufferedReader().readLines()
        assertTrue(process.waitFor(1, TimeUnit.MINUTES))
        return lines
    }

    companion object {
        const val OVER_JNI = "-Dwalletlock.unlock=jni"

        /** Options of a JVM in which JNA cannot start, because it does not find its native library. */
        fun withoutJna(empty: File) =
            listOf("-Djna.nosys=true", "-Djna.noclasspath=true", "-Djna.boot.library.path=${empty.path}", OVER_JNI)

        /** The option that gives the other JVM this JVM's unlock path. */
        private fun unlockPath() = listOfNotNull(System.getProperty("walletlock.unlock")?.let { "-Dwalletlock.unlock=$it" })
    }
}
