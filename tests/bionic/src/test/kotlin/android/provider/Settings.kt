package android.provider

import android.content.ContentResolver

class Settings {
    class SettingNotFoundException(name: String) : Exception(name)

    class Global {
        companion object {
            @JvmStatic
            fun getInt(resolver: ContentResolver, name: String): Int =
                resolver.globalSettings()[name] ?: throw SettingNotFoundException(name)
        }
    }
}
