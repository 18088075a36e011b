package android.content

/** As much of Android's class as the library calls. The same holds for all classes in these folders. */
class Context(private val resolver: ContentResolver) {
    fun getApplicationContext(): Context = this
    fun getContentResolver(): ContentResolver = resolver
}

class ContentResolver(val globalSettings: () -> Map<String, Int>)
