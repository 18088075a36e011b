package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: the steps of an activity that Robolectric tells of. */
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
