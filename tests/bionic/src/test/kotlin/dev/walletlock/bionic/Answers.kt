package dev.walletlock.bionic

import java.nio.ByteBuffer

/** Reads what uniffi wrote and puts it into words. The order of the constants is that of the bindings' enums. */
class Answers(private val bytes: ByteBuffer) {
    /** The session of the last `Right` or `Enrolled`. */
    var session = 0L
        private set

    fun status(): String = when (val it = constant()) {
        1 -> "Unconfigured"
        2 -> "Busy"
        3 -> "Ready(${number()})"
        4 -> "CoolingDown(${bytes.getLong()} ms, ${number()})"
        5 -> "Locked(${REASONS[constant() - 1]})"
        6 -> "Wiped"
        else -> error("LockStatus $it")
    }

    fun outcome(): String = when (val it = constant()) {
        1 -> right()
        2 -> refusal()
        else -> error("PinOutcome $it")
    }

    fun enrolment(): String = when (val it = constant()) {
        1 -> right()
        2 -> "Forbidden"
        else -> error("Enrolment $it")
    }

    fun change(): String = when (val it = constant()) {
        1 -> "Changed"
        2 -> "Forbidden"
        3 -> refusal()
        else -> error("PinChange $it")
    }

    fun word(): String = when (val it = constant()) {
        1 -> "Done(${DONE[constant() - 1]})"
        2 -> "Refused(${ERRORS[constant() - 1]})"
        else -> error("WordOutcome $it")
    }

    fun securityLevel(): String = listOf("StrongBox", "TrustedEnvironment", "Software", "Unknown")[constant() - 1]

    fun rollbackProtection(): String = listOf("On", "Off")[constant() - 1]

    /** Whether a session is open, and why the last one ended. */
    fun openSessions(): String {
        val isOpen = bytes.get().toInt() == 1
        if (isOpen) bytes.getLong()
        val lastEnd = if (bytes.get().toInt() == 0) null else listOf("Closed", "Time", "Locked", "ScreenOff", "Replaced")[constant() - 1]
        return "${if (isOpen) "open" else "closed"}, $lastEnd"
    }

    /** A string that is followed by other values. */
    fun string(): String = ByteArray(bytes.getInt()).also { bytes.get(it) }.decodeToString()

    fun fault(): String = when (val it = constant()) {
        1 -> "InUse"
        3 -> "Storage"
        4 -> "DataDamaged"
        5 -> "DeviceKey(${deviceKeyFault()})"
        6 -> "Platform"
        7 -> "Policy(${string()})"
        9 -> "WrongState"
        else -> "LockError $it"
    }

    /** A string that is all that is left. */
    fun text(): String = ByteArray(bytes.remaining()).also { bytes.get(it) }.decodeToString()

    /** An item, or null if there is none. */
    fun item(): ByteArray? = if (bytes.get().toInt() == 0) null else ByteArray(bytes.getInt()).also { bytes.get(it) }

    private fun right(): String {
        session = bytes.getLong()
        return "Right"
    }

    private fun refusal(): String = when (val it = constant()) {
        1 -> "Wrong(${number()}, ${bytes.getLong()} ms${if (bytes.get().toInt() == 1) ", repeated" else ""})"
        2 -> status()
        3 -> "NoVerdict(${cause()})"
        else -> error("Refusal $it")
    }

    private fun cause(): String = when (val it = constant()) {
        1 -> "NotAPin"
        2 -> "Platform"
        3 -> "DeviceKey(${deviceKeyFault()})"
        4 -> "Storage"
        5 -> "TryAgain"
        6 -> "NoMemory"
        else -> error("NoVerdict $it")
    }

    private fun deviceKeyFault() = listOf("Gone", "Busy", "NoHardware", "Failed")[constant() - 1]

    private fun constant() = bytes.getInt()

    private fun number(): Int? = if (bytes.get().toInt() == 0) null else bytes.getInt()

    private companion object {
        val REASONS = listOf(
            "TooManyAttempts",
            "UntilRestart",
            "DataDamaged",
            "LostOrStolen",
            "ProviderOrder",
            "LockedByOwner",
            "UnusualActivity",
            "HeartbeatExpired",
        )
        val DONE = listOf(
            "Locked",
            "Frozen",
            "Wiped",
            "KeysChanged",
            "Registered",
            "Unlocked",
            "Unfrozen",
            "HeartbeatTaken",
            "OrderWithheld",
        )
        val ERRORS = listOf("TooLong", "Malformed", "UnknownKey", "BadSignature")
    }
}
