package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.PasswordEntry
import dev.walletlock.PasswordFinding
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.text.Normalizer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Why a password was not set. */
internal sealed interface PasswordNote {
    /** The account's backend did not take it. */
    data object NotTaken : PasswordNote
    data object NotReached : PasswordNote

    /** Too many were proposed in one session. */
    data object ManyProposals : PasswordNote
    class Failed(val trouble: LockTrouble) : PasswordNote
}

/** One attempt to set the password of the owner's account. In memory only. Survives a rotation; the typed text does not. */
internal class SettingPassword(private val lock: WalletLock) : AutoCloseable {
    private val entry = PasswordEntry()
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    private var judging: Job? = null
    var onChange: () -> Unit = {}

    /** What the policy asks for. Empty: not known yet. */
    var asked: List<PasswordFinding> = emptyList()
        private set

    /** The reasons against what is typed. */
    var findings: List<PasswordFinding> = emptyList()
        private set

    /** Whether the text was refused: it is too long, or has a character that no keyboard types. */
    var isRefused = false
        private set
    var isEmpty = true
        private set
    var isBusy = false
        private set
    var note: PasswordNote? = null
        private set

    /** Whether the wallet has noted the text that is typed, so that only the account has to take it. */
    private var isNoted = false

    /** The account has the password. */
    var isDone = false
        private set

    /** The session has ended. */
    var isOver = false
        private set
    val maySet: Boolean get() = !isEmpty && !isRefused && findings.isEmpty() && !isBusy

    init {
        // The reasons against an empty password are what the policy asks for.
        scope.launch {
            quietly { asked = lock.recovery.judgePassword(entry) }
            onChange()
        }
    }

    fun take(open: Session) {
        session?.close()
        session = open
    }

    fun takeSession(): Session? = session.also { session = null }

    /** The text in the field is another one now. */
    fun typed(text: CharSequence) {
        isEmpty = text.isEmpty()
        isRefused = !isEmpty && !entry.set(text)
        if (isEmpty) entry.clear()
        isNoted = false
        note = null
        judging?.cancel()
        judging = scope.launch {
            quietly { findings = if (isEmpty || isRefused) emptyList() else lock.recovery.judgePassword(entry) }
            onChange()
        }
    }

    /** Notes the password, and gives it to the app. [text]: what is in the field. */
    fun set(text: CharSequence) {
        if (!maySet) return
        isBusy = true
        note = null
        onChange()
        scope.launch {
            try {
                isNoted = isNoted || isNoted()
                if (isNoted) isDone = isTaken(text)
            } catch (_: LockException.SessionEnded) {
                isOver = true
            } catch (_: LockException.LimitReached) {
                note = PasswordNote.ManyProposals
            } catch (_: IOException) {
                note = PasswordNote.NotReached
            } catch (fault: LockException) {
                note = PasswordNote.Failed(LockTrouble.of(fault))
            }
            isBusy = false
            onChange()
        }
    }

    private suspend fun isNoted(): Boolean {
        val open = session
        if (open == null) {
            isOver = true
            return false
        }
        findings = open.access.setPassword(entry)
        return findings.isEmpty()
    }

    private suspend fun isTaken(text: CharSequence): Boolean {
        val take = LockScreens.accountPassword ?: return true
        val utf8 = utf8Of(text)
        try {
            return take(lock, utf8).also { if (!it) note = PasswordNote.NotTaken }
        } finally {
            utf8.fill(0)
        }
    }

    override fun close() {
        onChange = {}
        scope.cancel()
        takeSession()?.close()
        entry.close()
    }
}

/** The text in UTF-8 and in Unicode's form NFC, as [PasswordEntry] takes it. The caller clears it. */
internal fun utf8Of(text: CharSequence): ByteArray {
    val normal = if (text.all { it.code < ASCII_END }) text else Normalizer.normalize(text, Normalizer.Form.NFC)
    val buffer: ByteBuffer = Charsets.UTF_8.encode(CharBuffer.wrap(normal))
    try {
        return ByteArray(buffer.remaining()).also { buffer.get(it) }
    } finally {
        buffer.array().fill(0)
    }
}

private const val ASCII_END = 0x80
