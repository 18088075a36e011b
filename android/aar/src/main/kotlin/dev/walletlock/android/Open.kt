package dev.walletlock.android

import android.content.Context
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
 * @param name tells wallets of one app apart: up to 64 of `A-Z a-z 0-9 _ -`. Keep it: it names the device keys too.
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
 * For Java: the lock, opened with a Context.
 *
 * ```
 * CompletableFuture<WalletLock> lock = FromJava.future(c -> WalletLocks.open(context, c));
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
}

private fun phoneOf(context: Context): Platform = Platform.android(context, AndroidBiometrics(context))

/** Until the phone is unlocked for the first time the app's files are there, but not to be read. */
private fun folderIn(context: Context): File {
    val user = context.getSystemService(UserManager::class.java)
    if (user?.isUserUnlocked == false) throw LockException.BeforeFirstUnlock()
    // If it cannot be made, opening says so.
    return File(context.noBackupFilesDir, "walletlock").apply { mkdirs() }
}

private const val DEFAULT_NAME = "wallet"

private val NAME = Regex("[A-Za-z0-9_-]{1,64}")
