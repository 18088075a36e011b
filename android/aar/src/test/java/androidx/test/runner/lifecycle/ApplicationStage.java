package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: the lifecycle steps of an application that Robolectric reports. */
public enum ApplicationStage {
    PRE_ON_CREATE,
    CREATED
}
