package dev.walletlock.phone

import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** The newest value of something, with a number that grows with each new value. A thread can wait for a newer value. */
class Latest<T : Any> {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var number = 0L
    private var value: T? = null

    class Numbered<T>(val number: Long, val value: T)

    fun set(value: T) = lock.withLock {
        this.value = value
        number++
        changed.signalAll()
    }

    /** Sets [value], unless it is equal to the newest value. */
    fun update(value: T) = lock.withLock { if (this.value != value) set(value) }

    fun get(): T? = lock.withLock { value }

    /** Waits for a value with a number greater than [seen]. Null if none came within [ms] milliseconds. */
    fun after(seen: Long, ms: Long): Numbered<T>? = lock.withLock {
        var leftNs = TimeUnit.MILLISECONDS.toNanos(ms)
        while ((value == null || number <= seen) && leftNs > 0) leftNs = changed.awaitNanos(leftNs)
        value?.takeIf { number > seen }?.let { Numbered(number, it) }
    }
}
