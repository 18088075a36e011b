package androidx.test.runner.intent;

/** Stands in for the class of this name. What Robolectric registers here is not used. */
public final class IntentMonitorRegistry {
    private IntentMonitorRegistry() {}

    public static void registerInstance(IntentMonitor monitor) {}
}
