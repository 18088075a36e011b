package android.security.keystore;

import android.os.Build;
import java.security.spec.KeySpec;

/** A stand-in for Android's class. Its fields have the names of Android's fields, because the fake keystore fills them. */
public final class KeyInfo implements KeySpec {
    private final String mKeystoreAlias;
    private int mSecurityLevel;
    private boolean mInsideSecureHardware;
    private boolean mUserAuthenticationRequired;
    private boolean mInvalidatedByBiometricEnrollment;

    public KeyInfo(String alias) {
        mKeystoreAlias = alias;
    }

    public String getKeystoreAlias() {
        return mKeystoreAlias;
    }

    public int getSecurityLevel() {
        Build.VERSION.since(31, "getSecurityLevel");
        return mSecurityLevel;
    }

    public boolean isInsideSecureHardware() {
        return mInsideSecureHardware;
    }

    public boolean isUserAuthenticationRequired() {
        return mUserAuthenticationRequired;
    }

    public boolean isInvalidatedByBiometricEnrollment() {
        return mInvalidatedByBiometricEnrollment;
    }
}
