package android.os;

/** A stand-in for a phone's. */
public final class Build {
    private Build() {}

    public static final class VERSION {
        /** Which Android it is. On a phone nobody can set it. */
        public static int SDK_INT = 35;

        private VERSION() {}

        /** Fails as a call does that this Android does not have. */
        public static void since(int sdk, String method) {
            if (SDK_INT < sdk) {
                throw new NoSuchMethodError(method);
            }
        }
    }
}
