package dev.walletlock.android

import dev.walletlock.ChecklistLine
import dev.walletlock.LockException
import dev.walletlock.Session
import dev.walletlock.Task
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** What a person puts in order after a recovery. In memory only. Survives a rotation. */
internal class Tidying(private val lock: WalletLock) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private var session: Session? = null
    var onChange: () -> Unit = {}

    /** The lines of the list. Null: not known yet. */
    var lines: List<ChecklistLine>? = null
        private set

    /** The session has ended: the PIN is needed. */
    var needsPin = false
        private set
    var trouble: LockTrouble? = null
        private set

    /** What became of the report to the provider, as a text. Null: it has the report, or there was none. */
    var said: Int? = null
        private set
    val isWithoutSession: Boolean get() = session == null

    init {
        scope.launch { lock.isOpen.collect { if (!it && session?.isLive == false) over() } }
    }

    fun take(open: Session) {
        session?.close()
        session = open
        needsPin = false
        refresh()
    }

    /** Gives the session to another screen, which gives it back. */
    fun takeSession(): Session? = session.also { session = null }

    fun refresh(): Unit = call {}

    /** The person does not want to see this line any more. */
    fun dismiss(task: Task): Unit = call { it.access.dismiss(task) }

    /** The person has done this, which the wallet cannot see by itself. */
    fun noteDone(task: Task): Unit = call { it.access.noteDone(task) }

    /** Has the app tell the provider what happened. The line is done once the provider has it. */
    fun report(): Unit = call {
        said = wordsAfter(ProviderCall.FREEZE_NOTICE, lock)
        if (said == null) it.access.noteDone(Task.REPORT)
    }

    private fun call(block: suspend (Session) -> Unit) {
        val open = session ?: return
        scope.launch {
            said = null
            try {
                block(open)
                lines = open.access.checklist()
                trouble = null
            } catch (_: LockException.SessionEnded) {
                return@launch over()
            } catch (fault: LockException) {
                trouble = LockTrouble.of(fault)
            }
            onChange()
        }
    }

    private fun over() {
        takeSession()?.close()
        needsPin = true
        onChange()
    }

    override fun close() {
        onChange = {}
        scope.cancel()
        takeSession()?.close()
    }
}

/** Whether there is something to put in order. */
internal suspend fun Session.hasOpenTasks(): Boolean = try {
    access.checklist().any { !it.isDone }
} catch (_: LockException) {
    false
}
