package dev.walletlock

import java.nio.ByteBuffer

/**
 * The items that the wallet keeps: [Session.vault]. It lives as long as its session, and needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Vault internal constructor(private val session: Session) {
    /**
     * The bytes of [item]. Null: there is no such item. The array is a copy that you own: overwrite it with zeros after use.
     *
     * On a phone no other copy is left. If all calls have to go over JNA (a second class loader of a JVM, or the system
     * property `walletlock.unlock=uniffi`), one more copy stays in native memory, and nobody overwrites it.
     */
    public suspend fun read(item: String): ByteArray? =
        session.callBackend(unwanted = { it?.fill(0) }) { backend, handle -> backend.readItem(handle, item) }

    /**
     * Keeps a copy of [bytes] as [item], in place of what was there. It is on the disk when this returns. Overwrite
     * your own copy with zeros after use.
     *
     * @param item a name of 1 to 128 bytes of UTF-8. The journal keeps it too, so it must not be secret.
     * @param bytes up to 64 KiB.
     * @throws LockException.Invalid if one of the two is out of range.
     * @throws LockException.PinNeeded if biometrics opened the session.
     * @throws LockException.LimitReached if there are too many items.
     */
    public suspend fun write(item: String, bytes: ByteArray): Unit = session.call { native ->
        // Only a direct buffer reaches the native side without leaving copies behind.
        val direct = ByteBuffer.allocateDirect(bytes.size)
        try {
            direct.duplicate().put(bytes)
            native.vault().use { it.write(item, direct) }
        } finally {
            direct.duplicate().put(ByteArray(bytes.size))
        }
    }

    /**
     * Deletes [item]. False: there was no such item.
     *
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    public suspend fun delete(item: String): Boolean =
        session.call { native -> native.vault().use { it.delete(item) } }

    /** The names of all items, in order. */
    public suspend fun names(): List<String> = session.call { native -> native.vault().use { it.names() } }

    /** Says nothing about what is kept. */
    override fun toString(): String = "Vault"
}
