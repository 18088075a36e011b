package android.security.keystore;

import android.os.Build;
import java.security.spec.AlgorithmParameterSpec;

/** A stand-in for a phone's. It has no call that the phone's Android does not have. */
public final class KeyGenParameterSpec implements AlgorithmParameterSpec {
    public final String alias;
    public final int purposes;
    public final boolean isStrongBoxBacked;
    public final boolean isUnlockedDeviceRequired;

    private KeyGenParameterSpec(Builder builder) {
        alias = builder.alias;
        purposes = builder.purposes;
        isStrongBoxBacked = builder.isStrongBoxBacked;
        isUnlockedDeviceRequired = builder.isUnlockedDeviceRequired;
    }

    public static final class Builder {
        private final String alias;
        private final int purposes;
        private boolean isStrongBoxBacked;
        private boolean isUnlockedDeviceRequired;

        public Builder(String alias, int purposes) {
            if (alias.isEmpty()) {
                throw new IllegalArgumentException("keystoreAlias must not be empty");
            }
            this.alias = alias;
            this.purposes = purposes;
        }

        public Builder setIsStrongBoxBacked(boolean isStrongBoxBacked) {
            Build.VERSION.since(28, "setIsStrongBoxBacked");
            this.isStrongBoxBacked = isStrongBoxBacked;
            return this;
        }

        public Builder setUnlockedDeviceRequired(boolean isUnlockedDeviceRequired) {
            Build.VERSION.since(28, "setUnlockedDeviceRequired");
            this.isUnlockedDeviceRequired = isUnlockedDeviceRequired;
            return this;
        }

        public KeyGenParameterSpec build() {
            return new KeyGenParameterSpec(this);
        }
    }
}
