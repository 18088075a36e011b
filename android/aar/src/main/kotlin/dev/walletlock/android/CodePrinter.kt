package dev.walletlock.android

import android.content.Context
import android.graphics.Color
import android.text.format.DateUtils
import dev.walletlock.RecoveryCode

/** The colours on paper. */
internal val PAPER_INKS = CodeInks(Color.BLACK, Color.DKGRAY, Color.LTGRAY)

/** Prints the sheet with a recovery code and nothing else. */
internal class CodePrinter private constructor(context: Context, words: SheetWords, code: RecoveryCode) :
    PagePrinter(context, words.title, "recovery-code.pdf", { page -> drawSheet(page, words, PAPER_INKS, code::digit) }) {
    constructor(context: Context, code: RecoveryCode) : this(context, context.sheetWords(System.currentTimeMillis()), code)
}

/** The words on the sheet, in the person's language. */
internal fun Context.sheetWords(nowMs: Long): SheetWords = SheetWords(
    getString(R.string.walletlock_sheet_title),
    getString(R.string.walletlock_sheet_made, dateInWords(nowMs)),
    getString(R.string.walletlock_sheet_body),
)

internal fun Context.dateInWords(ms: Long): String =
    DateUtils.formatDateTime(this, ms, DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_YEAR)
