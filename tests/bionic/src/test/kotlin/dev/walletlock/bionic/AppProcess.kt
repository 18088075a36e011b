package dev.walletlock.bionic

import com.github.unidbg.AndroidEmulator
import com.github.unidbg.Emulator
import com.github.unidbg.Module
import com.github.unidbg.arm.backend.DynarmicFactory
import com.github.unidbg.arm.backend.Unicorn2Factory
import com.github.unidbg.debugger.Debugger
import com.github.unidbg.debugger.DebuggerType
import com.github.unidbg.linux.ARM32SyscallHandler
import com.github.unidbg.linux.ARM64SyscallHandler
import com.github.unidbg.linux.android.AndroidARM64Emulator
import com.github.unidbg.linux.android.AndroidARMEmulator
import com.github.unidbg.linux.android.AndroidResolver
import com.github.unidbg.memory.SvcMemory
import com.github.unidbg.pointer.UnidbgPointer
import com.github.unidbg.thread.Task
import java.io.File
import java.nio.file.Files
import unicorn.Arm64Const
import unicorn.UnicornConst

/** A process that has loaded the library: its memory, bionic in that memory, and a modelled kernel. */
class AppProcess(val abi: Abi, phone: ModelledPhone) : AutoCloseable {
    val kernel = Kernel(abi, phone)

    /** The first failure outside the library while its code was running. */
    private var failure: Throwable? = null

    /** The emulator's own files. The app's files are not there. */
    private val scratch = Files.createTempDirectory("walletlock-bionic")
    val emulator: AndroidEmulator = if (abi.is64Bit) arm64(scratch.toFile()) else arm32(scratch.toFile())
    private val library: Module

    /** Memory for arguments of calls, freed with the process. */
    private var free = UnidbgPointer.pointer(emulator, 0)
    private var freeBytes = 0

    init {
        Keystore.current = phone.keystore
        emulator.syscallHandler.setEnableThreadDispatcher(true)
        emulator.memory.setLibraryResolver(AndroidResolver(BIONIC_API_LEVEL))
        library = emulator.memory.load(libraryOf(abi), true)
        failure?.let { throw it }
    }

    /** The library's thread that is running; 0 is the thread that calls the library. */
    val thread: Int get() = emulator.get<Task?>(Task.TASK_KEY)?.takeUnless(Task::isMainThread)?.id ?: 0

    /** Lets the threads that were started run until they end. They run only while the calling thread waits. */
    fun runThreads() {
        repeat(WAITS_AT_MOST) { if (threadCount > 0) callLibc("usleep", WAIT_US) }
    }

    /** How many threads have not ended. */
    val threadCount get() = emulator.threadDispatcher.taskCount

    /** Calls a function of bionic. */
    fun callLibc(symbol: String, vararg arguments: Any?): Long = call(emulator.memory.findModule("libc.so"), symbol, arguments, null)

    /** The address of a function of the library. */
    fun address(symbol: String): UnidbgPointer = UnidbgPointer.pointer(emulator, library.findSymbolByName(symbol, false).address)

    /**
     * Calls a function of the library. Arguments are Int, Long or a pointer (null too). If a function returns a structure, it
     * is written to `structure`. The answer has 64 bits; only those of the function's return type are valid.
     */
    fun call(symbol: String, vararg arguments: Any?, structure: UnidbgPointer? = null) = call(library, symbol, arguments, structure)

    private fun call(module: Module, symbol: String, arguments: Array<out Any?>, structure: UnidbgPointer?): Long {
        val function = module.findSymbolByName(symbol, false) ?: error("the library does not export $symbol")
        val numbers = arguments.mapTo(mutableListOf(), ::number)
        if (structure != null) {
            if (abi.is64Bit) emulator.backend.reg_write(Arm64Const.UC_ARM64_REG_X8, structure.peer) else numbers.add(0, number(structure))
        }
        val answer = emulator.eFunc(function.address, *numbers.toTypedArray()).toLong()
        failure?.let { throw it }
        // The emulator also answers -1 when the code did something that no processor can do.
        check(hasReturned()) { "$symbol did not come back" }
        return answer
    }

    /** Zeroed memory that lives as long as the process. */
    fun allocate(bytes: Int): UnidbgPointer {
        val rounded = (bytes + 16) / 16 * 16
        if (rounded > freeBytes) {
            freeBytes = maxOf(rounded, CHUNK_BYTES)
            free = emulator.memory.mmap(freeBytes, READ_AND_WRITE)
        }
        val allocated = checkNotNull(free)
        free = UnidbgPointer.pointer(emulator, allocated.peer + rounded)
        freeBytes -= rounded
        return allocated.also { it.write(ByteArray(bytes)) }
    }

    /** Runs `act` for emulated code that waits for the answer. An exception of `act` stops that code. */
    fun <T> guarded(act: () -> T): T? = try {
        act()
    } catch (thrown: Throwable) {
        failure = failure ?: thrown
        emulator.backend.emu_stop()
        null
    }

    override fun close() {
        kernel.closeAll()
        emulator.close()
        scratch.toFile().deleteRecursively()
    }

    /** Whether the next instruction is the one that a call returns to, or the one behind it. */
    private fun hasReturned() = emulator.backend.reg_read(abi.programCounter).toLong() and abi.addresses in abi.returnsTo..abi.returnsTo + 4

    private fun number(argument: Any?): Number = when (argument) {
        null -> if (abi.is64Bit) 0L else 0
        is UnidbgPointer -> if (abi.is64Bit) argument.peer else argument.toIntPeer()
        is Int -> argument
        is Long -> argument
        else -> error("no argument of a C function: $argument")
    }

    private fun handled(emulator: Emulator<*>, number: Int): Boolean {
        val answer = guarded { kernel.answer(emulator, number) } ?: return failure != null
        emulator.backend.reg_write(abi.answer, if (abi.is64Bit) answer else answer.toInt())
        return true
    }

    /** Fails instead of starting the emulator's debugger, which would wait for commands. */
    private fun noDebugger(): Nothing {
        val stopped = IllegalStateException("the emulated code crashed")
        guarded { throw stopped }
        throw stopped
    }

    private fun arm64(root: File): AndroidEmulator = object : AndroidARM64Emulator(NAME, root, listOf(DynarmicFactory(false))) {
        override fun createSyscallHandler(svcMemory: SvcMemory) = object : ARM64SyscallHandler(svcMemory) {
            override fun handleSyscall(emulator: Emulator<*>, number: Int) = handled(emulator, number)
        }
        override fun attach(type: DebuggerType): Debugger = noDebugger()
    }

    private fun arm32(root: File): AndroidEmulator = object : AndroidARMEmulator(NAME, root, listOf(Unicorn2Factory(false))) {
        override fun createSyscallHandler(svcMemory: SvcMemory) = object : ARM32SyscallHandler(svcMemory) {
            override fun handleSyscall(emulator: Emulator<*>, number: Int) = handled(emulator, number)
        }
        override fun attach(type: DebuggerType): Debugger = noDebugger()
    }
}

private const val NAME = "com.example.wallet"

private const val WAITS_AT_MOST = 1_000
private const val WAIT_US = 10_000

private const val CHUNK_BYTES = 64 * 1024
private const val READ_AND_WRITE = UnicornConst.UC_PROT_READ or UnicornConst.UC_PROT_WRITE

/** The newest C library that the emulator ships. */
private const val BIONIC_API_LEVEL = 23

private fun libraryOf(abi: Abi) = File(System.getProperty("walletlock.libraries"), "${abi.folder}/libwalletlock.so")
