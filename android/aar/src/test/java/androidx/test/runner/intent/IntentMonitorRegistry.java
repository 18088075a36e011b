package androidx.test.runner.intent;

/** Stands in for the class of this name: Robolectric registers here what nobody asks for. */
public final class IntentMonitorRegistry {
    private IntentMonitorRegistry() {}

    public static void registerInstance(IntentMonitor monitor) {}
}
