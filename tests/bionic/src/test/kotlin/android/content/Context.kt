package android.content

/** Of Android's own class as much as the library calls; so are all in these folders. */
class Context(private val resolver: ContentResolver) {
    fun getApplicationContext(): Context = this
    fun getContentResolver(): ContentResolver = resolver
}

class ContentResolver(val globalSettings: () -> Map<String, Int>)
