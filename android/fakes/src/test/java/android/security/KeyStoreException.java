package android.security;

import android.os.Build;

/** A stand-in for Android's class, made from a public error code. AOSP's class knows from internal codes which are transient. */
public class KeyStoreException extends Exception {
    /** ERROR_USER_AUTHENTICATION_REQUIRED. */
    private static final int NEEDS_USER = 2;

    private final int code;
    private final boolean isTransient;

    public KeyStoreException(int code, boolean isTransient) {
        super("of the keystore's");
        this.code = code;
        this.isTransient = isTransient;
    }

    public int getNumericErrorCode() {
        Build.VERSION.since(33, "getNumericErrorCode");
        return code;
    }

    public boolean isTransientFailure() {
        Build.VERSION.since(33, "isTransientFailure");
        return isTransient;
    }

    public boolean requiresUserAuthentication() {
        Build.VERSION.since(33, "requiresUserAuthentication");
        return code == NEEDS_USER;
    }
}
