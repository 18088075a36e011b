package android.os;

/** A stand-in for Android's class. */
public final class Build {
    private Build() {}

    public static final class VERSION {
        /** The API level. On a phone it cannot be set. */
        public static int SDK_INT = 35;

        private VERSION() {}

        /** Throws, as on a phone whose Android does not have the method, if the API level is below {@code sdk}. */
        public static void since(int sdk, String method) {
            if (SDK_INT < sdk) {
                throw new NoSuchMethodError(method);
            }
        }
    }
}
