package dev.walletlock

/** The facade's own classes, as far as the library knows them. */
object Native

/** In place of the facade's: the phone's own parts, by its context. */
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
