package android.content;

import java.util.HashMap;
import java.util.Map;

/** A stand-in for a phone's: it holds what `Settings.Global` tells. */
public final class ContentResolver {
    /** The settings there are. */
    public final Map<String, Integer> global = new HashMap<>();
}
