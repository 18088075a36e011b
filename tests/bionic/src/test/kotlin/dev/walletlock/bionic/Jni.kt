package dev.walletlock.bionic

import com.github.unidbg.Emulator
import com.github.unidbg.arm.Arm64Svc
import com.github.unidbg.arm.ArmSvc
import com.github.unidbg.arm.context.RegisterContext
import com.github.unidbg.pointer.UnidbgPointer
import dev.walletlock.Native
import java.lang.reflect.Array as Arrays

/** The function tables through which C calls a VM, and calls from Kotlin to the library's native methods. */
class Jni(private val process: AppProcess, val vm: JavaVm) {
    private val environment = interfaceOf(ENVIRONMENT_FUNCTIONS, ::environmentFunction)
    private val machine = interfaceOf(MACHINE_FUNCTIONS, ::machineFunction)

    /** What `System.load` does after it has loaded a library: calls `JNI_OnLoad`, which returns the JNI version. */
    fun load(): Int {
        val version = process.call("JNI_OnLoad", machine, null).toInt()
        vm.leaveNative()
        return version
    }

    /** Calls a static method of [Native]. Int and Long are passed as they are, everything else as an object. */
    fun call(method: String, vararg arguments: Any?): Long {
        val passed = arguments.map { if (it is Int || it is Long) it else UnidbgPointer.pointer(process.emulator, vm.local(it).toLong()) }
        val ofClass = UnidbgPointer.pointer(process.emulator, vm.local(Native::class.java).toLong())
        val answer = process.call("Java_dev_walletlock_Native_$method", environment, ofClass, *passed.toTypedArray())
        vm.pending?.let { throw AssertionError("$method left an exception behind", it) }
        return answer
    }

    fun int(method: String, vararg arguments: Any?): Int = call(method, *arguments).toInt().also { vm.leaveNative() }

    fun long(method: String, vararg arguments: Any?): Long = call(method, *arguments).also { vm.leaveNative() }

    fun bytes(method: String, vararg arguments: Any?): ByteArray {
        val answer = vm.objectOf(call(method, *arguments).toInt()) as ByteArray
        vm.leaveNative()
        return answer
    }

    private fun environmentFunction(number: Int, it: Arguments): Long {
        if (vm.pending != null && number !in WHILE_PENDING) vm.misuse("function $number called while ${vm.pending} is pending")
        return when (number) {
            4 -> JNI_VERSION_1_6
            6 -> ref(vm.findClass(it.text(1)))
            10 -> ref(it.type(1).superclass)
            11 -> it.type(2).isAssignableFrom(it.type(1)).asLong()
            13 -> 0L.also { _ -> vm.pending = it.any(1) as Throwable }
            15 -> ref(vm.pending)
            17 -> 0L.also { vm.pending = null }
            18 -> vm.misuse("the library gives up: ${it.text(1)}")
            19 -> 0L.also { vm.pushFrame() }
            20 -> vm.popFrame(it.int(1)).toLong()
            21 -> vm.global(it.any(1)).toLong()
            22 -> 0L.also { _ -> vm.deleteGlobal(it.int(1)) }
            23 -> 0L.also { _ -> vm.deleteLocal(it.int(1)) }
            24 -> (it.any(1) === it.any(2)).asLong()
            25 -> ref(it.any(1))
            26 -> 0
            30 -> value(vm.invoke(null, it.int(2), it.values(3)))
            31 -> ref(it.some(1).javaClass)
            32 -> it.any(1).let { on -> on == null || it.type(2).isInstance(on) }.asLong()
            33 -> vm.method(it.type(1), it.text(2), it.text(3), isStatic = false).toLong()
            36, 39, 42, 45, 48, 51, 54, 63 -> value(vm.invoke(it.some(1), it.int(2), it.values(3)))
            94 -> vm.field(it.type(1), it.text(2), it.text(3), isStatic = false).toLong()
            in 95..101 -> value(vm.get(it.some(1), it.int(2)))
            113 -> vm.method(it.type(1), it.text(2), it.text(3), isStatic = true).toLong()
            116, 119, 122, 125, 128, 131, 134, 143 -> value(vm.invoke(null, it.int(2), it.values(3)))
            144 -> vm.field(it.type(1), it.text(2), it.text(3), isStatic = true).toLong()
            in 145..151 -> value(vm.get(null, it.int(2)))
            164 -> (it.some(1) as String).length.toLong()
            167 -> ref(it.text(1))
            168 -> utf8(it.some(1) as String).size.toLong()
            169 -> characters(it.some(1) as String, it.optional(2))
            170 -> 0
            171 -> Arrays.getLength(it.some(1)).toLong()
            172 -> ref(arrayOf(it.int(1), it.type(2), it.any(3)))
            173 -> vm.thrown { ref(Arrays.get(it.some(1), it.int(2))) } ?: 0
            176 -> ref(ByteArray(it.int(1)))
            200 -> withinBounds(it) { array: ByteArray, at, count -> it.pointer(4).write(array.copyOfRange(at, at + count)) }
            204 -> withinBounds(it) { array: LongArray, at, count -> it.pointer(4).write(0, array, at, count) }
            208 -> withinBounds(it) { array: ByteArray, at, count -> it.pointer(4).getByteArray(0, count).copyInto(array, at) }
            219 -> 0L.also { _ -> it.pointer(1).setPointer(0, machine) }
            228 -> (vm.pending != null).asLong()
            232 -> vm.typeOf(it.int(1)).toLong()
            else -> throw Kernel.NotModelled("JNI function $number")
        }
    }

