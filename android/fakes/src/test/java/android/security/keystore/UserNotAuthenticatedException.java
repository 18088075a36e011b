package android.security.keystore;

import java.security.InvalidKeyException;

/** A stand-in for a phone's. */
public class UserNotAuthenticatedException extends InvalidKeyException {}
