package dev.walletlock.phone;

import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyInfo;
import android.security.keystore.KeyPermanentlyInvalidatedException;
import android.security.keystore.StrongBoxUnavailableException;
import android.security.keystore.UserNotAuthenticatedException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.KeySpec;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeMap;
import javax.crypto.KeyGeneratorSpi;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.spec.SecretKeySpec;

/**
 * A model of a phone's keystore, behind the classes that Java reaches it by: `AndroidKeyStore`. Strict: what a phone would refuse or not
 * know fails here too. There is one at a time, the phone's.
 */
public final class PhoneKeystore extends Provider {
    private static final long serialVersionUID = 1;
    private static final int PURPOSE_SIGN = 4;
    private static PhoneKeystore phone;

    public final transient TreeMap<String, PhoneKey> keys = new TreeMap<>();
    public transient boolean hasStrongBox;
    public transient long strongBoxTakesMs;
    public transient boolean isPhoneLocked;
    /** Begun and neither ended nor given up: a phone has few at a time. */
    public transient int openOperations;
    /** Keys that another one replaced, and what they protected with it. */
    public transient int replaced;

    public PhoneKeystore() {
        super("AndroidKeyStore", "1.0", "a model");
        phone = this;
        putService(service("KeyStore", "AndroidKeyStore", Store.class));
        putService(service("KeyGenerator", "HmacSHA256", Generator.class));
        putService(service("SecretKeyFactory", "HmacSHA256", Factory.class));
        Service mac = new Service(
            this, "Mac", "HmacSHA256", Hmac.class.getName(), List.of(),
            Collections.singletonMap("SupportedKeyClasses", PhoneKey.class.getName()));
        putService(mac);
    }

    private Service service(String type, String algorithm, Class<?> spi) {
        return new Service(this, type, algorithm, spi.getName(), List.of(), null);
    }

    public static final class Store extends KeyStoreSpi {
        private boolean isLoaded;

        private TreeMap<String, PhoneKey> keys() {
            if (!isLoaded) {
                throw new IllegalStateException("it has to be loaded first");
            }
            return phone.keys;
        }

        @Override
        public void engineLoad(InputStream stream, char[] password) {
            if (stream != null || password != null) {
                throw new IllegalArgumentException("it is nowhere but in the phone");
            }
            isLoaded = true;
        }

        @Override
        public Key engineGetKey(String alias, char[] password) throws UnrecoverableKeyException {
            PhoneKey key = keys().get(alias);
            if (key != null && key.isInvalidated) {
                UnrecoverableKeyException thrown = new UnrecoverableKeyException("no key of that name");
                thrown.initCause(new KeyPermanentlyInvalidatedException());
                throw thrown;
            }
            return key;
        }

        @Override
        public boolean engineContainsAlias(String alias) {
            return keys().containsKey(alias);
        }

        @Override
        public Enumeration<String> engineAliases() {
            return Collections.enumeration(List.copyOf(keys().keySet()));
        }

        @Override
        public void engineDeleteEntry(String alias) {
            keys().remove(alias);
        }

        @Override
        public int engineSize() {
            return keys().size();
        }

        @Override
        public boolean engineIsKeyEntry(String alias) {
            return keys().containsKey(alias);
        }

        @Override
        public Certificate[] engineGetCertificateChain(String alias) {
            return null;
        }

        @Override
        public Certificate engineGetCertificate(String alias) {
            return null;
        }

        @Override
        public Date engineGetCreationDate(String alias) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineSetKeyEntry(String alias, Key key, char[] password, Certificate[] chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineSetCertificateEntry(String alias, Certificate certificate) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean engineIsCertificateEntry(String alias) {
            return false;
        }

        @Override
        public String engineGetCertificateAlias(Certificate certificate) {
            return null;
        }

        @Override
        public void engineStore(OutputStream stream, char[] password) {
            throw new UnsupportedOperationException();
        }
    }

    public static final class Generator extends KeyGeneratorSpi {
        private KeyGenParameterSpec spec;

        @Override
        protected void engineInit(AlgorithmParameterSpec spec, SecureRandom random)
            throws InvalidAlgorithmParameterException {
            if (!(spec instanceof KeyGenParameterSpec) || ((KeyGenParameterSpec) spec).purposes != PURPOSE_SIGN) {
                throw new InvalidAlgorithmParameterException("an HMAC key is one to sign with");
            }
            this.spec = (KeyGenParameterSpec) spec;
        }

        @Override
        protected void engineInit(SecureRandom random) {
            throw new UnsupportedOperationException("it has to know what for");
        }

        @Override
        protected void engineInit(int bits, SecureRandom random) {
            throw new UnsupportedOperationException("it has to know what for");
        }

        @Override
        protected SecretKey engineGenerateKey() {
            if (spec == null) {
                throw new IllegalStateException("Not initialized");
            }
            if (spec.isStrongBoxBacked && !phone.hasStrongBox) {
                throw new StrongBoxUnavailableException();
            }
            PhoneKey key = new PhoneKey(spec);
            if (phone.keys.put(spec.alias, key) != null) {
                phone.replaced++;
            }
            return key;
        }
    }

    public static final class Hmac extends MacSpi {
        private PhoneKey key;
        private Mac operation;

        @Override
        protected int engineGetMacLength() {
            return 32;
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec spec) throws InvalidKeyException {
            giveUp();
            this.key = (PhoneKey) key;
            begin();
        }

        private void begin() throws InvalidKeyException {
            if (key.isInvalidated || !phone.keys.containsValue(key)) {
                throw new KeyPermanentlyInvalidatedException();
            }
            if (phone.isPhoneLocked && key.isUnlockedDeviceRequired) {
                throw new UserNotAuthenticatedException();
            }
            try {
                operation = Mac.getInstance("HmacSHA256", "SunJCE");
            } catch (java.security.GeneralSecurityException failed) {
                throw new AssertionError(failed);
            }
            operation.init(new SecretKeySpec(key.bytes, "HmacSHA256"));
            phone.openOperations++;
        }

        private void giveUp() {
            if (operation != null) {
                operation = null;
                phone.openOperations--;
            }
        }

        @Override
        protected void engineUpdate(byte input) {
            engineUpdate(new byte[] {input}, 0, 1);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            operation.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            if (key.isInStrongBox) {
                long end = System.nanoTime() + phone.strongBoxTakesMs * 1_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            }
            byte[] output = operation.doFinal();
            giveUp();
            return output;
        }

        @Override
        protected void engineReset() {
            giveUp();
        }
    }

    public static final class Factory extends SecretKeyFactorySpi {
        @Override
        protected KeySpec engineGetKeySpec(SecretKey key, Class<?> keySpec) {
            if (keySpec != KeyInfo.class) {
                throw new UnsupportedOperationException("it gives away nothing else");
            }
            return new KeyInfo(((PhoneKey) key).isInStrongBox ? 2 : 1);
        }

        @Override
        protected SecretKey engineGenerateSecret(KeySpec keySpec) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SecretKey engineTranslateKey(SecretKey key) {
            throw new UnsupportedOperationException();
        }
    }
}
