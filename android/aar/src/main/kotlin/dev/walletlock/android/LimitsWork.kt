package dev.walletlock.android

import dev.walletlock.Limit
import dev.walletlock.LimitChange
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.LimitState
import dev.walletlock.LockException
import dev.walletlock.PaymentsState
import dev.walletlock.Session
import dev.walletlock.WalletLock
import java.math.BigDecimal

/** What a person does with the limits on payments. */
internal class LimitsWork(lock: WalletLock) : SessionWork(lock) {
    /** What the screen shows. */
    sealed interface Page {
        /** All limits. */
        data object All : Page

        /** One of the owner's, and what can be done with it. */
        class One(val limit: Limit) : Page

        /** A limit is made up, or its maximum changed ([changes]). */
        class Draft(val changes: Limit?) : Page
    }

    var page: Page = Page.All
        private set

    /** Null: not known yet. Those of the policy come first. */
    var limits: List<LimitState>? = null
        private set
    var payments: PaymentsState? = null
        private set

    // The limit that is being made up. In memory only; it survives a rotation.
    var concerns: LimitScope = LimitScope.All
    var per: LimitPeriod = LimitPeriod.DAY
    var currency: String = ""
    var amount: String = ""

    /** The currencies in which the policy allows payments: a limit in another one would limit nothing. */
    val currencies: List<String> get() = limits.orEmpty().map { it.limit.currency }.distinct()

    override suspend fun load(open: Session): Unit = look()

    override suspend fun look() {
        val open = session ?: return
        limits = open.limits.all()
        payments = lock.payments.state()
        val shown = (page as? Page.One)?.limit
        if (shown != null && find(shown) == null) page = Page.All
    }

    /** The state of a limit, whatever its maximum. */
    fun find(limit: Limit): LimitState? = limits.orEmpty().firstOrNull { it.isOwners && it.limit.copy(max = 0) == limit.copy(max = 0) }

    fun go(to: Page) {
        page = to
        said = null
        if (to is Page.Draft) draft(to.changes)
        onChange()
    }

    private fun draft(changes: Limit?) {
        concerns = changes?.scope ?: LimitScope.All
        per = changes?.per ?: LimitPeriod.DAY
        currency = changes?.currency ?: currencies.firstOrNull().orEmpty()
        amount = ""
    }

    /** Sets the limit that was made up. */
    fun set() {
        val max = minorOf(amount, currency)
        if (max == null) {
            said = PinNote.Text(R.string.walletlock_limit_no_amount)
            return onChange()
        }
        val changed = (page as? Page.Draft)?.changes?.copy(max = max)
        val limit = changed ?: Limit(concerns, currency, per, max)
        changed { it.limits.set(limit) }
    }

    fun remove(limit: Limit) = changed { it.limits.remove(limit) }

    private fun changed(call: suspend (Session) -> LimitChange) = change { open ->
        val change = call(open)
        isDone = true
        page = Page.All
        said = when (change) {
            is LimitChange.Pending -> PinNote.Wait(R.string.walletlock_limit_changes, change.leftMs)
            is LimitChange.Set -> PinNote.Text(R.string.walletlock_limit_set)
            is LimitChange.Unchanged -> null
        }
    }

    /** Cancels the raise, or the removal, that waits. */
    fun cancelRaise(limit: Limit) = change { open ->
        if (open.limits.cancelRaise(limit)) isDone = true
        page = Page.All
    }

    override fun wordsOf(fault: LockException): PinNote? = when (fault) {
        is LockException.Invalid -> PinNote.Text(R.string.walletlock_limit_no_amount)
        is LockException.LimitReached -> PinNote.Text(R.string.walletlock_limit_too_many)
        else -> null
    }
}

/** The amount that was typed, in the currency's smallest unit. Null: it is none, or has too many digits after the point. */
internal fun minorOf(typed: String, currency: String): Long? {
    val text = typed.trim()
    // A separator of thousands would be mistaken for the point. Such a number has too many digits after it, or two separators.
    if (text.isEmpty() || text.any { it !in "0123456789.," } || text.count { it in ".," } > 1) return null
    val number = text.replace(',', '.').toBigDecimalOrNull() ?: return null
    val digits = digitsOf(currency) ?: 0
    if (number.scale() > digits || number > MOST) return null
    return number.movePointRight(digits).longValueExact().takeIf { it > 0 }
}

private val MOST = BigDecimal("1000000000000")
