package dev.walletlock.phone

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.graphics.Canvas
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.android.Unguarded

/** A screen with what the sample wallet does not have: a text field, a dialog, crashes, and a result. */
@Unguarded
class ActivityForTesting : Activity() {
    lateinit var field: EditText
        private set

    /** The request code and the result code that were delivered last. */
    var lastResult: Pair<Int, Int>? = null
        private set

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val column = LinearLayout(this).apply { orientation = LinearLayout.VERTICAL; setPadding(40, 160, 40, 40) }
        val answer = TextView(this).apply { text = "Nothing" }
        column.addView(answer)
        fun button(label: String, act: () -> Unit) = column.addView(Button(this).apply { text = label; setOnClickListener { act() } })
        button("Fail") { error("a fault of the app's") }
        button("Fail to draw") {
            column.addView(object : View(this) {
                override fun onDraw(canvas: Canvas) = error("it cannot be drawn")
            }, 40, 40)
        }
        button("Ask") {
            AlertDialog.Builder(this).setTitle("Really?").setMessage("It cannot be undone.")
                .setPositiveButton("Yes") { _, _ -> answer.text = "Done so" }.setNegativeButton("No", null).show()
        }
        field = EditText(this).apply { hint = "Name" }
        column.addView(field)
        setContentView(column)
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        lastResult = requestCode to resultCode
    }
}
