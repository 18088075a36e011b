package android.content;

import java.util.HashMap;
import java.util.Map;

/** A stand-in for Android's class. It holds the values of `Settings.Global`. */
public final class ContentResolver {
    /** The settings that exist, by name. */
    public final Map<String, Integer> global = new HashMap<>();
}
