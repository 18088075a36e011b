package android.content;

/** A stand-in for Android's class. */
public final class Context {
    private final ContentResolver resolver;
    private final Context application;

    /** If {@code application} is null, the context of an application. Otherwise that of a screen of this application. */
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
