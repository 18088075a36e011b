package androidx.test.runner.intent;

/** Stands in for the class of this name: Robolectric asks whether a test answers intents itself. None does. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }
}
