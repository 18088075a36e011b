package dev.walletlock.demo

import dev.walletlock.Platform
import dev.walletlock.Policy
import dev.walletlock.WalletLock
import java.nio.file.Files
import java.nio.file.Path
import java.util.Date
import kotlin.io.path.listDirectoryEntries

/** What stands for a phone: a folder with its clock, its keystore, and one wallet. */
internal class DemoPhone(private val folder: Path) {
    /** The wallet's database. */
    val database: Path = Files.createDirectories(folder).resolve("wallet.db")
    val clock = DemoClock(folder.resolve("clock"))
    private val keys = folder.resolve("insecure-device-keys")
    private val deviceKey = InsecureFileDeviceKey(keys)
    val sensor = InsecureSensor(deviceKey)
    private val platform = Platform(clock, deviceKey, entropy = null, sensor)

    suspend fun open(policy: Policy): WalletLock = WalletLock.shared(database.toFile(), platform, policy)

    /** As new. No wallet may be open on it. */
    fun reset() {
        walletFiles().forEach(Files::delete)
        Files.deleteIfExists(keys)
    }

    /** The wallet's files. The keys are not among them: no phone gives those away. No wallet may be open on it. */
    fun copyWallet(): WalletCopy = walletFiles().associateWith(Files::readAllBytes)

    /** In place of what is there. No wallet may be open on it. */
    fun putBack(copy: WalletCopy) {
        walletFiles().forEach(Files::delete)
        copy.forEach(Files::write)
    }

    private fun walletFiles(): List<Path> = folder.listDirectoryEntries("${database.fileName}*")

    /** The date on its screen. */
    val date: Date get() = Date(clock.now().wallMs)
}

/** What the files of a wallet held. */
internal typealias WalletCopy = Map<Path, ByteArray>

/** A policy that ships with the demo. */
internal fun policyNamed(resource: String): Policy {
    val text = checkNotNull(DemoPhone::class.java.getResource(resource)) { "no such resource: $resource" }.readText()
    return Policy.json(text)
}

/** The app on that phone: it can be ended and started again. */
internal class DemoApp private constructor(
    val phone: DemoPhone,
    private val policy: Policy,
    lock: WalletLock,
) : AutoCloseable {
    /** A new one after each start. */
    var lock: WalletLock = lock
        private set

    /** [meanwhile], no wallet is open. */
    suspend fun restart(meanwhile: () -> Unit = {}) {
        lock.close()
        meanwhile()
        lock = phone.open(policy)
    }

    suspend fun restartPhone() = restart { phone.clock.reboot() }

    override fun close() = lock.close()

    companion object {
        suspend fun start(phone: DemoPhone, policy: Policy) = DemoApp(phone, policy, phone.open(policy))
    }
}
