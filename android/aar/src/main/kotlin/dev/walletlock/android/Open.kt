package dev.walletlock.android

import android.app.Application
import android.content.Context
import android.content.ContextWrapper
import android.os.UserManager
import dev.walletlock.LockException
import dev.walletlock.Platform
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * Opens the wallet of this app, or begins a new one: all that an app needs to call.
 *
 * ```
 * val lock = WalletLock.open(context)
 * ```
 *
 * It is kept in `walletlock/<name>.db` in [Context.getNoBackupFilesDir]: no backup and no move to another phone takes it
 * along, where the keys in this phone's keystore would be missing. May be called on the main thread: files and keystore
 * are touched on a background one.
 *
 * From Java, see [WalletLocks].
 *
 * @param context any of the app's: the application's is used.
 * @param policy what the app asks for. A stricter one than that in force takes effect now, an easier one with the next
 *   right PIN.
 * @param name tells wallets of one app apart: up to 64 of `A-Z a-z 0-9 _ -`. Keep it: another name is another wallet.
 * @param platform the phone's keystore, and its biometric prompt ([AndroidBiometrics]). For the app's own tests, which
 *   have neither: that of a `FakePhone`.
 * @throws IllegalArgumentException when it is no such name.
 * @throws LockException.BeforeFirstUnlock when the phone was started and not unlocked yet.
 * @throws LockException.NoLibrary when the app was installed without the library for this phone.
 * @throws LockException as the facade's own `open` does.
 */
@JvmSynthetic
public suspend fun WalletLock.Companion.open(
    context: Context,
    policy: Policy = Policy.DEFAULT,
    name: String = DEFAULT_NAME,
    platform: Platform = phoneOf(context),
): WalletLock {
    require(NAME.matches(name)) { "not the name of a wallet" }
    val file = withContext(Dispatchers.IO) { File(folderIn(context.applicationContext ?: context), "$name.db") }
    return open(file, platform, policy)
}

/**
 * The one lock of this app, opened by the first call and given to every other one: what an app with screens needs.
 *
 * ```
 * val lock = WalletLock.shared(context)
 * ```
 *
 * Call it wherever the lock is needed, and keep nothing. Calls at the same time open it once; a call that fails leaves
 * nothing behind, so that the next one opens it. Nobody has to close it.
 *
 * It locks by itself ([AutoLock]) when the screen is turned off, or [autoLockSeconds] after the app was left.
 *
 * From Java, see [WalletLocks].
 *
 * @param context any of the app's: the application's is used.
 * @param policy as for [open], and so are [name] and [platform]. Those of the call that opens it stay.
 * @param autoLockSeconds how long the app may be out of sight. Null: the app ends its sessions itself.
 * @throws IllegalArgumentException when it is no such name, or the time is negative.
 * @throws LockException as [open] does.
 */
@JvmSynthetic
public suspend fun WalletLock.Companion.shared(
    context: Context,
    policy: Policy = Policy.DEFAULT,
    name: String = DEFAULT_NAME,
    autoLockSeconds: Int? = AUTO_LOCK_S,
    platform: Platform = phoneOf(context),
): WalletLock {
    require(NAME.matches(name)) { "not the name of a wallet" }
    require(autoLockSeconds == null || autoLockSeconds >= 0) { "a time cannot be negative" }
    val file = withContext(Dispatchers.IO) { File(folderIn(context.applicationContext ?: context), "$name.db") }
    return shared(file, platform, policy, onOpened = { lock ->
        if (autoLockSeconds != null) AutoLock.start(applicationOf(context), lock, autoLockSeconds)
    })
}

/**
 * For Java: the lock, opened with a Context.
 *
 * ```
 * CompletableFuture<WalletLock> lock = FromJava.future(c -> WalletLocks.shared(context, c));
 * ```
 */
public object WalletLocks {
    /** Opens the wallet of this app; all as in Kotlin's `WalletLock.open(context)`. */
    @JvmStatic
    @JvmOverloads
    public suspend fun open(
        context: Context,
        policy: Policy = Policy.DEFAULT,
        name: String = DEFAULT_NAME,
        platform: Platform = phoneOf(context),
    ): WalletLock = WalletLock.open(context, policy, name, platform)

    /** The one lock of this app; all as in Kotlin's `WalletLock.shared(context)`. */
    @JvmStatic
    @JvmOverloads
    public suspend fun shared(
        context: Context,
        policy: Policy = Policy.DEFAULT,
        name: String = DEFAULT_NAME,
        autoLockSeconds: Int? = AUTO_LOCK_S,
        platform: Platform = phoneOf(context),
    ): WalletLock = WalletLock.shared(context, policy, name, autoLockSeconds, platform)
}

/** While the application itself is being made, its contexts do not lead to it yet. */
private fun applicationOf(context: Context): Application =
    generateSequence(context.applicationContext ?: context) { (it as? ContextWrapper)?.baseContext }
        .filterIsInstance<Application>()
        .firstOrNull() ?: throw IllegalArgumentException("no context of an app's")

private fun phoneOf(context: Context): Platform = Platform.android(context, AndroidBiometrics(context))

/** Until the phone is unlocked for the first time the app's files are there, but not to be read. */
private fun folderIn(context: Context): File {
    val user = context.getSystemService(UserManager::class.java)
    if (user?.isUserUnlocked == false) throw LockException.BeforeFirstUnlock()
    // If it cannot be made, opening says so.
    return File(context.noBackupFilesDir, "walletlock").apply { mkdirs() }
}

private const val DEFAULT_NAME = "wallet"

/** As long as many wallet apps wait. Our own choice. */
private const val AUTO_LOCK_S = 30

private val NAME = Regex("[A-Za-z0-9_-]{1,64}")
