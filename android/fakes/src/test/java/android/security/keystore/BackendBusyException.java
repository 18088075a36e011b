package android.security.keystore;

import java.security.ProviderException;

/** A stand-in for a phone's. */
public class BackendBusyException extends ProviderException {}
