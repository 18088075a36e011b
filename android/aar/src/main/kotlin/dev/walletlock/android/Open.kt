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
 * The wallet is kept in `walletlock/<name>.db` in [Context.getNoBackupFilesDir], so that no backup and no transfer copies it
 * to another phone: that phone would not have the keys of this phone's keystore. May be called on the main thread: files
 * and keystore are accessed on a background thread.
 *
 * From Java, see [WalletLocks].
 *
 * @param context any context of the app: its application context is used.
 * @param policy what the app asks for. A policy that is stricter than the one in force takes effect now, an easier one with
 *   the next right PIN.
 * @param name tells wallets of one app apart: 1 to 64 of `A-Z a-z 0-9 _ -`. Do not change it later: another name is another
 *   wallet.
 * @param platform the phone's keystore, and its biometric prompt ([AndroidBiometrics]). The app's own tests, which have
 *   neither, pass the platform of a `FakePhone`.
 * @throws IllegalArgumentException if [name] is not such a name.
 * @throws LockException.BeforeFirstUnlock if the phone was restarted and has not been unlocked since.
 * @throws LockException.NoLibrary if the app was installed without the native library for this phone.
 * @throws LockException as `open` with a file does.
 */
@JvmSynthetic
public suspend fun WalletLock.Companion.open(
    context: Context,
    policy: Policy = Policy.DEFAULT,
    name: String = DEFAULT_NAME,
    platform: Platform = phoneOf(context),
): WalletLock {
    require(NAME.matches(name)) { "a wallet's name is 1 to 64 of A-Z a-z 0-9 _ -" }
    val file = withContext(Dispatchers.IO) { File(folderIn(context.applicationContext ?: context), "$name.db") }
    return open(file, platform, policy)
}

/**
 * The one lock of this app. The first call opens it, and all other calls return the same one. An app with screens uses this.
 *
 * ```
 * val lock = WalletLock.shared(context)
 * ```
 *
 * Call it wherever the lock is needed, and keep no reference. Calls at the same time open the lock once. A call that fails
 * leaves nothing behind, so the next call tries again. The app need not close it.
 *
 * The lock ends its sessions by itself ([AutoLock]) when the screen is turned off, or [autoLockSeconds] after the app was
 * left.
 *
 * From Java, see [WalletLocks].
 *
 * @param context any context of the app: its application context is used.
 * @param policy as for [open], and so are [name] and [platform]. Those of the call that opens the lock stay.
 * @param autoLockSeconds how long the app may be out of sight, in seconds. Null: the app ends its sessions itself.
 * @throws IllegalArgumentException if [name] is not such a name, or [autoLockSeconds] is negative.
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
    require(NAME.matches(name)) { "a wallet's name is 1 to 64 of A-Z a-z 0-9 _ -" }
    require(autoLockSeconds == null || autoLockSeconds >= 0) { "autoLockSeconds must not be negative" }
    val file = withContext(Dispatchers.IO) { File(folderIn(context.applicationContext ?: context), "$name.db") }
    return shared(file, platform, policy, onOpened = { lock ->
        if (autoLockSeconds != null) AutoLock.start(applicationOf(context), lock, autoLockSeconds)
    })
}

/**
 * For Java: opens the lock with a Context.
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

/** The Application of [context]. While it is being created, `getApplicationContext` may still return null. */
private fun applicationOf(context: Context): Application =
    generateSequence(context.applicationContext ?: context) { (it as? ContextWrapper)?.baseContext }
        .filterIsInstance<Application>()
        .firstOrNull() ?: throw IllegalArgumentException("context does not lead to an Application")

private fun phoneOf(context: Context): Platform = Platform.android(context, AndroidBiometrics(context))

/** The folder of the wallets. Until the phone is unlocked for the first time after a restart, its files cannot be read. */
private fun folderIn(context: Context): File {
    val user = context.getSystemService(UserManager::class.java)
    if (user?.isUserUnlocked == false) throw LockException.BeforeFirstUnlock()
    // If the folder cannot be made, opening the wallet fails and says so.
    return File(context.noBackupFilesDir, "walletlock").apply { mkdirs() }
}

private const val DEFAULT_NAME = "wallet"

/** Many wallet apps wait as long. Our own choice. */
private const val AUTO_LOCK_S = 30

private val NAME = Regex("[A-Za-z0-9_-]{1,64}")
