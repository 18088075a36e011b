package androidx.test.runner.intent;

/** Stands in for the class of this name. It is not used. */
public interface IntentMonitor {}
