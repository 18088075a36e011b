package dev.walletlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.walletlock.fakes.FakePhone;
import dev.walletlock.ffi.UniffiWithHandle;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import kotlin.Unit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written in Java, which can call the facade's internal native methods: the facade's own listener never throws. */
@Tag("jni")
class ThrowingListenerTest {
    private static final byte VALUE = 0;

    @TempDir
    private File folder;

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static long number(byte[] answer) {
        assertEquals(VALUE, answer[0]);
        return ByteBuffer.wrap(answer, 1, Long.BYTES).getLong();
    }

    @Test
    void isNoFaultOfTheCallThatToldIt() throws Exception {
        // Loads the library.
        new PinEntry().close();
        List<Throwable> thrown = List.of(
            new IllegalStateException("835179"), new IOException("checked"), new AssertionError(),
            new StackOverflowError(), new OutOfMemoryError("so it says"));
        FakePhone phone = new FakePhone();
        List<Event> heard = new ArrayList<>();
        String path = new File(folder, "wallet.db").getPath();
        Phone throwing = new Phone(phone.getPlatform(), event -> {
            heard.add(event);
            ThrowingListenerTest.<RuntimeException>throwAny(thrown.get(heard.size() % thrown.size()));
            return Unit.INSTANCE;
        });
        long mine = number(Native.open(path, "walletlock", throwing));
        List<Event> heardByOther = new ArrayList<>();
        long other = number(Native.open(path, "walletlock", new Phone(phone.getPlatform(), event -> {
            heardByOther.add(event);
            return Unit.INSTANCE;
        })));
        enrol(mine);
        for (int round = 0; round < thrown.size(); round++) {
            long wrong = typed(2, 6, 4, 8, 3, round);
            assertEquals(VALUE, Native.verifyPin(mine, wrong)[0]);
            assertEquals(0, Native.length(wrong));
            Native.freeEntry(wrong);
            assertEquals(VALUE, Native.status(mine)[0]);
        }
        assertTrue(heard.size() >= 2 * thrown.size(), heard.toString());
        assertEquals(heard, heardByOther);
        Native.freeLock(mine);
        Native.freeLock(other);
    }

    private static long typed(int... digits) {
        long entry = Native.newEntry();
        assertNotEquals(0, entry);
        for (int digit : digits) {
            assertEquals(1, Native.push(entry, digit));
        }
        return entry;
    }

    private static void enrol(long lock) throws Exception {
        // The generated objects own the handles that they are given.
        dev.walletlock.ffi.PinEntry entry =
            new dev.walletlock.ffi.PinEntry(UniffiWithHandle.INSTANCE, typed(8, 3, 5, 1, 7, 9));
        dev.walletlock.ffi.WalletLock shared =
            new dev.walletlock.ffi.WalletLock(UniffiWithHandle.INSTANCE, Native.shareLock(lock));
        shared.enrol(entry, List.of()).destroy();
        shared.destroy();
        entry.destroy();
    }
}
