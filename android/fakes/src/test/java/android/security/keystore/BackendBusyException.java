package android.security.keystore;

import java.security.ProviderException;

/** A stand-in for Android's class. */
public class BackendBusyException extends ProviderException {}
