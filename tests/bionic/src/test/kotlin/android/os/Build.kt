package android.os

class Build {
    class VERSION {
        companion object {
            /** The version of Android that the modelled phone has. */
            @JvmField
            var SDK_INT = 35
        }
    }
}
