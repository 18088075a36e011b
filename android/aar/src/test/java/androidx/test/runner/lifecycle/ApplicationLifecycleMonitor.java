package androidx.test.runner.lifecycle;

/** Stands in for the class of this name. Nobody asks it. */
public interface ApplicationLifecycleMonitor {}
