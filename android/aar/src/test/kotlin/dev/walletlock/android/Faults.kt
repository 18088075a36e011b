package dev.walletlock.android

import dev.walletlock.DeviceKeyFault
import dev.walletlock.LockException

/** Faults as the lock throws them. They are made by reflection, because an app cannot make most of them. */
object Faults {
    /** What opening can throw, and what a person is told then. */
    val ofOpening: List<Pair<LockException, LockTrouble>> = listOf(
        made<LockException.NoLibrary>(UnsatisfiedLinkError()) to LockTrouble.NO_LIBRARY,
        made<LockException.NewerVersion>() to LockTrouble.NEWER_VERSION,
        made<LockException.InUse>() to LockTrouble.IN_USE,
        LockException.BeforeFirstUnlock() to LockTrouble.BEFORE_FIRST_UNLOCK,
        made<LockException.Storage>() to LockTrouble.STORAGE,
        made<LockException.DeviceKey>(DeviceKeyFault.BUSY) to LockTrouble.KEYSTORE_BUSY,
        made<LockException.DeviceKey>(DeviceKeyFault.GONE) to LockTrouble.KEY_GONE,
        made<LockException.DeviceKey>(DeviceKeyFault.NO_HARDWARE) to LockTrouble.NO_KEYSTORE,
        made<LockException.DeviceKey>(DeviceKeyFault.FAILED) to LockTrouble.KEYSTORE_FAILED,
        made<LockException.DataDamaged>() to LockTrouble.DAMAGED,
        made<LockException.Platform>() to LockTrouble.PLATFORM,
        made<LockException.Policy>("name", "too long") to LockTrouble.POLICY,
        made<LockException.Internal>() to LockTrouble.OTHER,
    )

    private inline fun <reified T : LockException> made(vararg parts: Any): T =
        T::class.java.declaredConstructors.single { it.parameterCount == parts.size }
            .apply { isAccessible = true }
            .newInstance(*parts) as T
}
