package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: the lifecycle steps of an activity that Robolectric reports. */
public enum Stage {
    PRE_ON_CREATE,
    CREATED,
    STARTED,
    RESUMED,
    PAUSED,
    STOPPED,
    RESTARTED,
    DESTROYED
}
