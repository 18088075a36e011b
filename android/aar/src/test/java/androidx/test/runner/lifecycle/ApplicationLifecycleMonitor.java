package androidx.test.runner.lifecycle;

/** Stands in for the class of this name. It is not used. */
public interface ApplicationLifecycleMonitor {}
