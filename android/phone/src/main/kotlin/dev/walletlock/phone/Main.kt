package dev.walletlock.phone

import kotlin.system.exitProcess
import org.junit.runner.JUnitCore

/** Robolectric's runner sets up Android and its main thread; the one "test" of [Program] runs there until Ctrl-C. */
fun main() {
    val result = JUnitCore.runClasses(Program::class.java)
    result.failures.forEach { System.err.println(it.trace) }
    exitProcess(if (result.wasSuccessful()) 0 else 1)
}
