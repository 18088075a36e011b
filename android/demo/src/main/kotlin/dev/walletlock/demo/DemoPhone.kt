package dev.walletlock.demo

import dev.walletlock.Platform
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import java.nio.file.Files
import java.nio.file.Path
import java.util.Date
import kotlin.io.path.listDirectoryEntries

/** The demo's replacement for a phone: a folder with its clock, its keystore, and one wallet. */
internal class DemoPhone(private val folder: Path) {
    /** The wallet's database. */
    val database: Path = Files.createDirectories(folder).resolve("wallet.db")
    val clock = DemoClock(folder.resolve("clock"))
    private val keys = folder.resolve("insecure-device-keys")
    val deviceKey = InsecureFileDeviceKey(keys)
    val sensor = InsecureSensor(deviceKey)
    private val platform = Platform(clock, deviceKey, entropy = null, sensor)

    suspend fun open(policy: Policy): WalletLock = WalletLock.shared(database.toFile(), platform, policy)

    /** Deletes the wallet's files and all keys. No wallet may be open on this phone. */
    fun reset() {
        walletFiles().forEach(Files::delete)
        Files.deleteIfExists(keys)
    }

    /**
     * Copies the wallet's files, without the keys: a phone's keystore gives no keys out. No wallet may be open on this
     * phone.
     */
    fun copyWallet(): WalletCopy = walletFiles().associateWith(Files::readAllBytes)

    /** Replaces the wallet's files by [copy]. No wallet may be open on this phone. */
    fun putBack(copy: WalletCopy) {
        walletFiles().forEach(Files::delete)
        copy.forEach(Files::write)
    }

    private fun walletFiles(): List<Path> = folder.listDirectoryEntries("${database.fileName}*")

    /** The date on the phone's screen, by its wall clock. */
    val date: Date get() = Date(clock.now().wallMs)
}

/** The contents of a wallet's files, by path. */
internal typealias WalletCopy = Map<Path, ByteArray>

/** The policy in a resource of the demo. */
internal fun policyNamed(resource: String): Policy {
    val text = checkNotNull(DemoPhone::class.java.getResource(resource)) { "no such resource: $resource" }.readText()
    return Policy.json(text)
}

/** The app on a [DemoPhone]. It can be ended and started again. */
internal class DemoApp private constructor(
    val phone: DemoPhone,
    private val policy: Policy,
    lock: WalletLock,
) : AutoCloseable {
    /** Replaced by a new lock at each [restart]. */
    var lock: WalletLock = lock
        private set

    /** Ends the app and starts it again. [meanwhile] runs in between, while no wallet is open. */
    suspend fun restart(meanwhile: () -> Unit = {}) {
        end()
        meanwhile()
        lock = phone.open(policy)
    }

    /**
     * Ends the app, and waits until nothing has its database open. A lock that still makes a key is closed in the background;
     * opening another one waits for that.
     */
    suspend fun end() {
        lock.close()
        phone.open(policy).close()
    }

    suspend fun restartPhone() = restart { phone.clock.reboot() }

    override fun close() = lock.close()

    companion object {
        suspend fun start(phone: DemoPhone, policy: Policy) = DemoApp(phone, policy, phone.open(policy))
    }
}
