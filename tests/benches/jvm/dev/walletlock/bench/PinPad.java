package dev.walletlock.bench;

import dev.walletlock.PinEntry;

/**
 * Times digits at the PIN pad and empty native methods, by turns in one warm JVM. Argument: the library with the empty method.
 * Prints one pair a line: the nanoseconds of all digits, and of as many empty calls.
 */
final class PinPad {
    /** The most digits that an entry holds. */
    private static final int DIGITS = 12;
    private static final int ENTRIES = 2_000;
    /** Pairs that do not count. After them the VM has compiled everything that is measured. */
    private static final int WARM_UP = 50;
    private static final int PAIRS = 101;

    private PinPad() {}

    public static void main(String[] arguments) {
        System.load(arguments[0]);
        PinEntry[] entries = new PinEntry[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = new PinEntry();
        }
        for (int pair = 0; pair < WARM_UP + PAIRS; pair++) {
            long ours = push(entries);
            long theirs = nothing();
            if (pair >= WARM_UP) {
                System.out.println(ours + " " + theirs);
            }
            for (PinEntry entry : entries) {
                if (entry.getLength() != DIGITS) {
                    throw new AssertionError("a digit was lost");
                }
                entry.clear();
            }
        }
    }

    private static long push(PinEntry[] entries) {
        long begin = System.nanoTime();
        for (PinEntry entry : entries) {
            for (int digit = 0; digit < DIGITS; digit++) {
                entry.push(digit % 10);
            }
        }
        return System.nanoTime() - begin;
    }

    private static long nothing() {
        long begin = System.nanoTime();
        for (int call = 0; call < ENTRIES * DIGITS; call++) {
            RawJni.nothing();
        }
        return System.nanoTime() - begin;
    }
}
