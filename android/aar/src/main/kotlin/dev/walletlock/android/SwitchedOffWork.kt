package dev.walletlock.android

import dev.walletlock.BiometricChange
import dev.walletlock.BringingBack
import dev.walletlock.Closed
import dev.walletlock.Session
import dev.walletlock.SwitchedOff
import dev.walletlock.WalletLock

/** What a person brings back that was closed or switched off. */
internal class SwitchedOffWork(lock: WalletLock) : SessionWork(lock) {
    /** Null: not known yet. */
    var list: List<SwitchedOff>? = null
        private set

    override suspend fun load(open: Session): Unit = look()

    override suspend fun look() {
        list = session?.access?.switchedOff()
    }

    fun bringBack(off: SwitchedOff) = change { open ->
        val end = open.access.bringBack(off)
        when {
            end == BringingBack.DONE -> back()
            end == BringingBack.WAITS -> said = PinNote.Text(R.string.walletlock_off_waits)
            end == BringingBack.TOO_LATE -> said = PinNote.Text(R.string.walletlock_off_too_late)
            off.what is Closed.Biometrics -> {
                val change = open.access.enableBiometrics()
                if (change is BiometricChange.Done) back() else said = PinNote.BiometricsNotSwitchedOn(change)
            }
            else -> said = PinNote.Text(R.string.walletlock_off_anew)
        }
    }

    private fun back() {
        isDone = true
        said = PinNote.Text(R.string.walletlock_off_back)
    }

    /** Whether [said] says that something is back. */
    val isBack: Boolean get() = (said as? PinNote.Text)?.words == R.string.walletlock_off_back
}
