package android.security.keystore;

import android.os.Build;
import java.security.spec.AlgorithmParameterSpec;

/** A stand-in for Android's class. A setter throws if the API level does not have it. */
public final class KeyGenParameterSpec implements AlgorithmParameterSpec {
    private final Builder builder;

    private KeyGenParameterSpec(Builder builder) {
        this.builder = builder;
    }

    public String getKeystoreAlias() {
        return builder.alias;
    }

    public int getPurposes() {
        return builder.purposes;
    }

    public int getKeySize() {
        return builder.keySize;
    }

    public String[] getBlockModes() {
        return builder.blockModes.clone();
    }

    public String[] getEncryptionPaddings() {
        return builder.encryptionPaddings.clone();
    }

    public String[] getDigests() {
        if (builder.digests == null) {
            throw new IllegalStateException("Digests not specified");
        }
        return builder.digests.clone();
    }

    public boolean isRandomizedEncryptionRequired() {
        return true;
    }

    public boolean isStrongBoxBacked() {
        return builder.isStrongBoxBacked;
    }

    public boolean isUnlockedDeviceRequired() {
        return builder.isUnlockedDeviceRequired;
    }

    public boolean isUserAuthenticationRequired() {
        return builder.isUserAuthenticationRequired;
    }

    public int getUserAuthenticationValidityDurationSeconds() {
        return builder.authenticationSeconds;
    }

    public int getUserAuthenticationType() {
        return builder.authenticators;
    }

    public boolean isInvalidatedByBiometricEnrollment() {
        return builder.isInvalidatedByBiometricEnrollment;
    }

    public static final class Builder {
        private static final int BIOMETRIC_STRONG = 2;

        private final String alias;
        private final int purposes;
        private int keySize = -1;
        private String[] blockModes = {};
        private String[] encryptionPaddings = {};
        private String[] digests;
        private boolean isStrongBoxBacked;
        private boolean isUnlockedDeviceRequired;
        private boolean isUserAuthenticationRequired;
        private int authenticationSeconds;
        private int authenticators = BIOMETRIC_STRONG;
        private boolean isInvalidatedByBiometricEnrollment = true;

        public Builder(String alias, int purposes) {
            if (alias.isEmpty()) {
                throw new IllegalArgumentException("keystoreAlias must not be empty");
            }
            this.alias = alias;
            this.purposes = purposes;
        }

        public Builder setKeySize(int keySize) {
            if (keySize < 0) {
                throw new IllegalArgumentException("keySize < 0");
            }
            this.keySize = keySize;
            return this;
        }

        public Builder setBlockModes(String... blockModes) {
            this.blockModes = blockModes.clone();
            return this;
        }

        public Builder setEncryptionPaddings(String... encryptionPaddings) {
            this.encryptionPaddings = encryptionPaddings.clone();
            return this;
        }

        public Builder setDigests(String... digests) {
            this.digests = digests.clone();
            return this;
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

        public Builder setUserAuthenticationRequired(boolean isUserAuthenticationRequired) {
            this.isUserAuthenticationRequired = isUserAuthenticationRequired;
            return this;
        }

        public Builder setUserAuthenticationValidityDurationSeconds(int seconds) {
            if (seconds < -1) {
                throw new IllegalArgumentException("seconds must be -1 or larger");
            }
            authenticationSeconds = seconds;
            return this;
        }

        public Builder setUserAuthenticationParameters(int seconds, int authenticators) {
            Build.VERSION.since(30, "setUserAuthenticationParameters");
            if (seconds < 0) {
                throw new IllegalArgumentException("timeout must be 0 or larger");
            }
            authenticationSeconds = seconds;
            this.authenticators = authenticators;
            return this;
        }

        public Builder setInvalidatedByBiometricEnrollment(boolean isInvalidated) {
            isInvalidatedByBiometricEnrollment = isInvalidated;
            return this;
        }

        public KeyGenParameterSpec build() {
            return new KeyGenParameterSpec(this);
        }
    }
}
