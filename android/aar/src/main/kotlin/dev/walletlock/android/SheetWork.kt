package dev.walletlock.android

import android.content.Context
import android.net.Uri
import dev.walletlock.Channel
import dev.walletlock.ChannelState
import dev.walletlock.FactorKind
import dev.walletlock.RecoveryCode
import dev.walletlock.RecoveryStatus
import dev.walletlock.SecondFactor
import dev.walletlock.Session
import dev.walletlock.Task
import dev.walletlock.WalletLock

/** What stands on the recovery sheet. It holds a code that was just made, in memory only, as long as the session lives. */
internal class SheetWork(lock: WalletLock) : SessionWork(lock) {
    /** Those that are in force, in the owner's order. Null: not known yet. */
    var channels: List<Channel>? = null
        private set
    var policy: SettingsPolicy? = null
        private set
    var recovery: RecoveryStatus? = null
        private set
    private var factor: SecondFactor? = null

    /** The code that was just made. Null: none was, or it is not known any more. */
    var code: RecoveryCode? = null
        private set

    /** Whether the person wants the code on the sheet. */
    var hasCode = false
        private set

    /** What is being saved, while the person picks the place. */
    var saving: SheetFile? = null

    override suspend fun load(open: Session) {
        policy = SettingsPolicy.of(lock.policy())
        look()
    }

    override suspend fun look() {
        val open = session ?: return
        channels = open.access.channels().filter { it.state is ChannelState.InForce }
        factor = open.access.secondFactor()
        recovery = lock.recovery.status()
    }

    /** Takes over the code that the person has just made. Null: the person made none. */
    fun takeCode(made: RecoveryCode?) {
        if (made == null) return
        drop()
        code = made
        hasCode = true
        reportChange(lock)
        onChange()
    }

    fun switchCode() {
        hasCode = !hasCode && code != null
        onChange()
    }

    /** What stands on the sheet now. Null: not known yet. */
    fun sheet(context: Context): RecoverySheet? {
        val known = channels ?: return null
        val words = context.resources
        val app = RecoverySheet.Channel(words.getString(R.string.walletlock_factor_app), "")
            .takeIf { factor?.inForce == FactorKind.AUTHENTICATOR }
        return RecoverySheet(
            context.walletName(),
            System.currentTimeMillis(),
            known.map { RecoverySheet.Channel(words.words(it.kind), it.mask) } + listOfNotNull(app),
            policy?.contacts.orEmpty(),
            code.takeIf { hasCode },
        )
    }

    /** The sheet went to the printer, or was saved. */
    fun kept() = once(waits = true) { open -> note(open) }

    private suspend fun note(open: Session) {
        open.access.noteDone(Task.SHEET)
        isDone = true
    }

    /** Saves the sheet at the place that the person has picked. Null: the person has picked none. */
    fun save(place: Uri?) {
        val file = saving ?: return
        saving = null
        if (place == null) return
        // The screen is just coming back, and reads the wallet again.
        once(waits = true) { open ->
            val isWritten = file.write(place)
            if (isWritten) note(open)
            said = PinNote.Text(if (isWritten) R.string.walletlock_sheet_saved else R.string.walletlock_sheet_not_saved)
        }
    }

    /** Whether [said] says that something was done. */
    val isSaved: Boolean get() = (said as? PinNote.Text)?.words == R.string.walletlock_sheet_saved

    override fun onEnded(): Unit = drop()

    private fun drop() {
        code?.close()
        code = null
        hasCode = false
    }

    override fun close() {
        drop()
        super.close()
    }
}
