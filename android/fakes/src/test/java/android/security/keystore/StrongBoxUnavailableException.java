package android.security.keystore;

import java.security.ProviderException;

/** A stand-in for a phone's. */
public class StrongBoxUnavailableException extends ProviderException {}
