package dev.walletlock.bench;

import dev.walletlock.Clock;
import dev.walletlock.ClockReading;
import dev.walletlock.DeviceKey;
import dev.walletlock.DeviceKeyException;
import dev.walletlock.DeviceKeyFault;
import dev.walletlock.FromJava;
import dev.walletlock.KeyPurpose;
import dev.walletlock.LockStatus;
import dev.walletlock.PinEntry;
import dev.walletlock.Platform;
import dev.walletlock.WalletLock;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kotlin.LazyKt;

/**
 * The first thing that an app asks of the lock, in a JVM of its own: an empty PIN entry, which loads the native library. Then
 * opens the lock and reads its status. Argument: the folder for the wallet. Prints the nanoseconds of both.
 */
final class FirstCall {
    private FirstCall() {}

    public static void main(String[] arguments) throws Exception {
        // Warms up what an app has used before: it is written in Kotlin, and the JVM's own HMAC is not what is measured.
        LazyKt.lazy(() -> "used").getValue();
        Keys keys = new Keys();
        Clock clock = () -> new ClockReading(1, System.nanoTime() / 1_000_000, System.currentTimeMillis());
        long begin = System.nanoTime();
        PinEntry entry = new PinEntry();
        long first = System.nanoTime();
        Platform platform = new Platform(clock, keys);
        File file = new File(arguments[0], "wallet.db");
        WalletLock lock = FromJava.blocking(c -> WalletLock.open(file, platform, c));
        LockStatus status = lock.getStatus().getValue();
        long opened = System.nanoTime();
        if (entry.getLength() != 0 || !status.equals(LockStatus.Unconfigured.INSTANCE)) {
            throw new AssertionError("not as it should be: " + status);
        }
        System.out.println((first - begin) + " " + (opened - first));
        // The lock is not closed: JNA may still be starting in the background, and the process need not wait for it.
        Runtime.getRuntime().halt(0);
    }

    /** A keystore in memory. */
    private static final class Keys implements DeviceKey {
        private final Map<String, Mac> keys = new TreeMap<>();

        Keys() throws Exception {
            mac("warm").doFinal();
        }

        private static Mac mac(String alias) throws Exception {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(alias.getBytes(), "HmacSHA256"));
            return mac;
        }

        @Override
        public synchronized List<String> aliases(String prefix) {
            return new ArrayList<>(keys.keySet());
        }

        @Override
        public synchronized boolean exists(String alias) {
            return keys.containsKey(alias);
        }

        @Override
        public synchronized void create(String alias, KeyPurpose purpose) {
            try {
                keys.put(alias, mac(alias));
            } catch (Exception failed) {
                throw new DeviceKeyException(DeviceKeyFault.FAILED, failed);
            }
        }

        @Override
        public synchronized void ready(String alias) {
            if (!keys.containsKey(alias)) {
                throw new DeviceKeyException(DeviceKeyFault.GONE);
            }
        }

        @Override
        public synchronized byte[] hmac(String alias, byte[] input) {
            ready(alias);
            return keys.get(alias).doFinal(input);
        }

        @Override
        public synchronized void delete(String alias) {
            keys.remove(alias);
        }
    }
}
