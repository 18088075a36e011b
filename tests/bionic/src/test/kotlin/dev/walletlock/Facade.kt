package dev.walletlock

/** Stands in for the facade's class of this name: as much of it as the library calls. So do the other classes here. */
object Native

/** Stands in for the facade's class of this name: a phone whose own parts (clock, keystore) are reached through its context. */
class Phone(@JvmField val context: Any?) {
    @JvmField
    val hasEntropy = false

    @JvmField
    val hasBiometrics = false

    val events = mutableListOf<Int>()

    @Suppress("UNUSED_PARAMETER")
    fun onEvent(number: Long, wallMs: Long, kind: Int) {
        events += kind
    }
}

enum class DeviceKeyFault { GONE, BUSY, NO_HARDWARE, FAILED }

class DeviceKeyException(val fault: DeviceKeyFault) : Exception()
