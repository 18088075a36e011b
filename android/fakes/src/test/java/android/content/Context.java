package android.content;

/** A stand-in for a phone's. */
public final class Context {
    private final ContentResolver resolver;
    private final Context application;

    /** An application's, or, with an application's, that of a screen, which has no settings. */
    public Context(ContentResolver resolver, Context application) {
        this.resolver = resolver;
        this.application = application;
    }

    public Context getApplicationContext() {
        return application == null ? this : application;
    }

    public ContentResolver getContentResolver() {
        return resolver;
    }
}
