package androidx.compose.ui.viewinterop

import android.content.Context
import android.view.View
import androidx.compose.runtime.Composable

/** Stands in for the function of this name, with the same signature except for the modifier. */
@Composable
fun <T : View> AndroidView(factory: (Context) -> T, onRelease: (T) -> Unit = {}, update: (T) -> Unit = {}) = Unit
