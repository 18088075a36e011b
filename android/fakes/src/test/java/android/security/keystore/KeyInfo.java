package android.security.keystore;

import android.os.Build;
import java.security.spec.KeySpec;

/** A stand-in for a phone's. */
public final class KeyInfo implements KeySpec {
    private final int securityLevel;

    public KeyInfo(int securityLevel) {
        this.securityLevel = securityLevel;
    }

    public int getSecurityLevel() {
        Build.VERSION.since(31, "getSecurityLevel");
        return securityLevel;
    }

    public boolean isInsideSecureHardware() {
        return securityLevel > 0;
    }
}
