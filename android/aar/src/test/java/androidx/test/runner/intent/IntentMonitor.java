package androidx.test.runner.intent;

/** Stands in for the class of this name. Nobody asks it. */
public interface IntentMonitor {}
