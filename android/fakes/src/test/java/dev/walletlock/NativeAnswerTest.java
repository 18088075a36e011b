package dev.walletlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.walletlock.fakes.FakePhone;
import dev.walletlock.fakes.Fakes;
import java.io.File;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import kotlin.Unit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written in Java, which can call the facade's internal native methods: they too refuse an output that the facade refuses. */
@Tag("jni")
class NativeAnswerTest {
    private final FakePhone phone = new FakePhone();
    private final Prompter prompter = new Prompter();

    @TempDir
    private File folder;

    private WalletLock withFinger() throws InterruptedException {
        Platform platform = new Platform(phone.getClock(), phone.getDeviceKey(), null, prompter);
        WalletLock lock = FromJava.blocking(c -> WalletLock.open(new File(folder, "wallet.db"), platform, c));
        prompter.setOnShow(shown -> {
            shown.touches();
            return Unit.INSTANCE;
        });
        try (PinEntry entry = Fakes.pinOf("835179")) {
            Enrolment enrolment = FromJava.blocking(c -> lock.enrol(entry, c));
            try (Session session = assertInstanceOf(Enrolment.Enrolled.class, enrolment).getSession()) {
                BiometricChange change = FromJava.blocking(c -> session.getAccess().enableBiometrics(c));
                assertEquals(BiometricChange.Done.INSTANCE, change);
            }
        }
        return lock;
    }

    private static long number(BiometricAnswer answer) {
        try {
            Field handle = answer.getClass().getDeclaredField("handle");
            handle.setAccessible(true);
            return ((Handle<?>) handle.get(answer)).getNumber();
        } catch (ReflectiveOperationException changed) {
            throw new AssertionError(changed);
        }
    }

    private BiometricOutcome answered(WalletLock lock, ByteBuffer output, int position, int limit) throws InterruptedException {
        prompter.setOnShow(shown -> {
            if (output != null && output.capacity() == 40) {
                output.position(4).put(shown.output()).rewind();
            }
            Native.authenticated(number(shown.getAnswer()), output, position, limit);
            return Unit.INSTANCE;
        });
        return FromJava.blocking(c -> lock.verifyBiometrics(BiometricRequest.UNLOCK, c));
    }

    @Test
    void isReadFromADirectBufferWithinItsBoundsAndWipedThere() throws Exception {
        try (WalletLock lock = withFinger()) {
            ByteBuffer direct = ByteBuffer.allocateDirect(100);
            BiometricOutcome noVerdict = new BiometricOutcome.Ended(BiometricEnd.NO_VERDICT);
            assertEquals(noVerdict, answered(lock, null, 0, 32));
            assertEquals(noVerdict, answered(lock, ByteBuffer.allocate(32), 0, 32));
            int[][] outside = {{0, 101}, {-1, 31}, {33, 32}, {0, 61}, {Integer.MIN_VALUE, Integer.MAX_VALUE}};
            for (int[] bounds : outside) {
                assertEquals(noVerdict, answered(lock, direct, bounds[0], bounds[1]));
            }
            ByteBuffer taken = ByteBuffer.allocateDirect(40);
            for (int at = 0; at < 40; at++) {
                taken.put(at, (byte) 1);
            }
            BiometricOutcome outcome = answered(lock, taken, 4, 36);
            assertInstanceOf(BiometricOutcome.Unlocked.class, outcome).getSession().close();
            for (int at = 0; at < 40; at++) {
                assertEquals(at < 4 || at >= 36 ? 1 : 0, taken.get(at), "at " + at);
            }
        }
    }
}
