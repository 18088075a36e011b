package android.provider;

import android.content.ContentResolver;

/** A stand-in for Android's class. */
public final class Settings {
    private Settings() {}

    public static class SettingNotFoundException extends Exception {
        SettingNotFoundException(String name) {
            super(name);
        }
    }

    public static final class Global {
        private Global() {}

        public static int getInt(ContentResolver resolver, String name) throws SettingNotFoundException {
            Integer value = resolver.global.get(name);
            if (value == null) {
                throw new SettingNotFoundException(name);
            }
            return value;
        }
    }
}
