package dev.walletlock

import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.function.Consumer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.future.future
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/**
 * For Java: every suspend function of the lock, as a future or as a blocking call, and its flows, with a callback.
 *
 * ```
 * CompletableFuture<WalletLock> opening = FromJava.future(c -> WalletLock.shared(file, platform, c));
 * opening.thenAcceptAsync(lock -> FromJava.collect(lock.getStatus(), mainExecutor, this::render), mainExecutor);
 * opening.thenCompose(lock -> FromJava.<PinOutcome>future(c -> lock.verifyPin(entry, c))).thenAcceptAsync(this::show, mainExecutor);
 * ```
 *
 * A screen must not wait for the future. It continues in a stage after it, on the main thread's executor. `join()` or `get()`
 * on the main thread freezes the app for as long as the phone's keystore takes.
 */
public object FromJava {
    /**
     * Makes the call, and waits for its result. Use a thread of the app's own: never the main thread, nor a thread on which
     * the lock has called back.
     *
     * @throws LockException as [call] does.
     */
    @JvmStatic
    @Throws(InterruptedException::class)
    public fun <T> blocking(call: suspend () -> T): T = runBlocking { call() }

    /** Begins the call, and returns at once. Cancelling the future cancels the call. It completes on a background thread. */
    @JvmStatic
    public fun <T> future(call: suspend () -> T): CompletableFuture<T> =
        CoroutineScope(Dispatchers.Unconfined).future { call() }

    /** Gives every value of [flow] to [onValue], on [executor], until the returned object is closed. */
    @JvmStatic
    public fun <T> collect(flow: Flow<T>, executor: Executor, onValue: Consumer<in T>): AutoCloseable {
        val scope = CoroutineScope(executor.asCoroutineDispatcher())
        scope.launch { flow.collect { onValue.accept(it) } }
        return AutoCloseable { scope.cancel() }
    }
}
