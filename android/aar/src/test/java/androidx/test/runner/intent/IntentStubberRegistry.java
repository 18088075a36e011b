package androidx.test.runner.intent;

/** Stands in for the class of this name. Robolectric asks it whether a test answers intents itself: none does. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }
}
