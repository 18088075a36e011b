package dev.walletlock.bionic

import java.lang.reflect.Constructor
import java.lang.reflect.Executable
import java.lang.reflect.Field
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.lang.invoke.MethodType

/**
 * Plays Android's VM for the library: it carries out the library's JNI calls in the JVM that runs the test, by reflection.
 * It checks what Android checks when `CheckJNI` is on: references that are not valid, calls while an exception is pending, types
 * that do not fit. Each of these ends the test.
 */
class JavaVm(private val thread: () -> Int) {
    /** What each thread of the VM has of its own: local references, and the Java exception that is not cleared yet. */
    private class OfThread {
        val frames = ArrayDeque(listOf(mutableMapOf<Int, Any>()))
        var pending: Throwable? = null
    }

    private val threads = mutableMapOf(thread() to OfThread())
    private val mine get() = threads[thread()] ?: misuse("a call by a thread that is not attached")
    private val frames get() = mine.frames
    private val globals = mutableMapOf<Int, Any>()
    private val members = mutableListOf<Any>()
    private var lastReference = 0

    var pending: Throwable?
        get() = mine.pending
        set(thrown) {
            mine.pending = thrown
        }

    /** Classes that the app's class loader does not find. */
    val missing = mutableSetOf<String>()

    /** The most local references that were alive at one time. */
    var mostLocals = 0
        private set

    val globalCount get() = globals.size

    /** Threads that are attached and have not detached. */
    val threadCount get() = threads.size

    /** How many threads have detached. */
    var detachedThreads = 0
        private set

    val isAttached get() = thread() in threads

    fun attach() {
        threads.getOrPut(thread(), ::OfThread)
    }

    fun detach() {
        if (frames.size != 1) misuse("a thread that ends in the middle of a frame")
        threads.remove(thread())
        detachedThreads += 1
    }

    fun local(it: Any?): Int {
        if (it == null) return 0
        val reference = (++lastReference shl 4) or LOCAL
        frames.last()[reference] = it
        mostLocals = maxOf(mostLocals, frames.sumOf { frame -> frame.size })
        return reference
    }

    fun global(it: Any?): Int {
        if (it == null) return 0
        val reference = (++lastReference shl 4) or GLOBAL
        globals[reference] = it
        return reference
    }

    fun objectOf(reference: Int): Any? {
        if (reference == 0) return null
        return frames.firstNotNullOfOrNull { it[reference] } ?: globals[reference] ?: misuse("a reference that is not valid")
    }

    fun typeOf(reference: Int) = when {
        frames.any { reference in it } -> LOCAL
        reference in globals -> GLOBAL
        else -> 0
    }

    fun deleteLocal(reference: Int) {
        if (reference != 0 && frames.none { it.remove(reference) != null }) misuse("a local reference given back that is none")
    }

    fun deleteGlobal(reference: Int) {
        if (reference != 0 && globals.remove(reference) == null) misuse("a global reference given back that is none")
    }

    fun pushFrame() {
        frames.addLast(mutableMapOf())
    }

    /** Removes the top frame. Returns a new reference, in the frame below, to the object of `result`. */
    fun popFrame(result: Int): Int {
        val kept = objectOf(result)
        if (frames.size == 1) misuse("a frame taken away that is the caller's")
        frames.removeLast()
        return local(kept)
    }

    /** What the VM does when a native method returns: it frees all local references. */
    fun leaveNative() {
        if (frames.size != 1) misuse("a frame that was not taken away")
        frames.single().clear()
    }

    fun findClass(name: String): Class<*>? = thrown {
        if (name in missing) throw NoClassDefFoundError(name)
        try {
            Class.forName(name.replace('/', '.'))
        } catch (_: ClassNotFoundException) {
            throw NoClassDefFoundError(name)
        }
    }

    fun method(of: Class<*>, name: String, signature: String, isStatic: Boolean): Int = thrown {
        val found = if (name == "<init>") {
            of.declaredConstructors.firstOrNull { descriptor(it) == signature }
        } else {
            // Of the declarations of one method, take the one that may be called from outside: the object's own class may be
            // private.
            lineage(of).flatMap { it.declaredMethods.asSequence() }.firstOrNull {
                it.name == name && descriptor(it) == signature && Modifier.isStatic(it.modifiers) == isStatic && it.trySetAccessible()
            }
        }
        member(found ?: throw NoSuchMethodError("${of.name}.$name$signature"))
    } ?: 0

    fun field(of: Class<*>, name: String, signature: String, isStatic: Boolean): Int = thrown {
        val found = lineage(of).flatMap { it.declaredFields.asSequence() }.firstOrNull {
            val fits = it.name == name && it.type.descriptorString() == signature && Modifier.isStatic(it.modifiers) == isStatic
            fits && it.trySetAccessible()
        }
        member(found ?: throw NoSuchFieldError("${of.name}.$name:$signature"))
    } ?: 0

    /** Calls a method that [method] found. `argument` reads an argument by its index and type. */
    fun invoke(on: Any?, id: Int, argument: (Int, Class<*>) -> Any?): Any? = thrown {
        val called = memberOf(id) as? Executable ?: misuse("a method id that is none")
        val arguments = called.parameterTypes.mapIndexed(argument).toTypedArray()
        try {
            when (called) {
                is Constructor<*> -> called.newInstance(*arguments)
                is Method -> called.invoke(on, *arguments)
            }
        } catch (wrapped: InvocationTargetException) {
            throw wrapped.targetException
        }
    }

    fun get(on: Any?, id: Int): Any? = (memberOf(id) as? Field ?: misuse("a field id that is none")).get(on)

    /** Runs Java code. An exception that it throws becomes pending. */
    fun <T> thrown(act: () -> T): T? = try {
        act()
    } catch (ours: Kernel.NotModelled) {
        throw ours
    } catch (ours: Misuse) {
        throw ours
    } catch (wrong: IllegalArgumentException) {
        // Reflection throws this where types do not fit, which a real VM would not notice. Nothing that is called here throws
        // it otherwise.
        throw wrong
    } catch (thrown: Throwable) {
        pending = thrown
        null
    }

    private fun member(it: Any): Int {
        members += it
        return members.size shl 4
    }

    private fun memberOf(id: Int) = members.getOrNull((id shr 4) - 1)

    class Misuse(what: String) : RuntimeException("JNI was misused: $what")

    fun misuse(what: String): Nothing = throw Misuse(what)

    companion object {
        const val LOCAL = 1
        const val GLOBAL = 2
    }
}

private fun lineage(of: Class<*>): Sequence<Class<*>> = sequence {
    yield(of)
    of.superclass?.let { yieldAll(lineage(it)) }
    of.interfaces.forEach { yieldAll(lineage(it)) }
}

private fun descriptor(of: Executable): String {
    val answer = if (of is Method) of.returnType else Void.TYPE
    return MethodType.methodType(answer, of.parameterTypes).toMethodDescriptorString()
}
