package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: Robolectric registers here what nobody asks for. */
public final class ActivityLifecycleMonitorRegistry {
    private ActivityLifecycleMonitorRegistry() {}

    public static void registerInstance(ActivityLifecycleMonitor monitor) {}
}
