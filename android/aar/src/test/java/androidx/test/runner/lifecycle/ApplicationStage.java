package androidx.test.runner.lifecycle;

/** Stands in for the class of this name: the steps of an application that Robolectric tells of. */
public enum ApplicationStage {
    PRE_ON_CREATE,
    CREATED
}