    private fun machineFunction(number: Int, it: Arguments): Long = when (number) {
        // AttachCurrentThread, DetachCurrentThread, GetEnv, AttachCurrentThreadAsDaemon
        4, 7 -> 0L.also { _ ->
            vm.attach()
            it.pointer(1).setPointer(0, environment)
        }
        5 -> 0L.also { vm.detach() }
        6 -> if (vm.isAttached) 0L.also { _ -> it.pointer(1).setPointer(0, environment) } else JNI_EDETACHED
        else -> throw Kernel.NotModelled("function $number of a VM")
    }

    private fun arrayOf(length: Int, of: Class<*>, first: Any?): Any =
        Arrays.newInstance(of, length).also { array -> for (at in 0 until length) Arrays.set(array, at, first) }

    private fun ref(it: Any?) = vm.local(it).toLong()

    /** Null also where an exception was thrown. */
    private fun value(it: Any?): Long = when (it) {
        is Boolean -> it.asLong()
        is Byte, is Short, is Int, is Long -> (it as Number).toLong()
        is Char -> it.code.toLong()
        Unit -> 0
        else -> ref(it)
    }

    private fun characters(of: String, isCopy: UnidbgPointer?): Long {
        isCopy?.setByte(0, 1)
        val bytes = utf8(of)
        val at = process.allocate(bytes.size + 1)
        at.write(bytes)
        return at.peer
    }

    private inline fun <reified T : Any> withinBounds(it: Arguments, copy: (T, Int, Int) -> Unit): Long {
        val array = it.some(1) as? T ?: vm.misuse("an array of another type")
        val (at, count) = it.int(2) to it.int(3)
        if (at < 0 || count < 0 || at + count > Arrays.getLength(array)) {
            vm.pending = ArrayIndexOutOfBoundsException()
        } else {
            copy(array, at, count)
        }
        return 0
    }

    /** A pointer to a pointer to a table of functions. */
    private fun interfaceOf(count: Int, function: (Int, Arguments) -> Long): UnidbgPointer {
        val bytes = process.abi.pointerBytes
        val table = process.allocate((count + 1) * bytes)
        for (number in 0 until count) table.setPointer(number.toLong() * bytes, entry { function(number, it) })
        // The slot behind the table holds the pointer to it.
        return (table.share(count.toLong() * bytes, bytes.toLong()) as UnidbgPointer).also { it.setPointer(0, table) }
    }

    private fun entry(function: (Arguments) -> Long): UnidbgPointer {
        val answer = { emulator: Emulator<*> ->
            val answer = process.guarded { function(Arguments(emulator.getContext())) } ?: 0
            if (!process.abi.is64Bit) emulator.backend.reg_write(process.abi.upperAnswer, (answer shr 32).toInt())
            answer
        }
        val code = if (process.abi.is64Bit) {
            object : Arm64Svc() {
                override fun handle(emulator: Emulator<*>) = answer(emulator)
            }
        } else {
            object : ArmSvc() {
                override fun handle(emulator: Emulator<*>) = answer(emulator)
            }
        }
        return process.emulator.svcMemory.registerSvc(code)
    }

    private inner class Arguments(private val registers: RegisterContext) {
        fun int(index: Int) = registers.getIntArg(index)
        fun pointer(index: Int): UnidbgPointer = registers.getPointerArg(index)
        fun optional(index: Int): UnidbgPointer? = registers.getPointerArg(index)
        fun text(index: Int): String = pointer(index).getString(0)
        fun any(index: Int) = vm.objectOf(int(index))
        fun some(index: Int) = any(index) ?: vm.misuse("null where an object has to be")
        fun type(index: Int) = some(index) as? Class<*> ?: vm.misuse("an object where a class has to be")

        /** Reads an array of `jvalue`, 8 bytes each. */
        fun values(index: Int): (Int, Class<*>) -> Any? {
            val array = optional(index)
            return { at, type ->
                val value = checkNotNull(array).getLong(at * 8L)
                when (type) {
                    Boolean::class.java -> value.toByte() != 0.toByte()
                    Byte::class.java -> value.toByte()
                    Char::class.java -> value.toInt().toChar()
                    Short::class.java -> value.toShort()
                    Int::class.java -> value.toInt()
                    Long::class.java -> value
                    else -> vm.objectOf(value.toInt())
                }
            }
        }
    }
}

private fun Boolean.asLong() = if (this) 1L else 0L

/** JNI's modified UTF-8 differs from standard UTF-8 only in characters that no string here has. */
private fun utf8(text: String): ByteArray {
    if (text.any { it == '\u0000' || it.isSurrogate() }) throw Kernel.NotModelled("such a character")
    return text.toByteArray()
}

private const val ENVIRONMENT_FUNCTIONS = 235
private const val MACHINE_FUNCTIONS = 8
private const val JNI_VERSION_1_6 = 0x00010006L
private const val JNI_EDETACHED = -2L

/**
 * What JNI's specification allows while an exception is pending: ExceptionOccurred, ExceptionClear, frames, freeing of
 * references, ExceptionCheck.
 */
private val WHILE_PENDING = setOf(15, 17, 19, 20, 22, 23, 228)
