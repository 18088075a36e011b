package dev.walletlock

import dev.walletlock.fakes.FakePhone
import java.io.File
import java.util.jar.JarFile
import kotlin.reflect.KClass

/** A published artifact, seen from outside. */
enum class Artifact(one: KClass<*>, dump: String) {
    FACADE(WalletLock::class, "../kotlin/api/walletlock.api"),
    FAKES(FakePhone::class, "api/walletlock-fakes.api"),
    ;

    /** The checked-in dump of the public API. */
    val dump = File(dump)

    /** The jar, or the folder of classes that it is made from. */
    val place = File(one.java.protectionDomain.codeSource.location.toURI())

    /** Every class in it. */
    fun classes(): List<ByteArray> =
        if (place.isDirectory) {
            place.walk().filter { it.extension == "class" }.map { it.readBytes() }.toList()
        } else {
            JarFile(place).use { jar ->
                val entries = jar.entries().asSequence().filter { it.name.endsWith(".class") }
                entries.map { jar.getInputStream(it).readBytes() }.toList()
            }
        }
}
