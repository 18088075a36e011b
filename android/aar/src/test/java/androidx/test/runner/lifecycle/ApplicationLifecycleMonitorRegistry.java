package androidx.test.runner.lifecycle;

/** Stands in for the class of this name. What Robolectric registers here is not used. */
public final class ApplicationLifecycleMonitorRegistry {
    private ApplicationLifecycleMonitorRegistry() {}

    public static void registerInstance(ApplicationLifecycleMonitor monitor) {}
}
