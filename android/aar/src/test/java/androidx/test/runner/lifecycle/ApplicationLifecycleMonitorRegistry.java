package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: Robolectric registers here what nobody asks for. */
public final class ApplicationLifecycleMonitorRegistry {
    private ApplicationLifecycleMonitorRegistry() {}

    public static void registerInstance(ApplicationLifecycleMonitor monitor) {}
}
