package android.security.keystore;

import java.security.InvalidKeyException;

/** A stand-in for Android's class. */
public class UserNotAuthenticatedException extends InvalidKeyException {}
