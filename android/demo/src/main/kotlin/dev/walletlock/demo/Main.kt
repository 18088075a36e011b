package dev.walletlock.demo

import dev.walletlock.LockException
import dev.walletlock.Policy
import java.io.Console
import java.io.IOException
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.Paths
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

private const val USAGE = """A wallet in the terminal, on the real library.

  (no options)    use it; without a terminal, play the tour
  --tour          play the tour: every story, checked
  --home FOLDER   keep the wallet there (else in ~/.walletlock-demo; the tour in a new folder that it removes)
  --policy WHICH  the rules: the name of a preset, or a JSON file"""

private class Options(val isTour: Boolean, val home: Path?, val policy: Policy)

/** The command line cannot be understood. */
private class UsageException(message: String) : Exception(message)

fun main(arguments: Array<String>) {
    val code = try {
        run(options(arguments.toList()))
    } catch (wrong: UsageException) {
        System.err.println("${wrong.message}\n\n$USAGE")
        2
    } catch (fault: LockException) {
        System.err.println(inWords(fault))
        1
    } catch (fault: IOException) {
        System.err.println("A file cannot be read or written: ${fault.message}")
        1
    }
    exitProcess(code)
}

private fun options(arguments: List<String>): Options {
    var isTour = false
    var home: Path? = null
    var policy: Policy? = null
    val rest = ArrayDeque(arguments)
    while (rest.isNotEmpty()) {
        fun value(option: String) = rest.removeFirstOrNull() ?: throw UsageException("$option needs a value.")
        when (val option = rest.removeFirst()) {
            "--tour" -> isTour = true
            "--home" -> home = Paths.get(value(option))
            "--policy" -> policy = policyFrom(value(option))
            else -> throw UsageException("There is no option $option.")
        }
    }
    return Options(isTour, home, policy ?: policyNamed("policy.json"))
}

private fun policyFrom(which: String): Policy {
    val file = Paths.get(which)
    return if (Files.isRegularFile(file)) Policy.json(String(Files.readAllBytes(file))) else Policy.preset(which)
}

private fun run(options: Options): Int = runBlocking {
    val console = terminal()
    if (options.isTour || console == null) {
        return@runBlocking if (tour(options, System.out)) 0 else 1
    }
    val home = options.home ?: Paths.get(System.getProperty("user.home"), ".walletlock-demo")
    TerminalWallet(DemoPhone(home), options.policy, ConsoleKeyboard(console), System.out).run()
    0
}

private suspend fun tour(options: Options, out: PrintStream): Boolean {
    options.home?.let { home ->
        if (Files.exists(home) && Files.list(home).use { it.findAny().isPresent }) {
            throw UsageException("The tour needs an empty folder.")
        }
        return Tour(home, options.policy, out).play()
    }
    val folder = Files.createTempDirectory("walletlock-tour")
    try {
        return Tour(folder, options.policy, out).play()
    } finally {
        folder.toFile().deleteRecursively()
    }
}

/** The console, or null without a terminal. From Java 22 on `System.console()` is not null then, but `isTerminal` is false. */
private fun terminal(): Console? {
    val console = System.console() ?: return null
    return try {
        console.takeIf { Console::class.java.getMethod("isTerminal").invoke(it) == true }
    } catch (_: NoSuchMethodException) {
        console
    }
}
