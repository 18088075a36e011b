package com.example.wallet

import android.app.Activity
import android.view.View

/** The view with this id in the layout that was set. Android's own `requireViewById` does not exist before Android 9. */
internal fun <T : View> Activity.requireView(id: Int): T = checkNotNull(findViewById(id))

/** The view with this id below this view. */
internal fun <T : View> View.requireView(id: Int): T = checkNotNull(findViewById(id))
