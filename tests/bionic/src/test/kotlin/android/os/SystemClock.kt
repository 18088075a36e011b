package android.os

/** The clock that no one can set. It goes on where the modelled keystore takes its time. */
class SystemClock private constructor() {
    companion object {
        @Volatile
        var nowMs = 3_600_000L

        @JvmStatic
        fun elapsedRealtime(): Long = nowMs
    }
}
