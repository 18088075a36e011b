package dev.walletlock

import java.util.concurrent.ConcurrentSkipListSet
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** A keystore that derives each key from its alias: another process that knows the aliases has the same keys. */
class NamedKeys(aliases: Collection<String> = emptyList()) : DeviceKey {
    val all = ConcurrentSkipListSet(aliases)

    override fun aliases(prefix: String): List<String> = all.filter { it.startsWith(prefix) }

    override fun exists(alias: String): Boolean = alias in all

    override fun create(alias: String, purpose: KeyPurpose) = check(all.add(alias)) { "it exists" }

    override fun ready(alias: String) {
        if (alias !in all) throw DeviceKeyException(DeviceKeyFault.GONE)
    }

    override fun hmac(alias: String, input: ByteArray): ByteArray {
        ready(alias)
        val mac = Mac.getInstance("HmacSHA256")
        mac.init(SecretKeySpec(alias.toByteArray(), "HmacSHA256"))
        return mac.doFinal(input)
    }

    override fun delete(alias: String) {
        all.remove(alias)
    }
}
