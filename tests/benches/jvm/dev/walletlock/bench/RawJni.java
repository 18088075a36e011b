package dev.walletlock.bench;

/** A native method that does nothing. */
final class RawJni {
    private RawJni() {}

    static native void nothing();
}
