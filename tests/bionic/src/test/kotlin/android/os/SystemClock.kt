package android.os

/** The clock that nobody can set. The modelled keystore moves it on where a call would take time. */
class SystemClock private constructor() {
    companion object {
        @Volatile
        var nowMs = 3_600_000L

        @JvmStatic
        fun elapsedRealtime(): Long = nowMs
    }
}
