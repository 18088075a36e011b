package dev.walletlock.phone;

import android.security.keystore.KeyGenParameterSpec;
import java.security.SecureRandom;
import javax.crypto.SecretKey;

/** A key that the phone keeps: it can be used, and not read. */
public final class PhoneKey implements SecretKey {
    private static final long serialVersionUID = 1;

    public final transient boolean isInStrongBox;
    public final transient boolean isUnlockedDeviceRequired;
    /** As when the person takes away the screen lock. */
    public transient boolean isInvalidated;
    final transient byte[] bytes = new byte[32];

    PhoneKey(KeyGenParameterSpec spec) {
        isInStrongBox = spec.isStrongBoxBacked;
        isUnlockedDeviceRequired = spec.isUnlockedDeviceRequired;
        new SecureRandom().nextBytes(bytes);
    }

    @Override
    public String getAlgorithm() {
        return "HmacSHA256";
    }

    @Override
    public String getFormat() {
        return null;
    }

    @Override
    public byte[] getEncoded() {
        return null;
    }
}
